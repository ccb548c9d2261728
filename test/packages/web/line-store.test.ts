import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntriesPage, PageQuestion } from '../../../packages/client/src/types.ts';
import { compareLines } from '../../../packages/web/src/state/lines/line-order.ts';
import { LineStore } from '../../../packages/web/src/state/lines/line-store.ts';
import {
  type LineSource,
  openAround,
  openAt,
  openNewest,
} from '../../../packages/web/src/state/lines/opening.ts';
import { idsOf, type Line, lineAt } from './web-lines.ts';

const { signal } = new AbortController();
const QUESTION: PageQuestion = { tz: 'UTC' };

/** A server that has lines in memory, and a budget in lines for each question. */
class Server implements LineSource {
  lines: readonly Line[];
  budget = Infinity;
  asked: PageQuestion[] = [];
  fault: Error | undefined;

  constructor(lines: readonly Line[]) {
    this.lines = lines.toSorted(compareLines);
  }

  page = async (question: PageQuestion): Promise<EntriesPage> => {
    this.asked.push(question);
    if (this.fault !== undefined) throw this.fault;
    const { order = 'newest', limit = 100, cursor } = question;
    const matching = this.lines.filter(isAskedFor(question.q));
    const all = order === 'newest' ? matching.toReversed() : matching;
    const start = cursor === undefined ? 0 : positionOf(all, cursor, order);
    const end = Math.min(start + limit, start + this.budget, all.length);
    const entries = all.slice(start, end);
    const [first, last] = [entries[0], entries.at(-1)];
    return {
      entries,
      order,
      complete: end === start + limit || end === all.length,
      range: { from: null, to: null },
      searchedTo: end === all.length ? null : (last?.timestamp ?? null),
      next: end === all.length || last === undefined ? null : `${order} ${last.id}`,
      previous: first === undefined ? null : `${order === 'newest' ? 'oldest' : 'newest'} ${first.id}`,
    };
  };

  around: LineSource['around'] = async (id, { before, after }) => {
    const at = this.lines.findIndex((line) => line.id === id);
    return {
      before: this.lines.slice(Math.max(0, at - before), at),
      entry: this.lines[at]!,
      after: this.lines.slice(at + 1, at + 1 + after),
    };
  };
}

/** The conditions on time that the page adds to an expression. */
function isAskedFor(q = ''): (line: Line) => boolean {
  const [, sign = '', time = ''] = /time([<>]=?)(\S+)/.exec(q) ?? [];
  return ({ timestamp }) =>
    sign === '' ||
    (sign.startsWith('<') ? timestamp < time : timestamp > time) ||
    (sign.endsWith('=') && timestamp === time);
}

function positionOf(all: readonly Line[], cursor: string, order: string): number {
  const [cursorOrder, id] = cursor.split(' ');
  expect(cursorOrder).toBe(order);
  return all.findIndex((line) => line.id === id) + 1;
}

async function opened(server: Server, open: typeof openNewest = openNewest): Promise<LineStore> {
  const store = new LineStore(server.page);
  store.expect(QUESTION);
  store.open(await open(server, QUESTION, signal));
  return store;
}

/** What is there is a part of what the server has, without a gap and without a repeat. */
function expectNoGap(store: LineStore, server: Server): void {
  const ids = idsOf(store.lines.value);
  const all = idsOf(server.lines);
  const start = all.indexOf(ids[0] ?? '');
  expect(ids).toEqual(all.slice(start, start + ids.length));
}

function burst(length: number): Line[] {
  return [
    ...Array.from({ length: 300 }, (_, micros) => lineAt(micros)),
    ...Array.from({ length }, (_, within) => lineAt(300, within)),
    ...Array.from({ length: 300 }, (_, micros) => lineAt(301 + micros)),
  ];
}

