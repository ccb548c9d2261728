import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { END_OF_TIME } from '../../src/query/answers/ports.ts';
import type { Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';
import type { RangeDeletion, ServiceSeverity } from '../../src/retention/ports.ts';
import { byKey, keyOf } from '../../src/store/batch.ts';
import type { Store } from '../../src/store/store.ts';
import { entry } from './store-entries.ts';
import { expectInStep, persistently, stored } from './store-looks.ts';
import type { StoreSubject } from './store-subject.ts';

/** Few enough that rows meet: of days, minutes and microseconds. */
const times = fc
  .record({ day: fc.nat(2), minute: fc.nat(3), micros: fc.nat(2) })
  .map(
    ({ day, minute, micros }) =>
      `2026-01-0${String(day + 1)} 00:0${String(minute)}:00.00000${String(micros)}`,
  );
const pairs: fc.Arbitrary<ServiceSeverity> = fc.record({
  serviceName: fc.constantFrom('a', 'B', 'é'),
  severity: fc.constantFrom('debug', 'info', 'fatal'),
});
const rows: fc.Arbitrary<LogEntry> = fc
  .record({ timestamp: times, n: fc.nat(6), of: pairs })
  .map(({ timestamp, n, of }) => entry({ timestamp, eventId: `e${String(n)}`, ...of }));
const batches = fc.uniqueArray(rows, { minLength: 1, maxLength: 40, selector: nameOf });
const ranges: fc.Arbitrary<RangeDeletion> = fc.record({
  from: fc.option(times, { nil: undefined }),
  to: fc.oneof(times, fc.constant(END_OF_TIME)),
  after: fc.option(fc.record({ timestamp: times, eventId: fc.constantFrom('a', 'e0', 'e3', 'z') }), {
    nil: undefined,
    freq: 3,
  }),
  only: fc.option(
    fc.uniqueArray(pairs, {
      minLength: 1,
      maxLength: 6,
      selector: ({ serviceName, severity }) => severity + serviceName,
    }),
    { nil: undefined },
  ),
  maxRows: fc.integer({ min: 1, max: 9 }),
});
/** Rows of a range, or those that a filter matches. */
const anyRanges: fc.Arbitrary<RangeDeletion> = fc.oneof(
  ranges,
  fc
    .record({ range: ranges, id: fc.nat(6), isNot: fc.boolean() })
    .map(({ range, id, isNot }) => ({ ...range, only: undefined, filter: idFilter(id, isNot) })),
);

type Step =
  | { readonly kind: 'write'; readonly batch: readonly LogEntry[] }
  | { readonly kind: 'range'; readonly range: RangeDeletion }
  | { readonly kind: 'keys'; readonly keys: readonly LogEntry[] }
  /** Others write, late rows too, and delete by keys, while a range is deleted. */
  | {
      readonly kind: 'at once';
      readonly range: RangeDeletion;
      readonly batch: readonly LogEntry[];
      readonly keys: readonly LogEntry[];
    };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('write' as const), batch: batches }),
    fc.record({ kind: fc.constant('range' as const), range: anyRanges }),
    fc.record({ kind: fc.constant('keys' as const), keys: batches }),
    fc.record({ kind: fc.constant('at once' as const), range: anyRanges, batch: batches, keys: batches }),
  ),
  { maxLength: 8 },
);

