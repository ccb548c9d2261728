import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OPEN } from '../../src/access/grant.ts';
import type { HistoryRequest } from '../../src/live/ports.ts';
import { parsePosition } from '../../src/live/position.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { allOf, EVERYTHING } from '../../src/query/filter.ts';
import { openEntryReader, openStore } from '../../src/store/open.ts';
import { scratchDatabase } from '../cli/scratch-database.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { LiveGround, numbered, ReadTail, START_MS } from './live-ground.ts';

async function openDatabase() {
  const scratch = scratchDatabase();
  const target = { kind: 'sqlite', path: scratch.url.slice('sqlite:'.length) } as const;
  const log = new RecordingLog();
  const store = await openStore(target, { log });
  await store.migrate();
  const reader = await openEntryReader(target, { log, connections: 1 });
  onTestFinished(async () => {
    await reader.close();
    await store.close();
    scratch[Symbol.dispose]();
  });
  return { store, reader };
}

type Database = Awaited<ReturnType<typeof openDatabase>>;

function history({ reader }: Database, changes: Partial<HistoryRequest> = {}): HistoryRequest {
  const signal = new AbortController().signal;
  const budget = { maxMs: 60_000, maxRows: 1_000_000 };
  return {
    filter: EVERYTHING,
    ask: (work) => work({ reader, budget, now: () => performance.now(), signal }),
    ...changes,
  };
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_none, n) => numbered(from + n));

