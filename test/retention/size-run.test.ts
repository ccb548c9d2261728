import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredSize } from '../../src/retention/ports.ts';
import { cutOldest } from '../../src/retention/size-cut.ts';
import {
  measure,
  planSize,
  runSizeRule,
  type SizeParts,
  type SizeRun,
} from '../../src/retention/size-run.ts';
import { columnTime } from '../support/memory-retention-book.ts';
import { DAY_MS, HOUR_MS, NOW_MS, RetentionGround } from '../support/retention-ground.ts';

const NEVER = new AbortController().signal;
const ROW_BYTES = 1_000;
let ground: RetentionGround;
/** What the server says of the table; it does not measure anew by itself. */
let tableBytes: number;

beforeEach(() => {
  ground = new RetentionGround();
  tableBytes = 0;
});

/** Rows, one every so many minutes, the youngest so many hours old; and the server has measured them. */
function fill(rows: number, { minutes = 1, youngestHours = 2 } = {}): void {
  for (let n = 0; n < rows; n += 1) ground.database.add(ground.row(youngestHours + (n * minutes) / 60));
  tableBytes = ground.database.rows.size * ROW_BYTES;
}

function partsOf(maxBytes: number, changes: Partial<SizeParts> = {}): SizeParts {
  const { book, database, clock } = ground;
  const table = { name: 'service_logs', rows: 0, indexBytes: 0, freeBytes: 0 };
  return {
    book,
    reader: database.reader,
    deleter: database,
    clock,
    ownNowMs: () => book.nowMs,
    share: 1,
    signal: NEVER,
    size: (): Promise<StoredSize> =>
      Promise.resolve({ tables: [{ ...table, dataBytes: tableBytes }], diskFreeBytes: undefined }),
    maxBytes,
    ...changes,
  };
}

/** A run from beginning to end; time passes as it is waited for. */
async function run(maxBytes: number, changes: Partial<SizeParts> = {}): Promise<SizeRun> {
  const parts = partsOf(maxBytes, changes);
  const running = measure(parts, { keeps: true }).then((mark) => runSizeRule(parts, mark));
  const waiting = new AbortController();
  const over = running.finally(() => {
    waiting.abort();
  });
  over.catch(() => undefined);
  while (!waiting.signal.aborted) await ground.clock.advance(100);
  return over;
}

describe('the last rule', () => {
  it('does nothing as long as the table fits', async () => {
    fill(12_000);
    const { plan, deleted } = await run(12_000 * ROW_BYTES);
    expect([plan.kind, deleted]).toEqual(['fits', 0]);
  });

  it('deletes the oldest whole hours until the rest fits', async () => {
    fill(12_000);
    const { deleted, end, plan } = await run(11_500 * ROW_BYTES);
    expect(end).toBe('done');
    expect(deleted).toBeGreaterThanOrEqual(500);
    expect(deleted).toBeLessThan(500 + 60);
    expect(plan).toMatchObject({ kind: 'exceeds', cut: { rows: deleted } });
    const oldest = [...ground.database.rows.values()].map(({ timestamp }) => timestamp).sort()[0] ?? '';
    expect(plan.kind === 'exceeds' && plan.cut && oldest >= plan.cut.cutoff).toBe(true);
    expect(ground.book.accounts.get('0 0')?.deletedRows).toBe(deleted);
  });

  it('deletes no more at the next run, and at the one after, whatever the server says by then', async () => {
    fill(12_000);
    await run(11_500 * ROW_BYTES);
    const { size } = ground.database.rows;
    // It measured while rows that were deleted were still there in part.
    for (const said of [11_700 * ROW_BYTES, 11_700 * ROW_BYTES, 11_700 * ROW_BYTES]) {
      tableBytes = said;
      ground.book.nowMs += HOUR_MS;
      expect((await run(11_500 * ROW_BYTES)).deleted).toBe(0);
    }
    expect(ground.database.rows.size).toBe(size);
  });

  it('deletes no more though the server has not measured anew', async () => {
    fill(12_000);
    await run(11_500 * ROW_BYTES);
    const { size } = ground.database.rows;
    for (let runs = 0; runs < 5; runs += 1) {
      ground.book.nowMs += HOUR_MS;
      expect((await run(11_500 * ROW_BYTES)).deleted).toBe(0);
    }
    expect(ground.database.rows.size).toBe(size);
  });

  it('deletes none for what a rule has deleted in the same run', async () => {
    fill(12_000);
    const parts = partsOf(11_500 * ROW_BYTES);
    const mark = await measure(parts, { keeps: true });
    for (const key of [...ground.database.rows.keys()].sort().slice(0, 1_000))
      ground.database.rows.delete(key);
    expect((await planSize(parts, mark, await ground.book.state())).kind).toBe('fits');
  });

  it('goes on with what comes after, by the hour', async () => {
    fill(12_000);
    await run(11_500 * ROW_BYTES);
    for (let hour = 0; hour < 24; hour += 1) {
      ground.book.nowMs += HOUR_MS;
      for (let n = 0; n < 60; n += 1) ground.database.add(ground.row(n / 60));
      await run(11_500 * ROW_BYTES);
      expect(ground.database.rows.size).toBeLessThanOrEqual(11_500);
      expect(ground.database.rows.size).toBeGreaterThan(11_500 - 120);
    }
  });

  it('deletes a quarter at most in a run, and the rest in the next ones', async () => {
    fill(40_000);
    const first = await run(20_000 * ROW_BYTES);
    expect(first.plan).toMatchObject({ excess: { rows: 10_000, isAll: false } });
    expect(ground.database.rows.size).toBeGreaterThan(29_900);
    for (let runs = 0; runs < 3; runs += 1) await run(20_000 * ROW_BYTES);
    expect(ground.database.rows.size).toBeLessThanOrEqual(20_000);
    expect(ground.database.rows.size).toBeGreaterThan(19_900);
  });

  it('leaves what is younger than an hour, whatever it takes, and says so', async () => {
    fill(12_000, { minutes: 0, youngestHours: 0.1 });
    const { plan, deleted } = await run(1);
    expect(plan).toMatchObject({ kind: 'exceeds', cut: undefined });
    expect(deleted).toBe(0);
  });

  it('leaves what is held, and goes on behind it', async () => {
    fill(12_000);
    const oldest = columnTime(NOW_MS - 2 * HOUR_MS - 12_000 * 60_000);
    const to = columnTime(NOW_MS - 7 * DAY_MS);
    await ground.book.hold({ id: 'audit', from: oldest, to, reason: '' }, 3_600);
    const held = [...ground.database.rows.values()].filter(({ timestamp }) => timestamp < to).length;
    const { deleted } = await run(11_500 * ROW_BYTES);
    expect(deleted).toBeGreaterThanOrEqual(500);
    expect(deleted).toBeLessThan(500 + 60);
    const left = [...ground.database.rows.values()].filter(({ timestamp }) => timestamp < to).length;
    expect(left).toBe(held);
  });

  it('ends where somebody puts a hold on meanwhile', async () => {
    fill(12_000);
    ground.database.beforeDeletion = async () => {
      await ground.book.hold({ id: 'late', from: '2026-01-01', to: '2027-01-01', reason: '' }, 3_600);
      await ground.clock.advance(2_000);
    };
    const { end, deleted } = await run(9_500 * ROW_BYTES);
    expect(end).toBe('holds changed');
    expect(deleted).toBeLessThan(2_500);
  });

  it('stops between two pieces, and the next run does the rest', async () => {
    fill(12_000);
    const stop = new AbortController();
    ground.database.beforeDeletion = () => {
      stop.abort();
    };
    expect(await run(9_500 * ROW_BYTES, { signal: stop.signal })).toMatchObject({ end: 'stopped' });
    ground.database.beforeDeletion = () => undefined;
    await run(9_500 * ROW_BYTES);
    expect(ground.database.rows.size).toBeLessThanOrEqual(9_500);
    expect(ground.database.rows.size).toBeGreaterThan(9_400);
  });

  it('does nothing where sizes are not to be seen, or of few rows', async () => {
    fill(12_000);
    expect((await run(1, { size: () => Promise.resolve(undefined) })).plan).toEqual({ kind: 'unknown' });
    ground = new RetentionGround();
    fill(100);
    expect((await run(1)).plan).toEqual({ kind: 'too few' });
  });
});