/** What is left of every store's rows, whatever is deleted and comes in meanwhile. */
export function deletionWalkContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: deleting against a plain list`, () => {
    let subject: StoreSubject;
    let store: Store;
    let others: Store;

    beforeAll(async () => {
      subject = await makeSubject();
      store = await subject.open();
      others = await subject.open();
      await store.migrate();
    });
    afterAll(() => subject.dispose());

    it('leaves what the list has, and is in step after every step', { timeout: 120_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(batches, steps, async (first, taken) => {
          await deleteAll(store, { to: END_OF_TIME, maxRows: 1_000 });
          let model: readonly LogEntry[] = added([], first);
          await store.write(first);
          for (const step of taken) model = await take(step, model);
        }),
        { numRuns: 40 },
      );
    });

    async function take(step: Step, model: readonly LogEntry[]): Promise<readonly LogEntry[]> {
      const after = step.kind === 'at once' ? await atOnce(step, model) : await alone(step, model);
      await expectInStep(store, after.length);
      expect((await stored(store)).map(textOf)).toEqual(after.map(textOf));
      return after;
    }

    async function alone(step: Exclude<Step, { kind: 'at once' }>, model: readonly LogEntry[]) {
      if (step.kind === 'write') {
        await store.write(step.batch);
        return added(model, step.batch);
      }
      if (step.kind === 'keys') {
        const left = without(model, step.keys);
        expect(await store.deleteEntries(step.keys)).toBe(model.length - left.length);
        return left;
      }
      const left = model.filter((row) => !isIn(row, step.range));
      expect(await deleteAll(store, step.range)).toBe(model.length - left.length);
      return left;
    }

    /** What is there before, after, and not touched, is certain; the rest is what the store says, in step. */
    async function atOnce(
      { range, batch, keys }: Extract<Step, { kind: 'at once' }>,
      model: readonly LogEntry[],
    ) {
      const [byRange, byKeys, { stored: written }] = await Promise.all([
        deleteAll(store, range),
        others.deleteEntries(keys),
        persistently(others, batch),
      ]);
      const after = await stored(store);
      expect(after).toHaveLength(model.length + written - byRange - byKeys);
      const untouched = without(model, keys).filter((row) => !isIn(row, range));
      expect(after.map(textOf)).toEqual(expect.arrayContaining(untouched.map(textOf)));
      const known = new Set([...model, ...batch].map(textOf));
      expect(after.map(textOf).filter((row) => !known.has(row))).toEqual([]);
      // A range that was there before is gone, unless it came again.
      const again = new Set(batch.map(nameOf));
      expect(after.filter((row) => isIn(row, range) && !again.has(nameOf(row)))).toEqual([]);
      return after;
    }
  });
}

/** Piece by piece, each within its bound. */
async function deleteAll(store: Store, range: RangeDeletion): Promise<number> {
  let deleted = 0;
  for (let { after } = range; ;) {
    const piece = await store.deleteRange({ ...range, after });
    deleted += piece.deleted;
    if (piece.end === undefined) return deleted;
    after = piece.end;
  }
}

function isIn(row: LogEntry, { from, to, after, only, filter }: RangeDeletion): boolean {
  if ((from !== undefined && row.timestamp < from) || row.timestamp >= to) return false;
  if (after !== undefined && byKey(row, after) <= 0) return false;
  if (filter !== undefined) return matches(filter)(row);
  return only?.some((each) => each.serviceName === row.serviceName && each.severity === row.severity) ?? true;
}

function idFilter(id: number, isNot: boolean): Filter {
  const of: Filter = { kind: 'column', column: 'event_id', test: { kind: 'equals', text: `e${String(id)}` } };
  return isNot ? { kind: 'not', of } : of;
}

/** The first of a key stays. */
function added(model: readonly LogEntry[], batch: readonly LogEntry[]): LogEntry[] {
  const there = new Set(model.map(nameOf));
  return [...model, ...batch.filter((row) => !there.has(nameOf(row)))].sort(byKey);
}

function without(model: readonly LogEntry[], keys: readonly LogEntry[]): LogEntry[] {
  const gone = new Set(keys.map(nameOf));
  return model.filter((row) => !gone.has(nameOf(row)));
}

function nameOf({ timestamp, eventId }: LogEntry): string {
  return keyOf(timestamp, eventId);
}

function textOf({ timestamp, eventId, serviceName, severity }: LogEntry): string {
  return [timestamp, eventId, serviceName, severity].join(' ');
}