/** Reads until the tail is live. */
async function live(tail: ReadTail): Promise<void> {
  for (let n = 0; n < 1_000 && !tail.seen.some(({ kind }) => kind === 'heartbeat'); n += 1) {
    await tail.take(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('history and what comes are one stream', () => {
  it('rows in their order, then what is not stored yet, then what comes: each once', async () => {
    const database = await openDatabase();
    const ground = new LiveGround();
    const keeper = await ground.open();
    await keeper.take();
    await database.store.write(range(0, 1_500));
    ground.publish(...range(1_400, 1_600));
    ground.storedUpTo = '2026-11-25 12:00:30.000000';
    const tail = await ground.open({ history: history(database) });
    ground.publish(...range(1_600, 1_610));
    await live(tail);
    // Redelivered, and stored before this server got it.
    ground.publish(numbered(1_399), numbered(1_610));
    await tail.take();
    expect(tail.ids).toEqual(range(0, 1_611).map(({ eventId }) => eventId));
    expect(tail.entries[0]?.json).toContain('"created_at"');
    expect(tail.seen.filter(({ kind }) => kind === 'gap')).toEqual([]);
  });

  it('what neither has is said: from what is stored to where the server began', async () => {
    const database = await openDatabase();
    await database.store.write(range(0, 10));
    const ground = new LiveGround();
    ground.storedUpTo = '2026-11-25 11:58:00.000000';
    const since = { kind: 'time', op: '>=', at: '2026-11-25 12:00:00.005000' } as const;
    const tail = await ground.open({
      history: history(database, { filter: allOf([since]), from: since.at }),
    });
    await live(tail);
    expect(tail.ids).toEqual(range(5, 10).map(({ eventId }) => eventId));
    expect(tail.seen.filter(({ kind }) => kind === 'gap')).toMatchObject([
      { from: '2026-11-25T11:57:00.000000Z', to: '2026-11-25T12:01:00.000000Z' },
    ]);
  });

  it('what neither has is said before what came here, behind which it would not be said again', async () => {
    const database = await openDatabase();
    await database.store.write(range(0, 10));
    const ground = new LiveGround();
    const keeper = await ground.open();
    await keeper.take();
    ground.publish(...range(10, 20));
    ground.storedUpTo = '2026-11-25 11:58:00.000000';
    const tail = await ground.open({ history: history(database) });
    await live(tail);
    const gapAt = tail.seen.findIndex(({ kind }) => kind === 'gap');
    expect(gapAt).toBe(10);
    const positions = tail.seen.map(({ position }) => parsePosition(position));
    expect(positions[gapAt]).toMatchObject({ entryId: tail.entries[9]?.entryId, epoch: 'h' });
    expect(positions.findIndex((at) => at?.epoch !== 'h')).toBe(11);
    expect(tail.ids).toEqual(range(0, 20).map(({ eventId }) => eventId));
  });

  it('the last so many are those of the latest times, stored or not', async () => {
    const database = await openDatabase();
    await database.store.write(range(0, 100));
    const ground = new LiveGround();
    const keeper = await ground.open();
    ground.publish(...range(90, 105), numbered(50));
    await keeper.take();
    const tail = await ground.open({ history: history(database, { last: 10 }) });
    await live(tail);
    expect(tail.ids).toEqual(range(95, 105).map(({ eventId }) => eventId));
    const few = await ground.open({ history: history(database, { last: 1_000 }) });
    await live(few);
    expect(few.ids).toEqual(range(0, 105).map(({ eventId }) => eventId));
  });

  it('a history that was cut goes on where it was', async () => {
    const database = await openDatabase();
    await database.store.write(range(0, 300));
    const ground = new LiveGround();
    const whole = await ground.open({ history: history(database) });
    await live(whole);
    const at = whole.entries[100]?.position ?? '';
    const rest = await ground.open({ history: history(database), resume: parsePosition(at) });
    await live(rest);
    expect(rest.ids).toEqual(range(101, 300).map(({ eventId }) => eventId));
  });

  it('where a history was cut that is not asked for again, the rest of it is said to be missing', async () => {
    const database = await openDatabase();
    await database.store.write(range(0, 30));
    const ground = new LiveGround();
    const keeper = await ground.open();
    await keeper.take(300_000);
    ground.publish(numbered(300_001), numbered(300_002));
    const whole = await ground.open({ history: history(database) });
    await live(whole);
    const rest = await ground.open({ resume: parsePosition(whole.entries[20]?.position ?? '') });
    // From a minute before that entry, to a minute behind the start of this server: which has what came since.
    expect(await rest.take()).toMatchObject([
      { kind: 'gap', from: '2026-11-25T11:59:00.020000Z', to: '2026-11-25T12:01:00.020000Z' },
      { kind: 'entry', entry: { eventId: 'e-300001' } },
      { kind: 'entry', entry: { eventId: 'e-300002' } },
      { kind: 'heartbeat' },
    ]);
  });

  it('its positions say when it was asked for first, also after it was cut', async () => {
    const database = await openDatabase();
    await database.store.write(range(0, 100));
    const ground = new LiveGround();
    const whole = await ground.open({ history: history(database) });
    await live(whole);
    await ground.clock.advance(600_000);
    const resume = parsePosition(whole.entries[20]?.position ?? '');
    const rest = await ground.open({ history: history(database), resume });
    await live(rest);
    expect(resume).toMatchObject({ epoch: 'h', serverMs: START_MS });
    expect(parsePosition(rest.entries[20]?.position ?? '')).toEqual({
      ...{ entryId: whole.entries[41]?.entryId, epoch: 'h' },
      ...{ sequence: 0, serverMs: START_MS },
    });
  });

  it('however slowly it is read, its rows are known when they come once more', async () => {
    const database = await openDatabase();
    await database.store.write(range(0, 100));
    const ground = new LiveGround();
    const tail = await ground.open({ history: history(database) });
    await ReadTail.once(tail);
    await ground.clock.advance(600_000);
    const isLive = () => tail.ids.includes('e-100');
    ground.publish(numbered(100));
    for (let n = 0; n < 1_000 && !isLive(); n += 1) {
      await tail.take(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await tail.take();
    ground.publish(numbered(5), numbered(101));
    await tail.take();
    expect(tail.ids).toEqual(range(0, 102).map(({ eventId }) => eventId));
  });

  it('a history that cannot be read is refused before anything is shown', async () => {
    const ground = new LiveGround();
    const ask = () => Promise.reject(new Error('busy'));
    await expect(ground.open({ history: { filter: EVERYTHING, ask } })).rejects.toThrow('busy');
    expect(ground.tails.numbers.open).toBe(0);
  });
});

/** What happens: so many are published, some come again, the reader takes what is there, is cut, or goes to another server. */
const STEPS = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('publish' as const),
      count: fc.integer({ min: 1, max: 40 }),
      late: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('again' as const), count: fc.integer({ min: 1, max: 30 }) }),
    fc.constant({ kind: 'read' } as const),
    fc.constant({ kind: 'cut' } as const),
    fc.constant({ kind: 'replica' } as const),
  ),
  { minLength: 3, maxLength: 40 },
);

it('whatever is cut, late, comes again or goes to another server: what is not said to be missing is shown, on one server once and in its order', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const grounds = [
        new LiveGround({ queue: { maxEntries: 25, maxUnits: 100_000 } }, 'a'),
        new LiveGround({}, 'b'),
      ];
      for (const ground of grounds) await (await ground.open()).take();
      let at = 0;
      const published: LogEntry[] = [];
      let tail = await grounds[0]!.open({ filter: EVERYTHING, grant: OPEN });
      const sessions = [{ on: 0, tail }];
      for (const step of steps) {
        if (step.kind === 'publish') {
          const made = range(published.length, published.length + step.count).map((entry) =>
            step.late ? { ...entry, timestamp: '2026-11-25 11:00:00.000000' } : entry,
          );
          published.push(...made);
          for (const ground of grounds) ground.publish(...made);
        }
        if (step.kind === 'again')
          for (const ground of grounds) ground.publish(...published.slice(-step.count));
        if (step.kind === 'read') await tail.take(40);
        if (step.kind !== 'cut' && step.kind !== 'replica') continue;
        if (step.kind === 'replica') at = 1 - at;
        const last = sessions.flatMap((session) => session.tail.seen).at(-1)?.position;
        sessions.at(-1)?.tail.cut();
        tail = await grounds[at]!.open({ resume: last === undefined ? undefined : parsePosition(last) });
        if (last === undefined) sessions.length = 0;
        sessions.push({ on: at, tail });
      }
      await tail.take(15_000);
      for (const ground of grounds) await ground.tails.close();
      checkSessions(sessions);
    }),
    { numRuns: 60 },
  );
});

