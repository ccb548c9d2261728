import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { matches } from '../../src/query/predicate.ts';
import type { ServerLag } from '../../src/retention/ports.ts';
import { printRules, requireRules } from '../../src/retention/rules.ts';
import { type RetentionParts, type RetentionRun, runRetention } from '../../src/retention/run.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryDatabase } from '../support/memory-database.ts';
import { columnTime, MemoryRetentionBook } from '../support/memory-retention-book.ts';

const NOW_MS = Date.UTC(2026, 10, 30, 12, 0, 30);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let clock: FakeClock;
let book: MemoryRetentionBook;
let database: MemoryDatabase;
let ids = 0;

beforeEach(() => {
  clock = new FakeClock();
  book = new MemoryRetentionBook(NOW_MS);
  database = new MemoryDatabase(book);
});

/** A row so many hours old. */
function row(hours: number, changes: Partial<LogEntry> = {}): LogEntry {
  ids += 1;
  return {
    timestamp: columnTime(book.nowMs - hours * HOUR_MS),
    eventId: `e${String(ids).padStart(6, '0')}`,
    serviceName: 'alpha',
    severity: 'info',
    payload: 'Hello',
    tags: null,
    ...changes,
  };
}

async function apply(text: string): Promise<void> {
  await book.apply(printRules(requireRules(text, 'rules')), { by: 'a test' });
}

/** A run from beginning to end; time passes as it is waited for. */
async function run(changes: Partial<RetentionParts> = {}): Promise<RetentionRun> {
  const { signal } = new AbortController();
  const running = runRetention({
    book,
    reader: database.reader,
    deleter: database,
    clock,
    ownNowMs: () => book.nowMs,
    share: 1,
    signal,
    end: signal,
    ...changes,
  });
  let isOver = false;
  const over = running.finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  while (!isOver) await clock.advance(100);
  return over;
}

function left(): string[] {
  return [...database.rows.values()].map(({ payload }) => payload).sort();
}

/** What rules leave of rows, said as simply as possible. */
function reference(
  text: string,
  rows: readonly LogEntry[],
  nowMs: number,
  held: readonly (readonly [string, string])[] = [],
) {
  const rules = requireRules(text, 'rules');
  return rows.filter((one) => {
    const first = rules.find(({ filter }) => matches(filter)(one));
    if (first?.hours === undefined) return true;
    if (held.some(([from, to]) => one.timestamp >= from && one.timestamp < to)) return true;
    const minute = Math.floor((nowMs - first.hours * HOUR_MS) / 60_000) * 60_000;
    return one.timestamp >= columnTime(minute);
  });
}

