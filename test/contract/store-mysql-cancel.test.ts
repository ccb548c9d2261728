import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readPage } from '../../src/query/answers/page.ts';
import type { Filter } from '../../src/query/filter.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openEntryReader } from '../../src/store/open.ts';
import { entries } from './store-entries.ts';
import { mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';

const NOTHING: Filter = { kind: 'substring', text: 'nobody says this' };
const BUDGET = { maxMs: 60_000, maxRows: 10_000_000 };

describe('MySQL: readers who leave', () => {
  let subject: StoreSubject<MySqlTarget>;

  beforeAll(async () => {
    subject = await mysqlSubject();
    const store = await subject.open();
    await store.migrate();
    for (let n = 0; n < 20_000; n += 5_000) await store.write(entries(n, n + 5_000));
  });
  afterAll(() => subject.dispose());

  /** Connections to our database that are there, at work or not. */
  const open = async () =>
    (await subject.sql('SELECT id FROM information_schema.processlist WHERE db = DATABASE()')).length;
  /** Those that are at work, but for the one that asks. */
  const connections = () =>
    subject.sql(`SELECT id, info FROM information_schema.processlist
      WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info IS NOT NULL`);

  it('500 times, at any moment, leave no statement at work and no connection', async () => {
    const before = await open();
    const reader = await openEntryReader(subject.target, { log: SILENT, connections: 3 });
    const leave = async (turn: number): Promise<string> => {
      const leaving = new AbortController();
      const means = { reader, budget: BUDGET, now: () => performance.now(), signal: leaving.signal };
      const reading = readPage({ filter: NOTHING, stretch: { order: 'newest' }, limit: 10 }, means);
      void sleep((turn * 7) % 23).then(() => {
        leaving.abort(new Error('gone'));
      });
      return reading.then(
        ({ isComplete }) => (isComplete ? 'answered' : 'incomplete'),
        (error: unknown) => String(error),
      );
    };
    const outcomes: string[] = [];
    for (let turn = 0; turn < 500; turn += 5)
      outcomes.push(...(await Promise.all([0, 1, 2, 3, 4].map((each) => leave(turn + each)))));
    expect(new Set(outcomes)).toEqual(
      new Set(outcomes.includes('answered') ? ['answered', 'Error: gone'] : ['Error: gone']),
    );
    expect(outcomes.filter((outcome) => outcome === 'Error: gone').length).toBeGreaterThan(100);

    // It goes on for others.
    const means = {
      reader,
      budget: BUDGET,
      now: () => performance.now(),
      signal: new AbortController().signal,
    };
    const page = await readPage(
      { filter: { kind: 'everything' }, stretch: { order: 'newest' }, limit: 3 },
      means,
    );
    expect(page.entries).toHaveLength(3);
    await reader.close();
    await vi.waitFor(async () => {
      expect(await connections()).toEqual([]);
      expect(await open()).toBe(before);
    }, 10_000);
  });

  it('a statement that takes long is ended on the server', async () => {
    const reader = await openEntryReader(subject.target, { log: SILENT });
    const locked = await subject.open();
    expect(locked).toBeDefined();
    await subject.sql('LOCK TABLES service_logs WRITE');
    const leaving = new AbortController();
    const means = { reader, budget: BUDGET, now: () => performance.now(), signal: leaving.signal };
    const reading = readPage({ filter: NOTHING, stretch: { order: 'newest' }, limit: 10 }, means);
    const outcome = expect(reading).rejects.toThrow('gone');
    await vi.waitFor(async () => {
      expect(await connections()).toHaveLength(1);
    }, 10_000);
    leaving.abort(new Error('gone'));
    await outcome;
    await vi.waitFor(async () => {
      expect(await connections()).toEqual([]);
    }, 10_000);
    await subject.sql('UNLOCK TABLES');
    await reader.close();
  });
});