describe('a window of the lines of a question', () => {
  it('grows to the oldest, page by page', async () => {
    const server = new Server(burst(10));
    const store = await opened(server);
    expect(store.lines.value).toHaveLength(200);
    expect(store.isFollowing.value).toBe(true);
    while (store.edges.older.value.state !== 'end') await store.more('older');
    expect(idsOf(store.lines.value)).toEqual(idsOf(server.lines));
  });

  it('goes through ten thousand lines of one microsecond in both directions, from one in their middle', async () => {
    const server = new Server(burst(10_000));
    const middle = lineAt(300, 5_000);
    const store = await opened(server, (source, question, abort) =>
      openAround(source, middle.id, question, abort),
    );
    expect(store.lines.value).toHaveLength(201);
    for (const side of ['older', 'newer'] as const) {
      while (store.edges[side].value.state !== 'end') {
        await store.more(side);
        expectNoGap(store, server);
      }
    }
    expect(idsOf(store.lines.value)).toEqual(idsOf(server.lines));
  });

  it('begins on both sides of a time', async () => {
    const server = new Server(burst(10));
    const store = await opened(server, (source, question, abort) =>
      openAt(source, lineAt(300).timestamp, question, abort),
    );
    expectNoGap(store, server);
    expect(idsOf(store.lines.value).slice(99, 101)).toEqual(idsOf([lineAt(299), lineAt(300, 0)]));
    while (store.edges.newer.value.state !== 'end') await store.more('newer');
    while (store.edges.older.value.state !== 'end') await store.more('older');
    expect(idsOf(store.lines.value)).toEqual(idsOf(server.lines));
  });

  it('drops the far end of more than 22,000 lines, and asks for it again', async () => {
    const server = new Server(burst(25_000));
    const store = await opened(server);
    const reach = async (side: 'older' | 'newer') => {
      let most = 0;
      while (store.edges[side].value.state !== 'end') {
        await store.more(side);
        most = Math.max(most, store.lines.value.length);
      }
      expectNoGap(store, server);
      return most;
    };
    expect(await reach('older')).toBeLessThanOrEqual(22_000);
    expect(store.edges.newer.value.state).toBe('more');
    const before = server.asked.length;
    expect(await reach('newer')).toBeLessThanOrEqual(22_000);
    expect(store.lines.value.at(-1)?.id).toBe(server.lines.at(-1)?.id);
    // By the cursors of where it was cut, not from the beginning of the microsecond.
    expect(server.asked.slice(before).every(({ limit }) => limit === 200)).toBe(true);
  });

  it('says how far a search came that its budget ended, and goes on from there', async () => {
    const server = new Server(burst(10));
    server.budget = 50;
    const store = await opened(server);
    expect(store.edges.older.value).toMatchObject({
      state: 'partial',
      searchedTo: store.lines.value[0]?.timestamp,
    });
    await store.more('older');
    expect(store.lines.value).toHaveLength(100);
    expectNoGap(store, server);
  });

  it('says at an edge that it could not be read on, keeps what is there, and can be tried again', async () => {
    const server = new Server(burst(10));
    const store = await opened(server);
    server.fault = new Error('the database is away');
    await store.more('older');
    expect(store.edges.older.value).toMatchObject({ state: 'failed', problem: { code: 'BUG' } });
    expect(store.lines.value).toHaveLength(200);
    server.fault = undefined;
    await store.more('older');
    expect(store.lines.value).toHaveLength(400);
    expectNoGap(store, server);
  });

  it('looks for what came behind its newest line when it is asked to', async () => {
    const server = new Server(burst(10));
    const store = await opened(server);
    const late = lineAt(900);
    server.lines = [...server.lines, late];
    await store.more('newer');
    expect(store.lines.value.at(-1)?.id).toBe(late.id);
  });
});

