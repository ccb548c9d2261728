import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listArchive, readDay } from '../../src/archive/archive.ts';
import { Directory } from '../../src/archive/directory.ts';
import { loadSettings } from '../../src/config/settings.ts';
import type { StoredEntry } from '../../src/logs/entry.ts';
import { openWorkLeases } from '../../src/store/open.ts';
import { lms, lmsProcess, MAIN, startLms } from '../cli/lms.ts';
import { OLD_DAYS, oldEntries } from '../support/old-entries.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { DATABASES, type Ground, onMySql, openedStore } from '../support/serve-ground.ts';
import { startStorageServer } from '../support/storage-server.ts';

const COUNT = 3_000;
const BEFORE = ['--before', '2026-02-10'];

/** All that an archive holds, in the order of keys. */
async function archived(place: string): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  const { days, unreadable } = await listArchive(new Directory(place), {}, { fresh: true });
  expect(unreadable).toEqual([]);
  for (const day of days)
    for await (const entries of readDay(new Directory(place), day)) found.push(...entries);
  return found;
}

async function stored(url: string): Promise<StoredEntry[]> {
  await using store = await openedStore(url);
  const found: StoredEntry[] = [];
  for await (const entry of store.entries()) found.push(entry);
  return found;
}

const json = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe.each(DATABASES)('lms archive of %s', (_kind, prepare) => {
  let ground: Ground;
  let place = '';
  beforeEach(async () => {
    ground = await prepare(oldEntries(COUNT));
    place = await mkdtemp(join(tmpdir(), 'lms-archive-'));
  });
  afterEach(async () => {
    await ground[Symbol.asyncDispose]();
    await rm(place, { recursive: true });
  });

  const env = () => ({ DATABASE_URL: ground.url });
  const archive = (...args: string[]) => lms(['archive', ...BEFORE, place, ...args], env());
  const write = async (prefix: string, count: number) => {
    await using store = await openedStore(ground.url);
    await store.write(oldEntries(count, prefix));
  };
  const expectInStep = async () => {
    expect((await lms(['verify'], env())).status).toBe(0);
  };
  const expectVerified = async () => {
    expect(await lms(['archive', 'verify', place])).toMatchObject({
      status: 0,
      stderr: expect.any(String) as string,
    });
  };

  it('holds every entry of the days that are over, byte for byte, once', async () => {
    const before = await stored(ground.url);
    const { status, stdout } = await archive();
    expect({ status, last: stdout.trim().split('\n').at(-1) }).toEqual({
      status: 0,
      last: `Archived 3,000 entries to ${place}.`,
    });
    expect(await archived(place)).toEqual(before);
    expect(await stored(ground.url)).toEqual(before);
    await expectVerified();
    const days = json((await lms(['archive', 'list', place, '--json'])).stdout);
    expect(days.map(({ day }) => day)).toEqual(OLD_DAYS);
    expect(days.map(({ rows }) => rows)).toEqual([1_000, 1_000, 1_000]);
  });

  it('leaves the days that it is not asked for', async () => {
    await lms(['archive', '--before', '2026-01-31', place], env());
    expect((await archived(place)).map(({ timestamp }) => timestamp.slice(0, 10))).toEqual(
      Array<string>(1_000).fill('2026-01-30'),
    );
  });

  it('run again writes nothing, and reads no row twice', async () => {
    await archive();
    const files = await readdir(join(place, 'entries', OLD_DAYS[0]));
    const { stdout } = await archive('--json');
    expect(json(stdout).at(-1)).toEqual({ before: '2026-02-10', days: 3, written: 0, failed: 0 });
    expect(await readdir(join(place, 'entries', OLD_DAYS[0]))).toEqual(files);
  });

  it('archives what came late in a further edition, and nothing else again', async () => {
    await archive();
    await write('late', 30);
    const { stdout } = await archive('--json');
    expect(json(stdout).at(-1)).toMatchObject({ written: 30 });
    expect(await archived(place)).toEqual(await stored(ground.url));
    await expectVerified();
    expect(json((await archive('--json')).stdout).at(-1)).toMatchObject({ written: 0 });
  });

  it('is compared once with what was deleted meanwhile, and no more', async () => {
    const before = await stored(ground.url);
    await archive();
    await lms(['delete', 'service:cart', '--yes'], env());
    expect(json((await archive('--json')).stdout).at(-1)).toMatchObject({ written: 0 });
    expect(await archived(place)).toEqual(before);
    const listing = await readFile(join(place, 'archive.json'), 'utf8');
    await archive();
    expect(await readFile(join(place, 'archive.json'), 'utf8')).toBe(listing);
  });

  it('deletes what is archived and verified, and takes it off the counts', async () => {
    const before = await stored(ground.url);
    const { status, stdout } = await archive('--then-delete', '--json');
    expect(status).toBe(0);
    expect(json(stdout).at(-1)).toMatchObject({ written: COUNT, deleted: COUNT });
    expect(await stored(ground.url)).toEqual([]);
    expect(await archived(place)).toEqual(before);
    await expectInStep();
    await write('later', 9);
    expect(json((await archive('--then-delete', '--json')).stdout).at(-1)).toMatchObject({
      written: 9,
      deleted: 9,
    });
    expect(await archived(place)).toHaveLength(COUNT + 9);
    await expectInStep();
    await expectVerified();
  });

  it.each<[string, (data: Buffer) => Buffer | undefined]>([
    ['cut', (data) => data.subarray(0, data.length - 100)],
    ['changed', (data) => Buffer.concat([data.subarray(0, 500), Buffer.from('x'), data.subarray(501)])],
    ['lost', () => undefined],
  ])('deletes nothing of a day of which a file is %s, and goes on with the others', async (_what, change) => {
    await archive();
    const [name = ''] = await readdir(join(place, 'entries', OLD_DAYS[1]));
    const path = join(place, 'entries', OLD_DAYS[1], name);
    const damaged = change(await readFile(path));
    await (damaged === undefined ? rm(path) : writeFile(path, damaged));
    const verified = await lms(['archive', 'verify', place]);
    expect(verified.stdout).toContain(`${OLD_DAYS[1]}  entries/${OLD_DAYS[1]}/${name} is damaged`);
    expect(verified.status).toBe(30);
    const { status, stderr } = await archive('--then-delete');
    expect({ status, names: stderr.includes(name) }).toEqual({
      status: 30,
      names: true,
    });
    const left = (await stored(ground.url)).map(({ timestamp }) => timestamp.slice(0, 10));
    expect(left.filter((day) => day === OLD_DAYS[1])).toHaveLength(1_000);
    await expectInStep();
  });

  it.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, -100)],
    ['changed', (text) => text.replace('"rows": 1000', '"rows": 999')],
  ])('neither archives nor deletes a day whose manifest is %s', async (_what, change) => {
    await archive();
    const path = join(place, 'manifests', `${OLD_DAYS[1]}.0001.json`);
    await writeFile(path, change(await readFile(path, 'utf8')));
    // With the listing it is known what it said, and it is no less damaged.
    expect(await archive('--then-delete')).toMatchObject({ status: 30 });
    expect(await stored(ground.url)).toHaveLength(1_000);
    await rm(join(place, 'archive.json'));
    const { status, stdout } = await archive('--then-delete');
    expect(status).toBe(30);
    expect(stdout).toContain(`${OLD_DAYS[1]}  not archived: manifests/${OLD_DAYS[1]}.0001.json is damaged`);
    expect(await stored(ground.url)).toHaveLength(1_000);
    await expectInStep();
  });

  it('goes on wherever it was killed, and every entry is there once', async () => {
    const before = await stored(ground.url);
    let kills = 0;
    for (let delayMs = 300, status: number | null = null; status !== 0; delayMs += 100) {
      const running = startLms(['archive', ...BEFORE, place, '--then-delete'], env());
      const ended = await Promise.race([running.ended, pause(delayMs)]);
      ({ status } = ended ?? (await running.stop('SIGKILL')));
      if (status === null) kills += 1;
      // Of a lease that a killed process holds still.
      if (status === 20) await freeLease(ground);
      expect([null, 0, 20]).toContain(status);
      await expectInStep();
    }
    expect(kills).toBeGreaterThan(2);
    expect(await archived(place)).toEqual(before);
    expect(await stored(ground.url)).toEqual([]);
    await expectVerified();
  }, 180_000);

  it('is done by one process at a time', async () => {
    await using store = await openedStore(ground.url);
    await store.migrate();
    const { settings } = loadSettings({
      flags: { DATABASE_URL: ground.url },
      env: {},
      dotenvPath: undefined,
    });
    const leases = openWorkLeases(settings.database, { log: new RecordingLog() });
    const lease = await leases.take('archive');
    expect(await archive('--then-delete')).toMatchObject({ status: 20, stdout: '' });
    if (lease !== undefined) await leases.release(lease);
    expect((await archive('--then-delete')).status).toBe(0);
    await leases.close();
  });

  it('may be kept in a bucket whose service fails now and then', async () => {
    await using server = await startStorageServer();
    let [requests, every] = [0, 4];
    server.fault = ({ kind }) => {
      requests += 1;
      if (requests % every !== 0) return undefined;
      if (kind === 'write')
        return { kind: requests % (2 * every) === 0 ? 'lost answer' : 'status', status: 503 };
      return kind === 'read' ? { kind: 'broken off', bytes: 1_000 } : { kind: 'status', status: 503 };
    };
    const remote = { ...env(), STORAGE_EMULATOR_HOST: server.url };
    const before = await stored(ground.url);
    const done = await lmsProcess(['archive', ...BEFORE, 'gs://logs/lms', '--then-delete', '--json'], remote);
    expect(done).toMatchObject({ status: 0 });
    expect(json(done.stdout).at(-1)).toMatchObject({ written: COUNT, deleted: COUNT });
    expect(await stored(ground.url)).toEqual([]);
    await expectInStep();
    const verified = await lmsProcess(['archive', 'verify', 'gs://logs/lms', '--json'], remote);
    expect(json(verified.stdout).at(-1)).toMatchObject({ days: 3, rows: COUNT, faults: 0 });
    // Each costs a pause before the next try.
    every = 9;
    const read = await lmsProcess(['logs', '--archive', 'gs://logs/lms', 'code>=0', '--count'], remote);
    expect(read).toMatchObject({ status: 0, stdout: `${String(COUNT / 2)}\n` });
    const restored = await lmsProcess(['archive', 'restore', 'gs://logs/lms', '--json'], remote);
    expect(restored).toMatchObject({ status: 0 });
    expect(json(restored.stdout).at(-1)).toMatchObject({ stored: COUNT, duplicates: 0 });
    expect((await stored(ground.url)).map(withoutCreation)).toEqual(before.map(withoutCreation));
    await expectInStep();
  }, 120_000);
});

