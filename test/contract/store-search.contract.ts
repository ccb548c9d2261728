import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';
import { readPage } from '../../src/query/answers/page.ts';
import type { EntryReader, Order, Stretch } from '../../src/query/answers/ports.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';
import { openEntryReader } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { entries as anyEntries, filters, times } from '../query/arbitraries.ts';
import { entry } from './store-entries.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const NEVER = new AbortController().signal;
const BUDGET = { maxMs: 60_000, maxRows: 10_000_000 };

/** What every reader of entries finds. */
export function searchContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: searching`, () => {
    let subject: StoreSubject;
    let store: Store;
    let reader: EntryReader;

    beforeAll(async () => {
      subject = await makeSubject();
      store = await subject.open();
      await store.migrate();
      reader = await openEntryReader(subject.target, { log: SILENT });
    });
    afterAll(async () => {
      await reader.close();
      await subject.dispose();
    });

    it('finds what the predicate says, page by page, whatever the filter, order and size', async () => {
      const stored = fc.sample(anyEntries.filter(isStorable), { numRuns: 400, seed: 7 });
      await store.write(stored.map((one, index) => ({ ...one, eventId: `${one.eventId}-${index % 97}` })));
      const all = await read(reader, EVERYTHING, { order: 'oldest' }, 1_000);
      expect(all.length).toBeGreaterThan(300);
      await fc.assert(
        fc.asyncProperty(
          filters,
          stretches,
          fc.integer({ min: 1, max: 40 }),
          async (filter, stretch, limit) => {
            const found = await read(reader, filter, stretch, limit);
            expect(found.map(keyOf)).toEqual(expected(all, filter, stretch).map(keyOf));
          },
        ),
        { numRuns: 150 },
      );
    });

    it('pages through many entries of one microsecond, both ways, with nothing left out or twice', async () => {
      const timestamp = '2026-06-01 12:00:00.000001';
      const many = Array.from({ length: 2_000 }, (_, n) =>
        entry({ timestamp, eventId: `tie-${n}`, serviceName: `tied-${n % 3}`, payload: `tie ${n}` }),
      );
      await store.write(many);
      const range = { from: timestamp, to: '2026-06-01 12:00:00.000002' };
      const ids = many.map(({ eventId }) => eventId).sort();
      const newest = await read(reader, EVERYTHING, { order: 'newest', ...range }, 7);
      expect(newest.map(({ eventId }) => eventId)).toEqual(ids.toReversed());
      const oldest = await read(reader, EVERYTHING, { order: 'oldest', ...range }, 7);
      expect(oldest.map(({ eventId }) => eventId)).toEqual(ids);
    });
  });
}

const orders = fc.constantFrom<Order>('newest', 'oldest');
const stretches: fc.Arbitrary<Stretch> = fc.record({
  order: orders,
  from: fc.option(times, { nil: undefined, freq: 3 }),
  to: fc.option(times, { nil: undefined, freq: 3 }),
});

/** All pages of a stretch. */
async function read(
  reader: EntryReader,
  filter: Filter,
  stretch: Stretch,
  limit: number,
): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  let next: Stretch | undefined = stretch;
  while (next !== undefined) {
    const means = { reader, budget: BUDGET, now: () => performance.now(), signal: NEVER };
    const page = await readPage({ filter, stretch: next, limit }, means);
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
