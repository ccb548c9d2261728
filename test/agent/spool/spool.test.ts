import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskSpool } from '../../../src/agent/spool/disk-spool.ts';
import { MemorySpool } from '../../../src/agent/spool/memory-spool.ts';
import type { Spool, SpoolBatch } from '../../../src/agent/spool/spool.ts';
import { tinyDisk } from '../../support/tiny-disk.ts';
import { batch, entry } from '../fake-ends.ts';
import { ids, take, takeAll } from './spool-ends.ts';

const ON = new AbortController().signal;
let directory: string;
let notices: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lms-test-spool-'));
  notices = [];
});
afterEach(() => rm(directory, { recursive: true }));

function open(limit = 1_000_000_000): Promise<Spool> {
  return DiskSpool.open({ directory, limit, onNotice: (text) => notices.push(text) });
}

function batchOf(n: number, payload = 'x'): SpoolBatch {
  return batch([entry(n, undefined, payload), { ...entry(n + 0.5), tags: '{"n":12345678901234567890}' }]);
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => batchOf(n));

describe.each([
  ['memory', () => Promise.resolve(new MemorySpool(10_000))],
  ['disk', () => open(40_000)],
] as const)('a spool in %s', (_name, opened) => {
  it('gives what it was given, whole and in order', async () => {
    const spool: Spool = await opened();
    for (const each of numbered(10)) expect(await spool.append(each)).toBe(true);
    const taken = await takeAll(spool);
    expect(taken.map(({ entries, counts }) => ({ entries, counts }))).toEqual(
      numbered(10).map(({ entries, counts }) => ({ entries, counts })),
    );
    await spool.close();
  });

  it('takes no more than it may hold, and again once something is confirmed', async () => {
    const spool: Spool = await opened();
    let taken = 0;
    while (await spool.append(batchOf(taken, 'y'.repeat(1_000)))) taken += 1;
    expect(taken).toBeGreaterThan(3);
    expect(taken).toBeLessThan(50);
    let hasRoom = false;
    const room = spool.room(ON).then(() => {
      hasRoom = true;
    });
    const batches = await take(spool, taken);
    expect(hasRoom).toBe(false);
    for (const each of batches) await spool.confirm(each);
    await room;
    expect(await spool.append(batchOf(99))).toBe(true);
    await spool.close();
  });

  it('does not wait for room when it is to stop', async () => {
    const spool: Spool = await opened();
    while (await spool.append(batchOf(1, 'y'.repeat(1_000))));
    const stop = new AbortController();
    const room = spool.room(stop.signal);
    stop.abort();
    await room;
    await spool.close();
  });
});