describe('a disk that is full', () => {
  it('is said; nothing is deleted, no half file is there, and the next run goes on', async () => {
    await using ground = await onMySql(oldEntries(COUNT));
    const place = await mkdtemp(join(tmpdir(), 'lms-archive-'));
    const before = await stored(ground.url);
    const env = { DATABASE_URL: ground.url };
    const args = ['archive', ...BEFORE, place, '--then-delete'];
    expect(await limitedLms(8, args, env)).toMatchObject({
      status: 31,
      stderr: expect.stringContaining('cannot write') as string,
    });
    expect(await stored(ground.url)).toEqual(before);
    expect(await readdir(join(place, 'entries', OLD_DAYS[0]))).toEqual([]);
    expect((await lms(args, env)).status).toBe(0);
    expect(await archived(place)).toEqual(before);
    expect((await lms(['verify'], env)).status).toBe(0);
    await rm(place, { recursive: true });
  });
});

/** All but when it was written to this table. */
function withoutCreation({ createdAt: _, ...entry }: StoredEntry): Omit<StoredEntry, 'createdAt'> {
  return entry;
}

/** Forgets who works, as half a minute does. */
async function freeLease({ url, tamper }: Ground): Promise<void> {
  const sql = "UPDATE lms_leases SET owner = NULL, expires_at = NULL WHERE name = 'archive'";
  tamper?.(sql);
  if (tamper !== undefined) return;
  const connection = await createConnection(url);
  await connection.query(sql);
  await connection.end();
}

/** Runs `lms` where no file may be larger than so many blocks of a shell: writing more fails as on a full disk. */
async function limitedLms(blocks: number, args: readonly string[], env: Record<string, string>) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    const script = `ulimit -f ${String(blocks)}; exec "$@"`;
    const options = { env: { PATH: process.env['PATH'], ...env } };
    execFile(
      'sh',
      ['-c', script, 'sh', process.execPath, MAIN, ...args],
      options,
      (error, stdout, stderr) => {
        resolve({ status: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}