describe('a run of the rules', () => {
  it('does nothing where there are none', async () => {
    database.add(row(1_000_000));
    expect(await run()).toEqual({ end: 'no rules', version: undefined, rules: [] });
    expect(database.rows.size).toBe(1);
  });

  it('keeps what no rule matches', async () => {
    database.add(row(100, { severity: 'debug', payload: 'gone' }), row(1_000_000, { payload: 'kept' }));
    await apply('severity:debug=3d');
    const { end, rules } = await run();
    expect(end).toBe('done');
    expect(rules).toMatchObject([{ place: 0, rule: 'severity:debug=3d', deleted: 1, isDone: true }]);
    expect(left()).toEqual(['kept']);
  });

  it('lets the first rule that matches decide, to the minute', async () => {
    const debug = { severity: 'debug' } as const;
    database.add(
      row(71, { ...debug, payload: 'young debug' }),
      row(73, { ...debug, payload: 'old debug' }),
      row(1_000, { ...debug, serviceName: 'audit', payload: 'audit is asked first' }),
      row(24 * 364, { payload: 'young' }),
      row(24 * 366, { payload: 'old' }),
      { ...row(0), timestamp: columnTime(Date.UTC(2025, 10, 30, 12, 0) - 1), payload: 'the last that goes' },
      { ...row(0), timestamp: columnTime(Date.UTC(2025, 10, 30, 12, 0)), payload: 'the first that stays' },
    );
    await apply('service:audit=forever; severity:debug=3d; *=365d');
    await run();
    expect(left()).toEqual(['audit is asked first', 'the first that stays', 'young', 'young debug']);
  });

  it('deletes what a reference of the rules does, in any order of rules, with holds and late rows', async () => {
    const filter = fc.constantFrom(
      '*',
      'severity:debug',
      'severity>=warn',
      'service:alpha',
      '-service:alpha severity<warn',
      'code:200',
      'service:bravo code:500',
      'Hello',
      '"late"',
      '-code:*',
    );
    const age = fc.constantFrom('1h', '12h', '3d', '40d', 'forever');
    const rules = fc
      .array(fc.tuple(filter, age), { minLength: 1, maxLength: 5 })
      .map((list) => list.map(([what, long]) => `${what}=${long}`).join('; '));
    const entry = fc.record({
      hours: fc.oneof(fc.integer({ min: -5, max: 100 }), fc.integer({ min: 0, max: 2_000 })),
      serviceName: fc.constantFrom('alpha', 'bravo', 'charlie'),
      severity: fc.constantFrom(...SEVERITIES),
      tags: fc.constantFrom(null, '{"code":200}', '{"code":500}'),
      payload: fc.constantFrom('Hello', 'late', 'other'),
    });
    const some = fc.array(entry, { maxLength: 60 });
    const hold = fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 300 }));
    await fc.assert(
      fc.asyncProperty(
        rules,
        some,
        some,
        fc.array(hold, { maxLength: 3 }),
        fc.boolean(),
        async (text, first, late, holds, hasSums) => {
          book = new MemoryRetentionBook(NOW_MS);
          database = new MemoryDatabase(book);
          database.hasSums = hasSums;
          const of = (list: readonly { readonly hours: number }[]) =>
            list.map(({ hours, ...rest }) => row(hours, rest));
          const [before, after] = [of(first), of(late)];
          const held = holds.map(
            ([hours, long]) =>
              [columnTime(NOW_MS - (hours + long) * HOUR_MS), columnTime(NOW_MS - hours * HOUR_MS)] as const,
          );
          for (const [index, [from, to]] of held.entries())
            await book.hold({ id: String(index), from, to, reason: '' }, 40 * 3_600);
          database.add(...before);
          await apply(text);
          expect((await run()).end).toBe('done');
          const kept = reference(text, before, NOW_MS, held);
          expect([...database.rows.values()]).toEqual(kept);
          // A day later everything that came late is found, too, and nothing is held any more.
          database.add(...after);
          book.nowMs += 44 * HOUR_MS;
          database.add(row(0.5, { payload: 'new' }));
          expect((await run({ trustsClock: true })).end).toBe('done');
          const all = reference(text, [...kept, ...after, ...database.rows.values()], book.nowMs);
          expect(new Set(database.rows.values())).toEqual(new Set(all));
          const deleted = database.deletions.reduce((sum, { rows }) => sum + rows.length, 0);
          expect([...book.accounts.values()].reduce((sum, { deletedRows }) => sum + deletedRows, 0)).toBe(
            deleted,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('deletes by ranges what counts decide, and by keys what has to be looked at', async () => {
    database.add(row(400 * 24), row(100, { severity: 'debug' }), row(400, { tags: '{"code":200}' }));
    await apply('severity:debug=3d; code:200=14d; *=365d');
    await run();
    expect(database.deletions.map(({ way }) => way)).toEqual(['range of some', 'keys', 'range']);
    expect(database.rows.size).toBe(0);
  });

  it('deletes nothing, and looks at no row, where the counts say that there is nothing', async () => {
    for (let hours = 0; hours < 2_000; hours += 10) database.add(row(hours));
    await apply('severity:debug=3d; service:bravo=1d; *=365d');
    expect((await run()).end).toBe('done');
    expect([database.deletions.length, database.rowsRead]).toEqual([0, 0]);
  });

  it('looks at rows that came of age since its last run, and once a day at all', async () => {
    for (let hours = 0; hours < 1_000; hours += 10) database.add(row(hours));
    await apply('code:200=1d');
    await run();
    expect(database.rowsRead).toBeGreaterThan(90);
    database.rowsRead = 0;
    book.nowMs += HOUR_MS;
    database.add(row(500, { tags: '{"code":200}', payload: 'late' }), row(24.5, { tags: '{"code":200}' }));
    await run();
    expect(database.rowsRead).toBeLessThan(10);
    expect(database.deletions.map(({ rows }) => rows.length)).toEqual([1]);
    book.nowMs += 12 * HOUR_MS;
    await run();
    expect(database.deletions.map(({ rows }) => rows.map(({ payload }) => payload))).toEqual([
      ['Hello'],
      ['late'],
    ]);
  });
});

describe('while a run is at it', () => {
  beforeEach(() => {
    for (let n = 0; n < 5_000; n += 1) database.add(row(1_000 + n / 100));
  });
  /** Each deletion takes so long. */
  const takes = (ms: number) => {
    database.beforeDeletion = () => clock.advance(ms);
  };

  it('other rules end it within seconds', async () => {
    takes(900);
    await apply('*=1d');
    const began = book.nowMs;
    database.beforeDeletion = async () => {
      if (database.deletions.length === 2) await apply('*=forever');
      await clock.advance(900);
      book.nowMs = began + clock.now();
    };
    const { end, rules } = await run();
    expect(end).toBe('rules changed');
    expect(database.deletions.length).toBeLessThan(5);
    expect(rules).toMatchObject([{ isDone: false }]);
    expect((await run()).end).toBe('done');
    expect(database.rows.size).toBeGreaterThan(0);
  });

  it('so does a new hold', async () => {
    await apply('*=1d');
    database.beforeDeletion = async () => {
      if (database.deletions.length === 1)
        await book.hold({ id: 'restored', from: columnTime(0), to: columnTime(NOW_MS), reason: '' }, 3_600);
      await clock.advance(600);
    };
    expect((await run()).end).toBe('rules changed');
    const rows = database.rows.size;
    expect((await run()).end).toBe('done');
    expect(database.rows.size).toBe(rows);
  });

  it('a stop ends it before the next transaction, and the next run goes on', async () => {
    const stop = new AbortController();
    database.beforeDeletion = () => {
      if (database.deletions.length === 2) stop.abort();
    };
    await apply('*=1d');
    expect((await run({ end: stop.signal })).end).toBe('stopped');
    expect(database.deletions).toHaveLength(3);
    expect(book.accounts.get('1 0')?.doneTo).toBeUndefined();
    database.beforeDeletion = () => undefined;
    expect((await run()).end).toBe('done');
    expect(database.rows.size).toBe(0);
    expect(book.accounts.get('1 0')).toMatchObject({
      deletedRows: 5_000,
      doneTo: '2026-11-29 12:00:00.000000',
    });
  });

  it('pieces are as large as fit into a tenth of a second, and it rests as long as it works', async () => {
    database.beforeDeletion = () => clock.advance(400);
    await apply('*=1d');
    const beganAtMs = clock.now();
    await run({ share: 0.5 });
    const sizes = database.deletions.map(({ maxRows }) => maxRows ?? 0);
    expect(sizes[0]).toBe(1_000);
    expect(sizes[1]).toBe(250);
    expect(sizes.at(-1)).toBe(100);
    expect(clock.now() - beganAtMs).toBeGreaterThanOrEqual(sizes.length * 800 - 500);
  });

  it('waits for servers that are behind, and does a little all the same', async () => {
    await apply('*=1d');
    let lag: ServerLag = { replicaMs: 60_000, queuedTransactions: 0, flowControlShare: 0 };
    const pace = { lag: () => Promise.resolve(lag) };
    database.beforeDeletion = () => {
      if (database.deletions.length === 3) lag = { ...lag, replicaMs: 0 };
    };
    await run({ pace });
    expect(clock.now()).toBeGreaterThanOrEqual(90_000);
    expect(clock.now()).toBeLessThan(130_000);
    expect(database.deletions.slice(1, 4).map(({ maxRows }) => maxRows)).toEqual([100, 100, 100]);
    expect(database.rows.size).toBe(0);
  });

  it('its transactions are protected by the lease, and on the account of the rule', async () => {
    await apply('severity:debug=1d; *=1d');
    const lease = { name: 'retention', owner: 'this one' };
    await run({ lease });
    expect(database.deletions.map(({ on }) => on)).toEqual(
      database.deletions.map(() => ({ lease, rule: { version: 1, place: 1 } })),
    );
  });
});

describe('a clock that is wrong', () => {
  beforeEach(async () => {
    database.add(row(0.1), row(10 * 24, { payload: 'of last week' }));
    await apply('*=30d');
  });

  it('deletes nothing if it jumped ahead of all that is known', async () => {
    await run();
    book.nowMs += 300 * DAY_MS;
    await expect(run()).rejects.toMatchObject({ code: 'CLOCK' });
    expect(database.rows.size).toBe(2);
    await run({ trustsClock: true });
    expect(database.rows.size).toBe(0);
  });

  it('is not believed for the sake of an entry from the future', async () => {
    database.add(row(-400 * 24));
    book.nowMs += 300 * DAY_MS;
    await expect(run()).rejects.toMatchObject({ code: 'CLOCK' });
  });

  it('deletes nothing if it is another than this machine has', async () => {
    await expect(run({ ownNowMs: () => NOW_MS - 2 * HOUR_MS })).rejects.toThrow(
      "the database's clock says 2026-11-30 12:00:30 UTC, this machine's 2026-11-30 10:00:30 UTC",
    );
  });

  it('deletes nothing that is not old if it jumped back, and goes on once it is right', async () => {
    await run();
    const rows = database.rows.size;
    book.nowMs -= 100 * DAY_MS;
    expect((await run()).end).toBe('done');
    expect(database.rows.size).toBe(rows);
    book.nowMs += 121 * DAY_MS;
    database.add(row(0));
    await run();
    expect(left()).toEqual(['Hello', 'Hello']);
  });

  it('is believed after a pause in which nothing came, if anything did since', async () => {
    book.nowMs += 12 * DAY_MS;
    await expect(run()).rejects.toMatchObject({ code: 'CLOCK' });
    database.add(row(1));
    expect((await run()).end).toBe('done');
  });
});
