import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBatch } from '../../../src/agent/ports.ts';
import { DiskSpool } from '../../../src/agent/spool/disk-spool.ts';
import type { Spool } from '../../../src/agent/spool/spool.ts';
import { batch, entry } from '../fake-ends.ts';
import { ids, take, takeAll } from './spool-ends.ts';

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

const batchOf = (n: number, payload = 'x') => batch([entry(n, undefined, payload)]);

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, n) => batchOf(from + n));

async function bytesOnDisk(): Promise<number> {
  let sum = 0;
  for (const name of await readdir(directory)) sum += (await stat(join(directory, name))).size;
  return sum;
}

describe('a spool on the disk, which is written while what is in it is confirmed', () => {
  it('keeps what is being written at the moment in which all before it is confirmed', async () => {
    // So small that a file is given up as soon as nothing in it waits.
    const spool = await open(8_000);
    await spool.append(batchOf(1, 'y'.repeat(500)));
    const [first] = await take(spool, 1);
    await Promise.all([spool.append(batchOf(2)), spool.confirm(first!)]);
    // Killed: nothing is closed.
    const again = await open();
    expect(ids(await takeAll(again))).toContain('id-00000002');
    const [second] = await take(spool, 1);
    await spool.confirm(second!);
    await spool.close();
    expect(spool.bytes).toBe(await bytesOnDisk());
    await again.close();
  });

  it('may be told of many confirmations at once', async () => {
    const spool = await open(80_000);
    for (let n = 0; n < 30; n += 1) await spool.append(batchOf(n, 'z'.repeat(2_000)));
    const taken = await take(spool, 25);
    await Promise.all(taken.map((each) => spool.confirm(each)));
    await spool.append(batchOf(30));
    expect(spool.bytes).toBe(await bytesOnDisk());
    expect(ids(await takeAll(spool))).toEqual(ids(numbered(6, 25)));
    await spool.close();
    const again = await open();
    expect(ids(await takeAll(again))).toEqual(expect.arrayContaining(ids(numbered(6, 25))));
    await again.close();
  });

  it('holds a few of very many small ones in memory, and hands those of the disk over together', async () => {
    const spool = await open();
    let appended = 0;
    for (; appended < 10; appended += 1) await spool.append(batchOf(appended, 'w'.repeat(1_000_000)));
    for (; appended < 4_000; appended += 1) await spool.append(batchOf(appended));
    const taken = await takeAll(spool);
    expect(ids(taken)).toEqual(ids(numbered(4_000)));
    expect(taken.length).toBeLessThan(30);
    expect(Math.max(...taken.map(({ entries }) => entries.length))).toBeLessThanOrEqual(1_000);
    expect(taken.reduce((sum, { counts }) => sum + counts.lines, 0)).toBe(4_000);
    for (const each of taken) await spool.confirm(each);
    expect(await bytesOnDisk()).toBe(spool.bytes);
    await spool.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it('has few files open, however many it has', async () => {
    const spool = await open(80_000);
    for (let n = 0; n < 30; n += 1) await spool.append(batchOf(n, 'z'.repeat(2_000)));
    expect((await readdir(directory)).length).toBeGreaterThan(5);
    const links = await readdir('/proc/self/fd').then((fds) =>
      Promise.all(fds.map((fd) => stat(`/proc/self/fd/${fd}`).catch(() => undefined))),
    );
    const inodes = new Set(
      await Promise.all(
        (await readdir(directory)).map(async (name) => (await stat(join(directory, name))).ino),
      ),
    );
    expect(links.filter((each) => each !== undefined && inodes.has(each.ino)).length).toBeLessThanOrEqual(1);
    await spool.close();
  });

  it('takes what is larger than all of it, by itself', async () => {
    const spool = await open(1);
    for (let n = 0; n < 3; n += 1) {
      expect(await spool.append(batchOf(n, 'v'.repeat(10_000)))).toBe(true);
      expect(await spool.append(batchOf(99))).toBe(false);
      const [each] = await take(spool, 1);
      expect(ids([each!])).toEqual(ids(numbered(1, n)));
      await spool.confirm(each!);
    }
    expect(spool.bytes).toBe(0);
    await spool.close();
  });

  it('is empty soon after all of it was confirmed, and takes more', async () => {
    const spool = await open();
    for (const n of [1, 2]) {
      await spool.append(batchOf(n));
      const [first] = await take(spool, 1);
      expect(await bytesOnDisk()).toBeGreaterThan(0);
      await spool.confirm(first!);
      await expect.poll(bytesOnDisk).toBe(0);
      expect(spool.bytes).toBe(0);
    }
    await spool.append(batchOf(3));
    // Killed: nothing is closed.
    expect(ids(await takeAll(await open()))).toHaveLength(1);
    expect(notices).toHaveLength(1);
    await spool.close();
  });

  it('says how much waits: not what is only not deleted yet', async () => {
    const spool = await open();
    expect(spool.waitingBytes).toBe(0);
    await spool.append(batchOf(1));
    expect(spool.waitingBytes).toBe(spool.bytes);
    const [first] = await take(spool, 1);
    expect(spool.waitingBytes).toBe(0);
    expect(spool.bytes).toBeGreaterThan(0);
    await spool.confirm(first!);
    await spool.close();
  });

  it('hands over what came just before the stop, and leaves to the next run what is on the disk alone', async () => {
    const stop = new AbortController();
    const spool = await open();
    await spool.append(batchOf(1));
    stop.abort();
    const batches = spool.batches(stop.signal)[Symbol.asyncIterator]();
    expect(ids([((await batches.next()) as { value: EventBatch }).value])).toEqual(['id-00000001']);
    const next = batches.next();
    await spool.append(batchOf(2));
    expect(ids([((await next) as { value: EventBatch }).value])).toEqual(['id-00000002']);
    spool.end();
    expect(await batches.next()).toMatchObject({ done: true });
    await spool.close();
    const again = await open();
    const left: EventBatch[] = [];
    again.end();
    for await (const each of again.batches(stop.signal)) left.push(each);
    expect(left).toEqual([]);
    expect(ids(await takeAll(again))).toEqual(['id-00000001', 'id-00000002']);
    await again.close();
  });
});

describe('a spool on the disk, with files that it cannot use', () => {
  const path = (number: number) => join(directory, `${String(number).padStart(16, '0')}.spool`);

  it('leaves those of a newer release where they are, and says so', async () => {
    const newer = Buffer.concat([Buffer.from('LMS2'), Buffer.alloc(100, 7)]);
    await writeFile(path(1), newer);
    const spool = await open(1_000);
    await spool.append(batchOf(1));
    expect(ids(await takeAll(spool))).toEqual(['id-00000001']);
    expect(notices.join('\n')).toMatch(/0001\.spool was written by a newer release of lms: it stays there/);
    expect(spool.bytes).toBeLessThan(1_000);
    await spool.close();
    expect(await readdir(directory)).toContain('0000000000000001.spool');
  });

  it('leaves one that cannot be read where it is, says why, and goes on with the others', async () => {
    const first = await open();
    await first.append(batchOf(1));
    await rm(path(1));
    await mkdir(path(2));
    await writeFile(join(directory, 'ffffffffffffffff.spool'), 'x');
    await writeFile(path(3), '');
    const spool = await open();
    await spool.append(batchOf(2));
    const taken = await takeAll(spool);
    expect(ids(taken)).toEqual(['id-00000002']);
    for (const each of taken) await spool.confirm(each);
    await Promise.all([first.close(), spool.close()]);
    expect((await readdir(directory)).toSorted()).toEqual([
      '0000000000000002.spool',
      'ffffffffffffffff.spool',
    ]);
  });

  it('says it if a file is gone that was there', async () => {
    const first = await open();
    await first.append(batchOf(1));
    const spool = await open();
    await rm(path(1));
    expect(await takeAll(spool)).toEqual([]);
    expect(notices.join('\n')).toMatch(/0001\.spool cannot be read: it is not there/);
    await Promise.all([first.close(), spool.close()]);
  });
});
