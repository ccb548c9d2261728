import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';
import type { Bucket } from '../../src/query/answers/buckets.ts';
import { readContext } from '../../src/query/answers/context.ts';
import { deleteMatching } from '../../src/query/answers/delete.ts';
import type { GroupBy } from '../../src/query/answers/group-by.ts';
import { countEntries, readHistogram } from '../../src/query/answers/histogram.ts';
import { readPage } from '../../src/query/answers/page.ts';
import type { Order, Stretch } from '../../src/query/answers/ports.ts';
import type { CountedBucket } from '../../src/query/answers/tally.ts';
import { readValues } from '../../src/query/answers/values.ts';
import { isDecidedByMinuteCounts } from '../../src/query/bounds.ts';
import { anyOf, EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';
import { entries as anyEntries, filters, times } from '../query/arbitraries.ts';
import { SearchGround } from './search-ground.ts';
import { entry } from './store-entries.ts';
import type { StoreSubject } from './store-subject.ts';

const NEVER = new AbortController().signal;

/** What every reader of entries finds. */
export function searchContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: searching`, () => {
    const ground = new SearchGround(makeSubject);

    it('finds what the predicate says, page by page, whatever the filter, order and size', async () => {
      const stored = fc.sample(anyEntries.filter(isStorable), { numRuns: 400, seed: 7 });
      await ground.store.write(
        stored.map((one, index) => ({ ...one, eventId: `${one.eventId}-${index % 97}` })),
      );
      const all = await read(ground, EVERYTHING, { order: 'oldest' }, 1_000);
      expect(all.length).toBeGreaterThan(300);
      await fc.assert(
        fc.asyncProperty(
          filters,
          stretches,
          fc.integer({ min: 1, max: 40 }),
          async (filter, stretch, limit) => {
            const found = await read(ground, filter, stretch, limit);
            expect(found.map(keyOf)).toEqual(expected(all, filter, stretch).map(keyOf));
          },
        ),
        { numRuns: 150 },
      );
    });

    it('counts what the predicate says, in buckets of any zone, from the counts or the rows', async () => {
      const all = await read(ground, EVERYTHING, { order: 'oldest' }, 1_000);
      const range = fc.tuple(times, times).filter(([from, to]) => from < to);
      const groups = fc.constantFrom<GroupBy>(
        { kind: 'severity' },
        { kind: 'service' },
        { kind: 'nothing' },
        { kind: 'tag', name: 'a' },
      );
      const zones = fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Berlin', 'Australia/Lord_Howe');
      const anyFilter = fc.oneof(filters, countableFilters);
      await fc.assert(
        fc.asyncProperty(anyFilter, range, groups, zones, async (filter, [from, to], by, zone) => {
          const request = { filter, from, to, by, maxBuckets: 30, zone };
          const { buckets, isComplete } = await readHistogram(request, ground.means());
          const found = expected(all, filter, { order: 'oldest', from, to });
          expect(isComplete).toBe(true);
          expect(buckets.length).toBeLessThanOrEqual(30);
          expect(buckets.map(sumOf)).toEqual(buckets.map((bucket) => within(found, bucket).length));
          expect((await countEntries({ filter, from, to }, ground.means())).count).toBe(found.length);
        }),
        { numRuns: 100 },
      );
    });

    it('knows the values of services, severities and tags, and how often there are', async () => {
      const all = await read(ground, EVERYTHING, { order: 'oldest' }, 1_000);
      await fc.assert(
        fc.asyncProperty(fc.oneof(filters, countableFilters), stretches, async (filter, stretch) => {
          const { from, to } = stretch;
          const request = { filter, of: { kind: 'service' }, range: { from, to }, limit: 5_000 } as const;
          const { values, entries } = await readValues(request, ground.means());
          const found = expected(all, filter, { ...stretch, order: 'oldest' });
          expect(entries).toBe(found.length);
          const services = Map.groupBy(found, ({ serviceName }) => serviceName);
          expect(new Map(values.map(({ value, count }) => [value, count]))).toEqual(
            new Map([...services].map(([name, list]) => [name, list.length])),
          );
        }),
        { numRuns: 60 },
      );
    });

    it('has what came before an entry and after it', async () => {
      const all = await read(ground, EVERYTHING, { order: 'oldest' }, 1_000);
      const middle = all[200];
      if (middle === undefined) throw new Error('too few entries');
      const context = await readContext(
        { key: middle, filter: EVERYTHING, before: 3, after: 5 },
        ground.means(),
      );
      expect(context.before.map(keyOf)).toEqual(all.slice(197, 200).map(keyOf));
      expect(context.after.map(keyOf)).toEqual(all.slice(201, 206).map(keyOf));
      expect(await ground.reader.entry(middle, NEVER)).toEqual(middle);
      expect(await ground.reader.entry({ ...middle, eventId: 'none' }, NEVER)).toBeUndefined();
    });

    it('deletes what matches while others write, and rows and counts agree at every moment', async () => {
      const range = { from: '2027-01-01 00:00:00.000000', to: '2027-01-01 01:00:00.000000' };
      const numbered = (n: number) =>
        entry({
          timestamp: `2027-01-01 00:${String(n % 60).padStart(2, '0')}:00.${String(n).padStart(6, '0')}`,
          eventId: `deleted-${n}`,
          serviceName: `deleted-${n % 3}`,
          severity: n % 2 === 0 ? 'info' : 'error',
        });
      const first = Array.from({ length: 3_000 }, (_, n) => numbered(n));
      await ground.store.write(first);
      const filter = anyOf([
        { kind: 'severity', severities: ['error'] },
        { kind: 'column', column: 'service', test: { kind: 'equals', text: 'deleted-1' } },
      ]);
      const writer = await ground.subject.open();
      const writing = (async () => {
        for (let n = 3_000; n < 5_000; n += 200)
          await writer.write(Array.from({ length: 200 }, (_, index) => numbered(n + index)));
      })();
      let deleted = 0;
      for await (const progress of deleteMatching(filter, range, {
        reader: ground.reader,
        deleter: ground.store,
        signal: NEVER,
      })) {
        deleted = progress.deleted;
        expect((await writer.verify()).agree).toBe(true);
      }
      await writing;
      // What came in behind it is deleted the second time.
      for await (const progress of deleteMatching(filter, range, {
        reader: ground.reader,
        deleter: ground.store,
        signal: NEVER,
      }))
        deleted = Math.max(deleted, progress.deleted);
      expect(deleted).toBeGreaterThan(0);
      const left = await read(ground, EVERYTHING, { order: 'oldest', ...range }, 1_000);
      const isMatch = matches(filter);
      const kept = Array.from({ length: 5_000 }, (_, n) => numbered(n)).filter((one) => !isMatch(one));
      expect(left.map(keyOf)).toEqual(kept.map(keyOf).sort());
      expect((await writer.verify()).agree).toBe(true);
      expect(await ground.store.deleteEntries(first)).toBe(first.filter((one) => !isMatch(one)).length);
      expect(await ground.store.deleteEntries([])).toBe(0);
    });

    it('reads nothing for one who has gone', async () => {
      const request = { filter: EVERYTHING, stretch: { order: 'newest' }, limit: 5 } as const;
      const gone = AbortSignal.abort(new Error('gone'));
      await expect(readPage(request, { ...ground.means(), signal: gone })).rejects.toThrow('gone');
    });
  });
}

const countableFilters: fc.Arbitrary<Filter> = filters.filter(isDecidedByMinuteCounts);

function within(entries: readonly StoredEntry[], { from, to }: Bucket): readonly StoredEntry[] {
  return entries.filter(({ timestamp }) => timestamp >= from && timestamp < to);
}

function sumOf({ counts }: CountedBucket): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

const orders = fc.constantFrom<Order>('newest', 'oldest');
const stretches: fc.Arbitrary<Stretch> = fc.record({
  order: orders,
  from: fc.option(times, { nil: undefined, freq: 3 }),
  to: fc.option(times, { nil: undefined, freq: 3 }),
});

/** All pages of a stretch. */
async function read(
  ground: SearchGround,
  filter: Filter,
  stretch: Stretch,
  limit: number,
): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  let next: Stretch | undefined = stretch;
  while (next !== undefined) {
    const page = await readPage({ filter, stretch: next, limit }, ground.means());
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    found.push(...page.entries);
    next = page.next;
  }
  return found;
}

function expected(all: readonly StoredEntry[], filter: Filter, stretch: Stretch): readonly StoredEntry[] {
  const { order, from, to } = stretch;
  const isMatch = matches(filter);
  const within = all.filter(
    (one) =>
      isMatch(one) &&
      (from === undefined || one.timestamp >= from) &&
      (to === undefined || one.timestamp < to),
  );
  return order === 'oldest' ? within : within.toReversed();
}

function keyOf({ timestamp, eventId }: LogEntry): string {
  return `${timestamp} ${eventId}`;
}

function isStorable({ serviceName }: Pick<LogEntry, 'serviceName'>): boolean {
  return serviceName !== '' && serviceName === serviceName.trim();
}