describe('the cut', () => {
  it('is at the first hour at which enough is gone, for any rows, with and without sums', async () => {
    const entry = fc.oneof(fc.integer({ min: 60, max: 3_000 }), fc.integer({ min: 60, max: 2_000_000 }));
    const hold = fc.option(fc.tuple(fc.integer({ min: 60, max: 3_000 }), fc.integer({ min: 1, max: 3_000 })));
    const cases = fc.tuple(
      fc.array(entry, { maxLength: 50 }),
      fc.integer({ min: 1, max: 60 }),
      hold,
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([ages, wanted, held, hasSums]) => {
        const own = new RetentionGround();
        own.database.hasSums = hasSums;
        for (const minutes of ages) own.database.add(own.row(minutes / 60));
        const to = columnTime(NOW_MS - HOUR_MS).replace(/:\d\d:\d\d\.\d+$/, ':00:00.000000');
        const holds = held === null ? [] : [holdOf(...held)];
        const cut = await cutOldest(own.database.reader, { rows: wanted, to, holds }, NEVER);
        const times = [...own.database.rows.values()].map(({ timestamp }) => timestamp);
        expect(cut).toEqual(reference(times, { wanted, to, holds }));
      }),
      { numRuns: 200 },
    );
  });
});

/** By whole minutes. */
function holdOf(oldestMinutes: number, lengthMinutes: number): { from: string; to: string } {
  const fromMs = Math.floor(NOW_MS / 60_000 - oldestMinutes) * 60_000;
  return { from: columnTime(fromMs), to: columnTime(fromMs + lengthMinutes * 60_000) };
}

/** Counts hour by hour, as simply as possible. */
function reference(
  times: readonly string[],
  { wanted, to, holds }: { wanted: number; to: string; holds: readonly { from: string; to: string }[] },
): { cutoff: string; rows: number } | undefined {
  const free = times
    .filter((time) => time < to && !holds.some((hold) => time >= hold.from && time < hold.to))
    .sort();
  if (free.length === 0) return undefined;
  const last = free[Math.min(wanted, free.length) - 1] ?? '';
  const isEnough = free.length >= wanted;
  const minutes = isEnough ? 60 : 24 * 60;
  const end = Math.floor(Date.parse(`${last.slice(0, 19).replace(' ', 'T')}Z`) / (minutes * 60_000)) + 1;
  const ends = [columnTime(end * minutes * 60_000), to, ...holds.map(({ from }) => from)];
  const cutoff = ends.filter((each) => each > last).sort()[0] ?? to;
  return { cutoff, rows: free.filter((time) => time < cutoff).length };
}
