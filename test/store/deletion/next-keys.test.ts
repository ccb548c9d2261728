import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EntryKey } from '../../../src/query/answers/ports.ts';
import type { ServiceSeverity } from '../../../src/retention/ports.ts';
import { byKey } from '../../../src/store/batch.ts';
import { type KeysAsked, NextKeys } from '../../../src/store/deletion/next-keys.ts';

const keys: fc.Arbitrary<EntryKey> = fc.record({ micros: fc.nat(30), n: fc.nat(9) }).map(({ micros, n }) => ({
  timestamp: `2026-01-01 00:00:00.0000${String(micros).padStart(2, '0')}`,
  eventId: `e${String(n)}`,
}));
/** Each row is of one service: which one it is comes with it. */
const tables = fc
  .uniqueArray(keys, { maxLength: 200, selector: ({ timestamp, eventId }) => timestamp + eventId })
  .chain((all) =>
    fc
      .array(fc.nat(7), { minLength: all.length, maxLength: all.length })
      .map((of) => all.map((key, index) => ({ ...key, of: of[index] ?? 0 })).sort(byKey)),
  );

const SERVICES: readonly ServiceSeverity[] = Array.from({ length: 8 }, (_, n) => ({
  serviceName: `service-${String(n)}`,
  severity: 'info',
}));

it('finds the oldest keys of some services, no more than are wanted, and where they end', () => {
  const cases = fc.record({
    table: tables,
    maxRows: fc.integer({ min: 1, max: 40 }),
    after: fc.option(keys, { nil: undefined }),
    some: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 8 }),
  });
  fc.assert(
    fc.property(cases, ({ table, maxRows, after, some }) => {
      const wanted = table.filter(
        (row) => some.includes(row.of) && (after === undefined || byKey(row, after) > 0),
      );
      const only = SERVICES.filter((_, n) => some.includes(n));
      const found = drive(new NextKeys(only, maxRows, after), (asked) => read(byService(table), asked));
      expect(found.keys).toEqual(
        wanted
          .slice(0, maxRows)
          .map(({ of, timestamp, eventId }) => ({ timestamp, eventId, ...SERVICES[of] })),
      );
      if (wanted.length > maxRows) expect(found.end).toBeDefined();
      // Where there may be more, it may turn out later that there is not.
      if (found.end === undefined) expect(wanted.length).toBeLessThanOrEqual(maxRows);
      else expect(found.end).toEqual(found.keys.at(-1));
    }),
    { numRuns: 300 },
  );
});

it('reads little more than it finds, whichever of many services has the rows', () => {
  const many = Array.from({ length: 500 }, (_, n): ServiceSeverity => ({
    serviceName: `service-${String(n)}`,
    severity: 'info',
  }));
  const row = (n: number): EntryKey => ({
    timestamp: `2026-01-01 00:00:00.${String(n).padStart(6, '0')}`,
    eventId: 'e',
  });
  for (const has of [(n: number) => n % 500, () => 7, (n: number) => (n < 2_000 ? 3 : n % 500)]) {
    let rows = 0;
    let turns = 0;
    const table = byService(Array.from({ length: 20_000 }, (_, n) => ({ ...row(n), of: has(n) })));
    const { keys: found } = drive(new NextKeys(many, 5_000), (asked) => {
      turns += 1;
      const some = read(table, asked);
      rows += some.flat().length;
      return some;
    });
    expect(found).toHaveLength(5_000);
    expect(rows).toBeLessThan(20_000);
    expect(turns).toBeLessThan(12);
  }
});

function drive(next: NextKeys, answer: (asked: readonly KeysAsked[]) => EntryKey[][]) {
  for (let asked = next.asked(); asked.length > 0; asked = next.asked()) next.take(asked, answer(asked));
  return next.found();
}

type Table = ReadonlyMap<string, readonly EntryKey[]>;

function byService(rows: readonly (EntryKey & { readonly of: number })[]): Table {
  const plain = ({ timestamp, eventId }: EntryKey) => ({ timestamp, eventId });
  const groups = Map.groupBy(rows, ({ of }) => `service-${String(of)}`);
  return new Map([...groups].map(([name, of]) => [name, of.map(plain)]));
}

/** As a database does: in order, behind a key, no more than are asked for. */
function read(table: Table, asked: readonly KeysAsked[]): EntryKey[][] {
  return asked.map(({ of, after, most }) =>
    (table.get(of.serviceName) ?? [])
      .filter((row) => after === undefined || byKey(row, after) > 0)
      .slice(0, most),
  );
}
