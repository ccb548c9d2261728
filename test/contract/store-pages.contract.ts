import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { type Page, readPage } from '../../src/query/answers/page.ts';
import type { Order, Stretch } from '../../src/query/answers/ports.ts';
import { EVERYTHING } from '../../src/query/filter.ts';
import { entries as anyEntries, filters, times } from '../query/arbitraries.ts';
import { SearchGround } from './search-ground.ts';
import { entry } from './store-entries.ts';
import { keyText } from './store-pages-model.ts';
import { type Change, type Question, type Step, Table, Walk } from './store-pages-walk.ts';
import type { StoreSubject } from './store-subject.ts';

/** What every reader's pages hold while rows come and go. */
export function pagesContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: page by page`, () => {
    const ground = new SearchGround(makeSubject);

    it('has once what is there throughout and the rest at most once, whatever comes and goes', async () => {
      const walks = fc.record({ question: questions, first: newEntries(60), steps });
      await fc.assert(
        fc.asyncProperty(walks, async ({ question, first, steps: taken }) => {
          await using table = new Table(ground.store, ground.reader);
          await table.change({ kind: 'insert', entries: first });
          const walk = new Walk(question, table);
          for (const step of taken) await walk.take(step);
          // On to this end, and all the way back.
          await walk.readAll();
          walk.turn();
          await walk.readAll();
        }),
        { numRuns: 60 },
      );
    });

    it('goes through 10,000 entries of one microsecond, both ways, with nothing left out or twice', async () => {
      const timestamp = '2026-06-01 12:00:00.000001';
      const many = Array.from({ length: 10_000 }, (_, n) =>
        entry({ timestamp, eventId: `tie-${n}`, serviceName: `tied-${n % 3}`, payload: `tie ${n}` }),
      );
      for (let at = 0; at < many.length; at += 1_000) await ground.store.write(many.slice(at, at + 1_000));
      const ids = many.map(({ eventId }) => eventId).sort();
      for (const order of ['newest', 'oldest'] as const) {
        const found: string[] = [];
        let next: Stretch | undefined = { order, from: timestamp, to: '2026-06-01 12:00:00.000002' };
        while (next !== undefined) {
          const request = { filter: EVERYTHING, stretch: next, limit: 7 };
          const page: Page = await readPage(request, ground.means());
          found.push(...page.entries.map(({ eventId }) => eventId));
          next = page.next;
        }
        expect(found).toEqual(order === 'oldest' ? ids : ids.toReversed());
      }
      // Of MySQL each of these 2,858 pages reads all that is before it in its microsecond.
    }, 180_000);
  });
}

function newEntries(maxLength: number): fc.Arbitrary<LogEntry[]> {
  const storable = anyEntries.filter(
    ({ serviceName }) => serviceName !== '' && serviceName === serviceName.trim(),
  );
  const numbered = fc
    .tuple(storable, fc.nat(30))
    .map(([one, n]): LogEntry => ({ ...one, eventId: `${one.eventId}-${n}` }));
  return fc.uniqueArray(numbered, { maxLength, selector: keyText });
}

const ranges = fc.record({
  from: fc.option(times, { nil: undefined, freq: 3 }),
  to: fc.option(times, { nil: undefined, freq: 3 }),
});

const someFilters = fc.oneof(
  { weight: 1, arbitrary: fc.constant(EVERYTHING) },
  { weight: 3, arbitrary: filters },
);

const questions: fc.Arbitrary<Question> = fc.record({
  filter: someFilters,
  stretch: fc
    .tuple(fc.constantFrom<Order>('newest', 'oldest'), ranges)
    .map(([order, range]) => ({ order, ...range })),
  limit: fc.integer({ min: 1, max: 12 }),
  maxRows: fc.oneof(fc.constant(10_000_000), fc.integer({ min: 1, max: 30 })),
  pieceRows: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(1_000)),
});

const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), entries: newEntries(8) }),
  fc.constant<Change>({ kind: 'insert beside' }),
  fc.record({ kind: fc.constant('delete' as const), places: fc.array(fc.nat(1_000), { maxLength: 8 }) }),
  fc.record({ kind: fc.constant('delete matching' as const), filter: filters, range: ranges }),
);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        meanwhile: fc.oneof(fc.constant([]), fc.array(changes, { maxLength: 3 })),
      }),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'turn' }) },
    { weight: 4, arbitrary: changes },
  ),
  { maxLength: 20 },
);