describe('lines that come by themselves', () => {
  it('are followed, and the oldest are dropped, so that there are never many more than 20,000', async () => {
    const store = await opened(new Server([]));
    for (let at = 0; at < 60_000; at += 500) store.add(Array.from({ length: 500 }, (_, n) => lineAt(at + n)));
    expect(store.lines.value.length).toBeLessThanOrEqual(22_000);
    expect(store.lines.value.at(-1)?.id).toBe(lineAt(59_999).id);
    expect(store.edges.older.value.state).toBe('more');
    expect(store.newBelow.value).toBe(0);
  });

  it('are counted where one reads further up, and not kept where they are many', async () => {
    const store = await opened(new Server(burst(10)));
    store.follow(false);
    store.add([lineAt(700), lineAt(701), lineAt(700), lineAt(450, 1)]);
    expect(store.newBelow.value).toBe(2);
    for (let at = 1_000; at < 50_000; at += 1_000)
      store.add(Array.from({ length: 1_000 }, (_, n) => lineAt(at + n)));
    expect(store.newBelow.value).toBe(49_002);
    expect(store.lines.value.length).toBeLessThan(7_000);
    expect(store.edges.newer.value.state).toBe('more');
    store.follow(true);
    expect(store.newBelow.value).toBe(0);
  });

  it('are there when the newest are read again, stored or not', async () => {
    const server = new Server(burst(10));
    const store = await opened(server);
    store.follow(false);
    const came = Array.from({ length: 6_000 }, (_, n) => lineAt(1_000 + n));
    store.add(came);
    // The last hundred are not stored yet.
    server.lines = [...server.lines, ...came.slice(0, -100)];
    store.open(await openNewest(server, QUESTION, signal));
    server.lines = [...server.lines, ...came.slice(-100)];
    expect(store.lines.value.at(-1)?.id).toBe(came.at(-1)?.id);
    expectNoGap(store, server);
  });

  it('beyond an end that is open are not taken in: others may stand between', async () => {
    const server = new Server(burst(10));
    const store = await opened(server);
    store.add([lineAt(2, 7)]);
    server.lines = [...server.lines, lineAt(2, 7)].toSorted(compareLines);
    expectNoGap(store, server);
    while (store.edges.older.value.state !== 'end') await store.more('older');
    expect(idsOf(store.lines.value)).toEqual(idsOf(server.lines));
  });

  it('do not go among the lines of the question before', async () => {
    const store = await opened(new Server(burst(10)));
    const { value: lines } = store.lines;
    const other = new Server([lineAt(50)]);
    const question = { tz: 'UTC', q: 'other' };
    store.expect(question);
    store.add([lineAt(800)]);
    expect(store.lines.value).toBe(lines);
    store.open(await openNewest(other, question, signal));
    expect(idsOf(store.lines.value)).toEqual(idsOf([lineAt(50), lineAt(800)]));
  });
});

it('is at any time a part of all lines, whatever is scrolled to and whatever comes', async () => {
  const step = fc.oneof(
    fc.constant('older' as const),
    fc.constant('newer' as const),
    fc.constant('newest' as const),
    fc.constant('follow' as const),
    fc.constant('stay' as const),
    fc.array(fc.tuple(fc.nat(9), fc.nat(400)), { minLength: 1, maxLength: 40 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 300 }),
      async (steps, budget) => {
        const server = new Server(
          Array.from({ length: 1_500 }, (_, n) => lineAt(n % 10, Math.floor(n / 10) * 3)),
        );
        server.budget = budget;
        const store = await opened(server);
        for (const each of steps) {
          if (each === 'older' || each === 'newer') await store.more(each);
          else if (each === 'newest') store.open(await openNewest(server, QUESTION, signal));
          else if (typeof each === 'string') store.follow(each === 'follow');
          else {
            const known = new Set(idsOf(server.lines));
            const came = each.map(([micros, within]) => lineAt(micros, within));
            const added = [...new Map(came.map((line) => [line.id, line])).values()].filter(
              ({ id }) => !known.has(id),
            );
            server.lines = [...server.lines, ...added].toSorted(compareLines);
            store.add(came);
          }
          expectNoGap(store, server);
        }
      },
    ),
    { numRuns: 60 },
  );
});