describe('a spool on the disk', () => {
  it('has what an earlier run left, before what comes new', async () => {
    const first = await open();
    for (const each of numbered(5)) await first.append(each);
    // Killed: nothing is closed.
    const second = await open();
    await second.append(batchOf(100));
    expect(notices).toEqual([
      expect.stringMatching(/^\d+ bytes that an earlier run has left are sent first\.$/),
    ]);
    expect(ids(await takeAll(second))).toEqual(ids([...numbered(5), batchOf(100)]));
    await Promise.all([first.close(), second.close()]);
  });

  it('leaves nothing behind once all is confirmed, and all that is not', async () => {
    const spool = await open();
    for (const each of numbered(3)) await spool.append(each);
    const [first, ...others] = await takeAll(spool);
    await spool.confirm(first!);
    await spool.close();
    const again = await open();
    // The file stays as a whole: what was confirmed of it comes again, under the same identities.
    const left = await takeAll(again);
    expect(ids(left)).toEqual(ids(numbered(3)));
    expect(ids(left)).toEqual(expect.arrayContaining(ids(others)));
    for (const each of left) await again.confirm(each);
    await again.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it('deletes its files one by one as they are confirmed, and its size is bounded by that', async () => {
    const spool = await open(80_000);
    let appended = 0;
    let most = 0;
    for (let round = 0; round < 200; round += 1) {
      while (await spool.append(batchOf(appended, 'z'.repeat(2_000)))) appended += 1;
      const sizes = await Promise.all((await readdir(directory)).map((name) => stat(join(directory, name))));
      most = Math.max(
        most,
        sizes.reduce((sum, { size }) => sum + size, 0),
      );
      for (const each of await take(spool, 5)) await spool.confirm(each);
    }
    expect(appended).toBeGreaterThan(500);
    expect(most).toBeLessThan(90_000);
    await spool.close();
  });

  it('is read from the disk where there is more than memory is for', async () => {
    const spool = await open();
    const large = 'w'.repeat(900_000);
    for (let n = 0; n < 20; n += 1) await spool.append(batchOf(n, `${large}${String(n)}`));
    const taken = await takeAll(spool);
    const payloads = taken.flatMap(({ entries }) => entries.map(({ payload }) => payload));
    expect(payloads.filter((payload) => payload.startsWith('w'))).toEqual(
      Array.from({ length: 20 }, (_, n) => `${large}${String(n)}`),
    );
    expect(spool.counters).toMatchObject({ spool_damaged_bytes: 0 });
    await spool.close();
  });

  it('drops the record that a crash cut off, and says so', async () => {
    const first = await open();
    for (const each of numbered(3)) await first.append(each);
    const [name = ''] = await readdir(directory);
    const { size } = await stat(join(directory, name));
    await truncate(join(directory, name), size - 7);
    const second = await open();
    expect(ids(await takeAll(second))).toEqual(ids(numbered(2)));
    expect(notices.join('\n')).toMatch(/bytes at the end of .* were cut off by a crash/);
    await Promise.all([first.close(), second.close()]);
  });

  it('passes over what is damaged in the midst, and goes on behind it', async () => {
    const first = await open();
    for (const each of numbered(4)) await first.append(each);
    const [name = ''] = await readdir(directory);
    const path = join(directory, name);
    const bytes = await readFile(path);
    const record = bytes.length / 4;
    bytes.fill(0x58, Math.floor(record) + 3, Math.floor(record) + 60);
    await writeFile(path, bytes);
    await appendFile(path, 'rubbish');
    const second = await open();
    expect(ids(await takeAll(second))).toEqual(ids([batchOf(0), batchOf(2), batchOf(3)]));
    expect(second.counters).toMatchObject({ spool_torn_bytes: 7 });
    expect(notices.join('\n')).toMatch(/bytes in .* are damaged, and were left out/);
    await Promise.all([first.close(), second.close()]);
  });

  it('survives files that are none of its own', async () => {
    await writeFile(join(directory, '0000000000000001.spool'), Buffer.alloc(5_000, 'LMS1'));
    await writeFile(join(directory, 'README'), 'x');
    await writeFile(join(directory, '0000000000000002.spool'), '');
    const spool = await open();
    await spool.append(batchOf(1));
    expect(ids(await takeAll(spool))).toEqual(ids([batchOf(1)]));
    await spool.close();
    expect(await readdir(directory)).toContain('README');
  });

  it('says that its disk is full, and goes on once there is room again', async (context) => {
    await using disk = await tinyDisk(256);
    if (disk === undefined) return void context.skip('this user may not mount a disk');
    const spool: Spool = await DiskSpool.open({
      directory: disk.path,
      limit: 1e9,
      onNotice: () => undefined,
    });
    let appended = 0;
    while (await spool.append(batchOf(appended, 'z'.repeat(10_000)))) appended += 1;
    expect(appended).toBeGreaterThan(10);
    expect(spool.problem).toBe('the spool cannot be written: the disk is full');
    const taken = await take(spool, appended);
    for (const each of taken) await spool.confirm(each);
    expect(await spool.append(batchOf(999))).toBe(true);
    expect(spool.problem).toBeUndefined();
    expect(ids([...taken, ...(await takeAll(spool))])).toEqual(
      ids([...Array.from({ length: appended }, (_, n) => batchOf(n)), batchOf(999)]),
    );
    await spool.close();
  });

  it('says what it cannot be used for', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(
      DiskSpool.open({ directory: join(directory, 'file'), limit: 1e9, onNotice: () => undefined }),
    ).rejects.toMatchObject({ code: 'STATE' });
  });
});
