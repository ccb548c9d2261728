import { createConnection, format, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SEVERITIES } from '../../src/logs/severity.ts';
import type { Filter } from '../../src/query/filter.ts';
import type { RangeDeletion } from '../../src/retention/ports.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { deletedSql } from '../../src/store/deletion/range-sql.ts';
import type { Sql } from '../../src/store/filter-sql.ts';
import { Pool } from '../../src/store/mysql/driver/pool.ts';
import type { Session } from '../../src/store/mysql/driver/session.ts';
import { deleteCountedSql, deleteEntries } from '../../src/store/mysql/write/delete-entries.ts';
import { deleteOthersSql, lookSql } from '../../src/store/mysql/write/delete-matching.ts';
import { countSql, deleteRange, deleteSql, keysSql } from '../../src/store/mysql/write/delete-range.ts';
import { deleteRows, selectForDeletion } from '../../src/store/mysql/write/statements.ts';
import type { Store } from '../../src/store/store.ts';
import { interrupted, waysOf } from './interrupted-session.ts';
import { entries, entry } from './store-entries.ts';
import { expectInStep, stored } from './store-looks.ts';
import { mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';

const STORED = 6_000;
const RARE = { serviceName: 'rare', severity: 'fatal' } as const;
const USUAL = { serviceName: 'service-1', severity: 'info' } as const;
const EVER: RangeDeletion = { to: '2027-01-01', maxRows: 1_000 };

describe('MySQL: what deleting a range looks at, and who comes in between', () => {
  let subject: StoreSubject<MySqlTarget>;
  let store: Store;
  let session: Session;

  beforeEach(async () => {
    subject = await mysqlSubject();
    store = await subject.open();
    await store.migrate();
    await store.write(entries(0, STORED));
    await store.write([0, 1, 2].map((n) => rare(n)));
    const options = { log: SILENT, connections: 1, statementTimeoutMs: 60_000, purpose: 'writes' } as const;
    const pool = new Pool(subject.target, undefined, options);
    session = await pool.acquire();
    onTestFinished(() => pool.close());
  });
  afterEach(() => subject.dispose());

  /** Rows, or entries of an index, that the server looks at for what runs on the session. */
  async function rowsRead(work: () => Promise<unknown>): Promise<number> {
    await session.run('FLUSH LOCAL STATUS');
    await work();
    const counters = await session.query("SHOW SESSION STATUS LIKE 'Handler_read%'");
    return counters.reduce((sum, { Value: value }) => sum + Number(value), 0);
  }

  /** How the server's optimizer goes about a statement. */
  async function plan({ text, values }: Sql): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { addresses, database, user, password } = subject.target;
    const [address] = addresses;
    if (address === undefined || 'socketPath' in address) throw new TypeError('no host');
    await using connection = await createConnection({ ...address, database, user, password });
    const [rows] = await connection.query<RowDataPacket[]>(
      `EXPLAIN FORMAT=TRADITIONAL ${format(text, [...values])}`,
    );
    return rows;
  }

  it('few rows of a service are found and deleted without the others', async () => {
    const read = await rowsRead(async () => {
      expect(await deleteRange(session, { ...EVER, only: [RARE] })).toEqual({ deleted: 3 });
    });
    // Not one in twenty of the table: those rows several times, and their counts.
    expect(read).toBeLessThan(STORED / 20);
    await expectInStep(store, STORED);
  });

  it('a row by its key is found without the others, as the only one too', async () => {
    for (const keys of [entries(7, 8), entries(17, 18 + 4)]) {
      const read = await rowsRead(() => deleteEntries(session, keys));
      expect(read).toBeLessThan(STORED / 20);
    }
    await expectInStep(store, STORED + 3 - 6);
  });

  it('by the plan of the server, too: the index of services, and no more rows than are asked for', async () => {
    const asked = [RARE, USUAL].map((of) => ({ of, after: undefined, most: 16 }));
    const keys = keysSql({ ...EVER, only: [RARE] }, asked);
    const tables = (await plan(keys)).filter(({ table }) => String(table) === 'service_logs');
    expect(tables.map(({ key }) => String(key))).toEqual(['by_service', 'by_service']);
    expect(tables.every(({ Extra: extra }) => String(extra).includes('Using index'))).toBe(true);
    expect(tables.every(({ Extra: extra }) => !String(extra).includes('filesort'))).toBe(true);
    expect(await rowsRead(() => session.select(keys.text, [...keys.values]))).toBeLessThan(80);
  });

  it('a range is counted and deleted by its key, whatever is deleted of it', async () => {
    const to = entries(600, 601)[0]?.timestamp ?? '';
    for (const only of [undefined, [USUAL, RARE]]) {
      const rows = deletedSql({ to, after: entries(300, 301)[0], only });
      for (const text of [countSql(rows), deleteSql(rows)]) {
        const [table] = await plan({ text, values: rows.values });
        expect([table?.['type'], table?.['key']], text).toEqual(['range', 'PRIMARY']);
      }
    }
  });

  it('the oldest of many are found without those behind them', async () => {
    const read = await rowsRead(() => deleteRange(session, { ...EVER, maxRows: 50 }));
    expect(read).toBeLessThan(1_000);
  });

  it.each([
    ['all', undefined],
    [
      'some',
      ['service-1', 'service-2'].flatMap((serviceName) =>
        SEVERITIES.map((severity) => ({ serviceName, severity })),
      ),
    ],
  ])('what comes in between counting and deleting is counted, or stays: %s', async (_, only) => {
    const range = { ...EVER, to: entries(2_000, 2_001)[0]?.timestamp ?? '', only };
    let late = 0;
    const tried: string[] = [];
    const between = interrupted(session, async (sql) => {
      tried.push(...waysOf(sql));
      if (!tried.includes('by range') || late >= 3) return;
      late += 1;
      // Older than all, and the same service, so that every way of deleting would take it.
      await store.write([
        entry({ timestamp: '2026-03-29 01:30:00.000001', eventId: `late-${String(late)}`, ...USUAL }),
      ]);
    });
    const { deleted } = await deleteRange(between, range);
    // As a range, given up; then each by its key, which meets no other row.
    expect(tried.slice(0, 3)).toEqual(['by range', 'undone', 'by keys']);
    expect(late).toBe(3);
    expect(deleted).toBeGreaterThan(100);
    await expectInStep(store, STORED + 3 + late - deleted);
  });

  it('what comes in between looking and deleting stays, or is looked at: what a filter matches', async () => {
    const filter: Filter = { kind: 'not', of: { kind: 'substring', text: '7' } };
    const range = { ...EVER, to: entries(2_000, 2_001)[0]?.timestamp ?? '', filter };
    const tried: string[] = [];
    const between = interrupted(session, async (sql) => {
      tried.push(...waysOf(sql));
      if (tried.length !== 1) return;
      await store.write([lateRow(1), { ...lateRow(2), payload: '7' }]);
    });
    const { deleted, looked } = await deleteRange(between, range);
    expect(tried.slice(0, 3)).toEqual(['by range', 'undone', 'by keys']);
    expect(looked).toBe(1_000);
    const left = await stored(store);
    expect(left.some(({ eventId }) => eventId === 'late-2')).toBe(true);
    await expectInStep(store, STORED + 3 + 2 - deleted);
    const first = left.filter(({ eventId }) => /^event-\d{1,2}$/.test(eventId));
    expect(first).toHaveLength(19);
    expect(first.every(isSeven)).toBe(true);
  });

  it('a row that went before its turn is left out: keys that are known, as what they count', async () => {
    const known = entries(100, 700);
    const statements: string[] = [];
    const between = interrupted(session, async (sql) => {
      statements.push(sql.slice(0, 16));
      if (statements.length === 2) await store.deleteEntries(entries(650, 660));
    });
    expect(await deleteEntries(between, known)).toBe(590);
    expect(statements).toContain('ROLLBACK');
    await expectInStep(store, STORED + 3 - 600);
  });

  it('keys that are known are deleted by one statement each time, and nothing is read before', async () => {
    const statements: string[] = [];
    const between = interrupted(session, (sql) => {
      statements.push(...waysOf(sql));
      return Promise.resolve();
    });
    expect(await deleteEntries(between, entries(0, 700))).toBe(700);
    expect(statements).toEqual(['by keys', 'by keys', 'by keys']);
    const [key] = (await plan({ text: deleteCountedSql(entries(1_000, 1_100)), values: [] })).map((row) => [
      row['type'],
      row['key'],
      Number(row['rows']),
    ]);
    expect(key).toEqual(['range', 'PRIMARY', 100]);
    const [single] = await plan({ text: deleteCountedSql(entries(1_000, 1_001)), values: [] });
    expect([single?.['key'], Number(single?.['rows'])]).toEqual(['PRIMARY', 1]);
  });

  it('rows are locked by their key in a small table, too: by another index first, two would wait for each other', async () => {
    await store.deleteRange({ to: entries(STORED - 40, STORED)[0]?.timestamp ?? '', maxRows: 10_000 });
    await session.query('ANALYZE TABLE service_logs');
    const keys = entries(STORED - 30, STORED - 10).map((each) => ({ ...each, ...USUAL }));
    const values = keys.flatMap(({ timestamp, eventId }) => [timestamp, eventId]);
    for (const sql of [
      { text: selectForDeletion(keys.length), values },
      { text: deleteRows(keys.length), values },
      { text: deleteCountedSql(keys), values: [] },
    ])
      // All of such a table may be read as well: that is in the order of the key.
      expect((await plan(sql)).map(({ key }) => key ?? 'PRIMARY')).toEqual(['PRIMARY']);
  });

  it('what a filter matches is looked at and deleted by the key, and no more is read than twice', async () => {
    const filter: Filter = { kind: 'not', of: { kind: 'substring', text: '7' } };
    const range = { ...EVER, after: entries(299, 300)[0], filter };
    const end = entries(599, 600)[0];
    for (const text of [lookSql(range, 1_000, 'FOR UPDATE'), deleteOthersSql(range, end, ['a', 'b'])]) {
      const [table] = await plan({ text, values: [] });
      expect([table?.['type'], table?.['key']], text).toEqual(['range', 'PRIMARY']);
    }
    const read = await rowsRead(() => deleteRange(session, { ...range, maxRows: 300 }));
    expect(read).toBeLessThan(1_000);
  });

  it('of large texts no more is looked at in one transaction than fits', async () => {
    const large = Array.from({ length: 2_500 }, (_, n) =>
      entry({
        timestamp: `2026-01-01 00:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}.000000`,
        payload: 'Hello '.repeat(1_600),
      }),
    );
    await store.write(large);
    const filter: Filter = { kind: 'substring', text: 'Hello' };
    const first = await deleteRange(session, { ...EVER, filter, maxRows: 20_000 });
    expect(first).toMatchObject({ deleted: 2_000, looked: 2_000 });
    await expectInStep(store, STORED + 3 + 500);
  });

  it('a row that is another’s now is not deleted for what it was', async () => {
    let isDone = false;
    const between = interrupted(session, async (sql) => {
      if (!sql.startsWith('START') || isDone) return;
      isDone = true;
      await store.deleteEntries([rare(1)]);
      await store.write([{ ...rare(1), serviceName: 'another' }]);
    });
    await expect(deleteRange(between, { ...EVER, only: [RARE] })).rejects.toMatchObject({
      verdict: 'transient',
      code: 'CHANGED_MEANWHILE',
    });
    await session.run('ROLLBACK');
    await expectInStep(store, STORED + 3);
    expect(await deleteRange(session, { ...EVER, only: [RARE] })).toEqual({ deleted: 2 });
    const left = (await stored(store)).map(({ serviceName }) => serviceName);
    expect(left.filter((name) => !name.startsWith('service'))).toEqual(['another']);
  });

  it('workers that write, and others that delete, into the same time get through', async () => {
    const second = await subject.open();
    const to = entries(4_000, 4_001)[0]?.timestamp ?? '';
    let written = 0;
    const over = new AbortController();
    const writing = (async () => {
      while (!over.signal.aborted) {
        const { stored: added } = await second.write([lateRow(written), lateRow(written + 1)]);
        written += added;
      }
    })();
    const deleting = [store, second].map(async (each, index) => {
      let deleted = 0;
      for (let pieces = 0; pieces < 60; pieces += 1) {
        const only = index === 0 ? undefined : [USUAL, { ...USUAL, serviceName: 'service-2' }];
        deleted += (await each.deleteRange({ to, only, maxRows: 100 })).deleted;
      }
      return deleted;
    });
    const deleted = await Promise.all(deleting);
    over.abort();
    await writing;
    expect(written).toBeGreaterThan(10);
    await expectInStep(store, STORED + 3 + written - deleted.reduce((sum, each) => sum + each, 0));
  });
});

function isSeven({ payload }: { readonly payload: string }): boolean {
  return payload.includes('7');
}

function rare(n: number) {
  return entry({
    timestamp: `2026-03-2${String(7 + n)} 01:32:00.000000`,
    eventId: `rare-${String(n)}`,
    ...RARE,
  });
}

/** In the first seconds of what is stored. */
function lateRow(n: number) {
  const micros = String(200 + (n % 700)).padStart(6, '0');
  return entry({
    timestamp: `2026-03-29 01:30:0${String(n % 10)}.${micros}`,
    eventId: `late-${String(n)}`,
    ...USUAL,
  });
}
