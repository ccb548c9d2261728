import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Grant, SCOPES, shownService } from '../../src/access/grant.ts';
import { GrantedReader } from '../../src/access/granted-reader.ts';
import type { Resource } from '../../src/http/resource.ts';
import { RESOURCES } from '../../src/http/resources/all.ts';
import type { Answer, HttpRequest } from '../../src/http/route.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { Means } from '../../src/query/answers/page.ts';
import type { EntryReader } from '../../src/query/answers/ports.ts';
import { watchedReader } from '../../src/query/answers/watched-reader.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { printFilter } from '../../src/query/print.ts';
import { openEntryReader, openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type ScratchDatabase, scratchDatabase } from '../cli/scratch-database.ts';
import * as arbitrary from '../query/arbitraries.ts';
import { RecordingLog } from '../support/recording-log.ts';

const NAMES = [
  'cart',
  'cart-api',
  'shop',
  'team/cart',
  'team/api',
  'team/10',
  'other/x',
  '10',
  '5 ',
  'größe 😀',
];
const NOW_MS = Date.parse('2026-11-25T15:10:00Z');

/** A database whose rows are changed between runs. */
class Ground {
  readonly scratch: ScratchDatabase;
  readonly store: Store;
  readonly reader: EntryReader;

  private constructor(store: Store, reader: EntryReader, scratch: ScratchDatabase) {
    this.scratch = scratch;
    this.store = store;
    this.reader = reader;
  }

  static async open(): Promise<Ground> {
    const scratch = scratchDatabase();
    const target = { kind: 'sqlite', path: scratch.url.replace('sqlite:', '') } as const;
    const store = await openStore(target, { log: new RecordingLog() });
    await store.migrate();
    // Bearers have to see the same by the indexes of tags.
    for (const tag of ['a', 'b', '1']) await store.addTagIndex(tag);
    return new Ground(store, await openEntryReader(target, { log: new RecordingLog() }), scratch);
  }

  async fill(entries: readonly LogEntry[]): Promise<void> {
    for (const table of ['service_logs', 'service_severity', 'service_severity_minutes'])
      this.scratch.tamper(`DELETE FROM ${table}`);
    await this.store.write(entries);
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.store.close();
    this.scratch[Symbol.dispose]();
  }
}

const entries: fc.Arbitrary<readonly LogEntry[]> = fc
  .array(
    fc.record({
      timestamp: arbitrary.times,
      serviceName: fc.constantFrom(...NAMES),
      severity: fc.constantFrom(...SEVERITIES),
      payload: arbitrary.texts,
      tags: fc.constantFrom(null, '{"user":"a","n":10}', '{"service":"team/cart"}'),
    }),
    { maxLength: 30 },
  )
  .map((list) => list.map((each, index) => ({ ...each, eventId: `event-${index % 9}-${index}` })));

const grants: fc.Arbitrary<Grant> = fc.record({
  name: fc.constant('a token'),
  scopes: fc.constant(SCOPES),
  prefix: fc.constantFrom('', '', 'team/', 'nobody/'),
  hidden: fc.subarray(['team/', 'other/']),
  services: fc.option(
    fc.array(fc.constantFrom('cart*', '*api', '10', '*', 'gr*e*', 'team/*', '*a*t*', '5 ', 'team/cart'), {
      maxLength: 3,
    }),
    { nil: undefined },
  ),
});

const serviceTests: fc.Arbitrary<Filter> = fc
  .oneof(
    fc.constantFrom(...NAMES, 'api', 'x').map((text) => ({ kind: 'equals' as const, text })),
    fc.constantFrom(['ca', ''], ['', 'api'], ['', 't', ''], ['team/', '']).map((pieces) => ({
      kind: 'matches' as const,
      pieces,
    })),
    fc.record({
      kind: fc.constant('compare' as const),
      op: fc.constantFrom('>=' as const, '<' as const),
      text: fc.constantFrom('cart', '7', 'shop', '10'),
    }),
  )
  .map((test) => ({ kind: 'column', column: 'service', test }));

const filters: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant<Filter>(EVERYTHING),
  serviceTests,
  serviceTests.map((of): Filter => ({ kind: 'not', of })),
  fc.tuple(serviceTests, arbitrary.filters).map((of): Filter => ({ kind: 'and', of })),
  fc.tuple(serviceTests, serviceTests).map((of): Filter => ({ kind: 'or', of })),
  fc.tuple(serviceTests, serviceTests).map((of): Filter => ({ kind: 'not', of: { kind: 'or', of } })),
  arbitrary.filters,
);

