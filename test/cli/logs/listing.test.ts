import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Listing, type ListRequest } from '../../../src/cli/logs/listing.ts';
import type { EntryReader } from '../../../src/query/answers/ports.ts';
import { searchWatched } from '../../../src/query/answers/search-watch.ts';
import { EVERYTHING } from '../../../src/query/filter.ts';
import { openSqliteReader } from '../../../src/store/sqlite/store.ts';
import { type ScratchDatabase, scratchDatabase } from '../scratch-database.ts';

const COUNT = 5_000;
let database: ScratchDatabase;
let reader: EntryReader;

beforeAll(async () => {
  database = scratchDatabase();
  await database.write(
    Array.from({ length: COUNT }, (_none, index) => ({
      timestamp: `2026-11-25 12:00:00.${String(index).padStart(6, '0')}`,
      eventId: String(index),
      serviceName: 'alpha',
      severity: 'info' as const,
      payload: index % 2 === 0 ? 'even' : 'odd',
      tags: null,
    })),
  );
  reader = openSqliteReader({ kind: 'sqlite', path: database.url.slice('sqlite:'.length) });
});
afterAll(async () => {
  await reader.close();
  database[Symbol.dispose]();
});

const request: ListRequest = { filter: EVERYTHING, around: undefined, lines: 100, isReversed: false };

interface Stops {
  readonly end?: AbortSignal;
  readonly signal?: AbortSignal;
  readonly reader?: EntryReader;
  readonly maxRows?: number;
}

async function list(changes: Partial<ListRequest>, stops: Stops = {}) {
  const listing = new Listing(
    { ...request, ...changes },
    {
      reader: stops.reader ?? reader,
      budget: { maxMs: 60_000, maxRows: stops.maxRows ?? 1_000, end: stops.end },
      now: () => performance.now(),
      signal: stops.signal ?? new AbortController().signal,
    },
  );
  const ids: number[] = [];
  for await (const entries of listing.entries()) ids.push(...entries.map(({ eventId }) => Number(eventId)));
  return { ids, listing };
}

const EVEN = { kind: 'substring', text: 'even' } as const;

describe('a listing', () => {
  it('goes on where a budget ended a page, until it has what it should', async () => {
    const { ids, listing } = await list({ filter: EVEN, lines: 2_000 });
    expect(ids).toEqual(Array.from({ length: 2_000 }, (_none, index) => COUNT - 4_000 + 2 * index));
    expect(listing.pages.length).toBeGreaterThan(2);
    expect(listing.stopped).toBeUndefined();
  });

  it.each([1_000, Infinity])(
    'has what was found when it is stopped, in order, and says where it was (budget: %d rows)',
    async (maxRows) => {
      const stop = new AbortController();
      const stopping = searchWatched(reader, () => {
        stop.abort();
      });
      const { ids, listing } = await list(
        { filter: EVEN, lines: 2_000 },
        { end: stop.signal, reader: stopping, maxRows },
      );
      expect(ids).toEqual(Array.from({ length: 500 }, (_none, index) => COUNT - 1_000 + 2 * index));
      expect(listing.stopped).toEqual({ order: 'newest', at: '2026-11-25 12:00:00.004000' });
    },
  );

  it('has what was found before a statement was broken off', async () => {
    const abort = new AbortController();
    let pieces = 0;
    const breaking: EntryReader = {
      ...searchWatched(reader, () => undefined),
      piece(piece, signal) {
        pieces += 1;
        if (pieces === 2) abort.abort();
        return reader.piece(piece, signal);
      },
    };
    const { ids, listing } = await list(
      { filter: EVEN, lines: 2_000 },
      { signal: abort.signal, reader: breaking },
    );
    expect(ids).toHaveLength(500);
    expect(listing.stopped).toEqual({ order: 'newest', at: '2026-11-25 12:00:00.004000' });
  });

  it('is not stopped if all was found before', async () => {
    const stop = new AbortController();
    const stopping = searchWatched(reader, () => {
      stop.abort();
    });
    const { ids, listing } = await list({ lines: 10 }, { end: stop.signal, reader: stopping });
    expect(ids).toHaveLength(10);
    expect(listing.stopped).toBeUndefined();
  });

  it.each([
    [5, [2_498, 2_499, 2_500, 2_501, 2_502]],
    [1, [2_500]],
    [4, [2_498, 2_499, 2_500, 2_501]],
  ])('around a time has %i, half of them before it', async (lines, expected) => {
    const around = '2026-11-25 12:00:00.002500';
    expect((await list({ around, lines })).ids).toEqual(expected);
    expect((await list({ around, lines, isReversed: true })).ids).toEqual(expected.toReversed());
  });
});