/**
 * On one server each entry once and in its order, with no gap, however often it was cut; all together without a hole that
 * nothing tells of.
 */
function checkSessions(sessions: readonly { readonly on: number; readonly tail: ReadTail }[]): void {
  const seen = new Set<number>();
  let told = 0;
  let before: { readonly on: number; readonly last: number } | undefined;
  // One that was cut before it was told anything has no part in it: the next goes on where the one before did.
  for (const { on, tail } of sessions.filter((session) => session.tail.seen.length > 0)) {
    const numbers = tail.ids.map((id) => Number(id.slice(2)));
    const isSame = before?.on === on;
    const inOrder = isSame ? [before?.last ?? -1, ...numbers] : numbers;
    expect(inOrder).toEqual([...new Set(inOrder)].toSorted((a, b) => a - b));
    if (isSame) expect(tail.seen.filter(({ kind }) => kind === 'gap')).toEqual([]);
    for (const n of numbers) seen.add(n);
    for (const event of tail.seen) if (event.kind === 'skipped') told += event.count;
    before = { on, last: numbers.at(-1) ?? (isSame ? (before?.last ?? -1) : -1) };
  }
  const all = [...seen].toSorted((a, b) => a - b);
  const [first = 0] = all;
  const holes = (all.at(-1) ?? first - 1) - first + 1 - all.length;
  expect(holes).toBeLessThanOrEqual(told);
}