describe('what a bearer sees', () => {
  let all: Ground;
  /** What he may see, and nothing else, by the names that he knows. */
  let his: Ground;

  beforeAll(async () => {
    all = await Ground.open();
    his = await Ground.open();
  });
  afterAll(async () => {
    await all.close();
    await his.close();
  });

  it('is on every route what it would be if there were nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(entries, grants, filters, async (stored, grant, filter) => {
        const visible = stored.flatMap((entry) => {
          const serviceName = shownService(grant, entry.serviceName);
          return serviceName === undefined ? [] : [{ ...entry, serviceName }];
        });
        await all.fill(stored);
        await his.fill(visible);
        const granted = new GrantedReader(all.reader, grant);
        for (const asked of questions(filter, stored))
          expect(await answered(asked, granted), JSON.stringify(asked)).toEqual(
            await answered(asked, his.reader),
          );
      }),
      { numRuns: 25 },
    );
  });

  it('is found by the index of services where it is little of the whole, and never without a bound', async () => {
    const many = Array.from({ length: 3_000 }, (_none, n): LogEntry => {
      const second = String(n % 60).padStart(2, '0');
      const serviceName = n % 100 === 0 ? 'team/rare' : n % 2 === 0 ? 'team/often' : 'other';
      const timestamp = `2026-11-25 14:00:${second}.000000`;
      return { timestamp, eventId: `e${n}`, serviceName, severity: 'info', payload: 'x', tags: null };
    });
    await all.fill(many);
    const requests: unknown[] = [];
    const watched = watchedReader(all.reader, (_piece, { path, maxRows }) => {
      requests.push({ kind: path.kind, maxRows });
    });
    const read = async (services: readonly string[]) => {
      requests.length = 0;
      const grant = { name: 'a', scopes: SCOPES, prefix: 'team/', hidden: [], services };
      const asked = { path: '/api/v1/entries', query: { limit: '1000' } };
      return (await answered(asked, new GrantedReader(watched, grant))).length;
    };
    expect(await read(['rare'])).toBe(30);
    expect(requests).toEqual([{ kind: 'services', maxRows: undefined }]);
    expect(await read(['often'])).toBe(1_470);
    for (const request of requests)
      expect(request).toMatchObject({ kind: 'key', maxRows: expect.any(Number) as number });
    expect(await read(['nothing'])).toBe(0);
    expect(requests).toEqual([]);
  });
});

interface Asked {
  readonly path: string;
  readonly params?: object;
  readonly query: Readonly<Record<string, string>>;
}

/** One for each route, and more. */
function questions(filter: Filter, stored: readonly LogEntry[]): readonly Asked[] {
  const q = printFilter(filter);
  const ofEntry = stored.slice(0, 3).flatMap((entry): Asked[] => [
    { path: '/api/v1/entries/{id}', params: { id: entryId(entry) }, query: {} },
    { path: '/api/v1/entries/{id}/context', params: { id: entryId(entry) }, query: { q, before: '2' } },
    { path: '/api/v1/entries/{id}/context', params: { id: entryId(entry) }, query: { sameService: 'true' } },
  ]);
  return [
    ...ofEntry,
    { path: '/api/v1/entries', query: { q, limit: '3' } },
    { path: '/api/v1/entries', query: { q, order: 'oldest', limit: '100' } },
    { path: '/api/v1/entries/count', query: { q } },
    { path: '/api/v1/histogram', query: { q, by: 'service', buckets: '20' } },
    { path: '/api/v1/histogram', query: { q, by: 'user' } },
    { path: '/api/v1/values', query: { field: 'service', q } },
    { path: '/api/v1/values', query: { field: 'service' } },
    { path: '/api/v1/values', query: { field: 'tags', q } },
    { path: '/api/v1/services', query: {} },
    { path: '/api/v1/counts', query: {} },
    { path: '/api/v1/counts/minutes', query: { limit: '3' } },
    { path: '/api/v1/counts/minutes', query: { limit: '2', order: 'oldest', services: '["cart","api"]' } },
    { path: '/api/v1/counts/minutes', query: { limit: '4', counts: 'false' } },
    { path: '/api/v1/counts/ranges', query: { ranges: '2026-11-25T14:00:00Z/2026-11-25T15:00:00Z' } },
    { path: '/api/v1/counts/sums', query: { ranges: SUMMED } },
    { path: '/api/v1/counts/sums', query: { ranges: SUMMED, by: 'severity' } },
    { path: '/api/v1/counts/sums', query: { ranges: SUMMED, by: 'service' } },
    { path: '/api/v1/counts/sums', query: { ranges: SUMMED, services: '["cart","api"]' } },
  ];
}

const SUMMED = '2026-11-24T00:00:00Z/2026-11-25T15:07:00Z,2026-11-25T14:00:00Z/2026-11-25T15:00:00Z';
const PAGE = z.looseObject({ entries: z.array(z.unknown()), next: z.string().nullable() });

/** What a route says: entries of all pages as one list, the rest without what a clock adds. */
async function answered(asked: Asked, reader: EntryReader): Promise<readonly unknown[]> {
  const route = RESOURCES.find(({ method, path }) => method === 'GET' && path === asked.path);
  if (route === undefined) throw new Error(`no route ${asked.path}`);
  const found: unknown[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { ...asked.query, ...(cursor !== undefined && { cursor }) };
    const body = await bodyOf(route, { ...asked, query }, reader);
    const page = PAGE.safeParse(body).data;
    found.push(...(page?.entries ?? [body]));
    cursor = page?.next ?? null;
  }
  return found;
}

async function bodyOf(route: Resource, asked: Asked, reader: EntryReader): Promise<unknown> {
  const means: Means = {
    reader,
    budget: { maxMs: 60_000, maxRows: 1_000_000_000 },
    now: () => performance.now(),
    signal: new AbortController().signal,
  };
  const request: Pick<HttpRequest, 'params' | 'query' | 'headers' | 'nowMs' | 'ask'> = {
    params: asked.params ?? {},
    query: asked.query,
    headers: {},
    nowMs: NOW_MS,
    ask: (work) => work(means),
  };
  const answer = await route.respond(request as HttpRequest).catch((error: unknown): Answer => {
    return { contentType: 'text/plain', body: JSON.stringify(String(error)) };
  });
  if (typeof answer.body !== 'string') throw new Error('not a text');
  return JSON.parse(answer.body, (name, value: unknown) =>
    name === 'created_at' ? '' : sorted(name, value),
  );
}

/** What comes in no order. */
function sorted(name: string, value: unknown): unknown {
  if (name !== 'counts' || !Array.isArray(value)) return value;
  return value.map((each) => JSON.stringify(each)).toSorted();
}
