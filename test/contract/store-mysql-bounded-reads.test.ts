import { format } from 'mysql2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { Order, Selection } from '../../src/query/answers/ports.ts';
import { EVERYTHING } from '../../src/query/filter.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import type { Sql } from '../../src/store/filter-sql.ts';
import { endOfPiece, endsOfServices, rowsOfPiece } from '../../src/store/mysql/read/statements.ts';
import { openEntryReader } from '../../src/store/open.ts';
import { entries } from './store-entries.ts';
import { mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';

const STORED = 3_000;
const ROWS = 30;

describe.each<Order>(['newest', 'oldest'])('MySQL: what a piece looks at, the %s first', (order) => {
  let subject: StoreSubject<MySqlTarget>;

  beforeAll(async () => {
    subject = await mysqlSubject();
    const store = await subject.open();
    await store.migrate();
    await store.write(entries(0, STORED));
  });
  afterAll(() => subject.dispose());

  /** How many rows, or entries of an index, the server looks at for a statement. */
  async function rowsRead({ text, values }: Sql): Promise<number> {
    await subject.sql('FLUSH LOCAL STATUS');
    await subject.sql(format(text, [...values]));
    const counters = await subject.sql("SHOW SESSION STATUS LIKE 'Handler_read%'");
    return counters.reduce((sum, { Value: value }) => sum + Number(value), 0);
  }

  it('its end, by the key, costs as many rows as it has', async () => {
    expect(await rowsRead(endOfPiece({ order }, ROWS))).toBeLessThanOrEqual(ROWS + 5);
  });

  it('its ends, by the index of services, cost as many rows as it has', async () => {
    const pairs: Selection[] = [
      { services: ['service-1'], severities: ['info'] },
      { services: ['service-2'], severities: ['error'] },
    ];
    const middle = entries(1_000, 1_001)[0];
    for (const stretch of [{ order }, { order, after: middle }])
      expect(await rowsRead(endsOfServices(stretch, pairs, ROWS))).toBeLessThanOrEqual(
        pairs.length * ROWS + 20,
      );
  });

  it('its rows, by the key, are those up to its end', async () => {
    const sorted = entries(0, STORED);
    const end = order === 'oldest' ? sorted[ROWS - 1] : sorted[STORED - ROWS];
    const filter = { kind: 'substring', text: 'nobody says this' } as const;
    const request = { stretch: { order }, path: { kind: 'key' }, filter, maxEntries: 1_000 } as const;
    expect(await rowsRead(rowsOfPiece(request, end))).toBeLessThanOrEqual(ROWS + 5);
  });

  it('the first of all rows are found without the others', async () => {
    const all = { stretch: { order }, path: { kind: 'key' }, filter: EVERYTHING } as const;
    expect(await rowsRead(rowsOfPiece({ ...all, maxEntries: ROWS }))).toBeLessThanOrEqual(ROWS + 5);
  });

  it('minutes up to a bound are found without the others', async () => {
    await subject.sql('RENAME TABLE service_severity_minutes TO slow_minutes');
    // More than a statement may take, if it looks at all of them.
    const [counted] = await subject.sql('SELECT COUNT(*) AS counted FROM slow_minutes');
    expect(Number(counted?.['counted'])).toBeGreaterThan(60);
    await subject.sql(`CREATE VIEW service_severity_minutes AS
      SELECT * FROM slow_minutes WHERE SLEEP(0.01) = 0`);
    const reader = await openEntryReader(subject.target, { log: SILENT, statementLimitMs: 500 });
    const { counts } = await reader.minutes(
      { order, services: ['service-1'], severities: SEVERITIES, maxCounts: 10 },
      new AbortController().signal,
    );
    expect(counts.length).toBeGreaterThan(0);
    await reader.close();
  });
});
