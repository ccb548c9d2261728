import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Looked } from '../../../src/app/storage/look.ts';
import { StorageWatch } from '../../../src/app/storage/watch.ts';
import type { EntryReader } from '../../../src/query/answers/ports.ts';
import type { StoredSize } from '../../../src/retention/ports.ts';
import { FakeClock, settled } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { RetentionGround } from '../../support/retention-ground.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MIB = 1024 ** 2;

let clock: FakeClock;
let log: RecordingLog;
let ground: RetentionGround;
/** Rows that there are: those of yesterday, and those that came since. */
let rows: { yesterday: number; since: number };
let opened: number;
let closed: number;
let failure: Error | undefined;
let watch: StorageWatch;

beforeEach(() => {
  clock = new FakeClock();
  log = new RecordingLog();
  ground = new RetentionGround();
  rows = { yesterday: 0, since: 0 };
  [opened, closed, failure] = [0, 0, undefined];
  watch = new StorageWatch({ open, log, clock });
});
afterEach(() => {
  watch.stop();
});

/** 1 KiB a row, and a disk of 1,000 MiB. */
function size(): Promise<StoredSize> {
  const dataBytes = (rows.yesterday + rows.since) * 1024;
  const table = { name: 'service_logs', rows: 0, dataBytes, indexBytes: 0, freeBytes: 0 };
  return Promise.resolve({ tables: [table], diskFreeBytes: 1_000 * MIB - dataBytes });
}

/** The first range is yesterday. */
function reader(): EntryReader {
  const key = { serviceName: 'alpha', severity: 'info' } as const;
  const count = rows.yesterday + rows.since;
  return {
    ...ground.database.reader,
    keyCounts: () => Promise.resolve([{ ...key, count }]),
    rangeSums: () => Promise.resolve([{ ...key, range: 0, count: rows.yesterday }]),
  };
}

function open(): Promise<Looked> {
  if (failure !== undefined) return Promise.reject(failure);
  opened += 1;
  const close = () => {
    closed += 1;
    return Promise.resolve();
  };
  return Promise.resolve({
    storage: { reader: reader(), size, close },
    book: { state: () => ground.book.state(), close: () => Promise.resolve() },
  });
}

/** Time passes here and in the database, look by look. */
async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 10) {
    ground.book.nowMs += 10 * MINUTE;
    await clock.advance(10 * MINUTE);
    // A look takes some turns of the event loop.
    for (let turn = 0; turn < 5; turn += 1) await settled();
  }
}

describe('the watch over the size of the tables', () => {
  it('looks at the start and every ten minutes, and keeps no connection in between', async () => {
    rows.yesterday = 10;
    watch.start();
    await expect.poll(() => watch.current?.rows, { timeout: 30_000 }).toBe(10);
    expect([opened, closed]).toEqual([1, 1]);
    await pass(30);
    await expect.poll(() => [opened, closed], { timeout: 30_000 }).toEqual([4, 4]);
    expect(log.told.map(({ message }) => message)).toEqual(['size of the tables']);
  });

  it('has the growth by the counts first, and by what it saw after a day', async () => {
    rows.yesterday = 24_000;
    watch.start();
    await expect
      .poll(() => watch.current?.growth, { timeout: 30_000 })
      .toMatchObject({
        basis: 'counted',
        rowsPerDay: 24_000,
      });
    await pass((25 * HOUR) / MINUTE);
    await expect
      .poll(() => watch.current?.growth, { timeout: 30_000 })
      .toMatchObject({
        basis: 'observed',
        rowsPerDay: 0,
      });
  });

  it('tells what comes as the most that stays, where rules delete', async () => {
    rows.yesterday = 24_000;
    await ground.apply('*=3d');
    watch.start();
    await expect.poll(() => watch.current?.growth?.isAtMost, { timeout: 30_000 }).toBe(true);
    expect(log.told.map(({ level }) => level)).toEqual(['info']);
  });

  it('says within the hour that a flood fills the disk', async () => {
    rows.yesterday = 12_000;
    watch.start();
    await expect.poll(() => watch.current?.rows, { timeout: 30_000 }).toBe(12_000);
    await pass(30);
    rows.since = 60_000;
    await pass(40);
    await expect
      .poll(() => log.told.filter(({ level }) => level === 'warn').map(({ message }) => message), {
        timeout: 30_000,
      })
      .toEqual([expect.stringContaining('less than 3 days') as string]);
  });

  it('goes on after a look that failed, says nothing of it, and shows nothing meanwhile', async () => {
    watch.start();
    await expect.poll(() => watch.current, { timeout: 30_000 }).toBeDefined();
    failure = new Error('away');
    await pass(10);
    await expect.poll(() => watch.current, { timeout: 30_000 }).toBeUndefined();
    expect(log.lines.at(-1)).toMatchObject({ level: 'debug', fields: { reason: 'away' } });
    failure = undefined;
    await pass(10);
    await expect.poll(() => watch.current, { timeout: 30_000 }).toBeDefined();
  });

  it('ends at once, a look that hangs included', async () => {
    const hanging = new StorageWatch({ open: () => new Promise(() => undefined), log, clock });
    hanging.start();
    await settled();
    hanging.stop();
    await settled();
    await settled();
    expect(clock.timers).toBe(0);
    expect(log.lines).toEqual([]);
  });
});
