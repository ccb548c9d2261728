import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { StoredEntry } from '../../logs/entry.ts';
import { STORED_COLUMNS, storedEntry } from '../columns.ts';
import { minuteDifferencesSql } from '../differences.ts';
import { boundsOfPrefix, EVENT_IDS } from '../event-ids.ts';
import { count, type Row, text } from '../rows.ts';
import type { Totals, Verification } from '../store.ts';
import { KEY_COMPARISONS, verification } from '../verification.ts';
import { checkRollups } from './rollups.ts';

const PAGE_ROWS = 1_000;
const ORDER = `ORDER BY timestamp, event_id LIMIT ${PAGE_ROWS}`;
const NEXT_PAGE = `SELECT ${STORED_COLUMNS} FROM service_logs WHERE (timestamp, event_id) > (?, ?) ${ORDER}`;

/** Selects the counts by minute that differ from the rows. */
export const DIFFERENT_MINUTES = minuteDifferencesSql("substr(timestamp, 1, 16) || ':00'");
const FIRST_DIFFERENT_MINUTES = `${DIFFERENT_MINUTES} LIMIT 100`;

/** Compares the tables in one snapshot. */
export function verifyTables(database: DatabaseSync): Verification {
  database.exec('BEGIN');
  try {
    const keys = select(database, KEY_COMPARISONS);
    const minutes = select(database, FIRST_DIFFERENT_MINUTES);
    return verification(keys, minutes, checkRollups(database));
  } finally {
    database.exec('COMMIT');
  }
}

/** The number of rows, from the counts. */
export function readTotals(database: DatabaseSync): Totals {
  const row = database.prepare('SELECT SUM("count") AS log_rows FROM service_severity').get() ?? {};
  return { rows: count(row, 'log_rows') };
}

/**
 * Every row in the order of its key. Between pages the process does its other work: the library blocks it
 * meanwhile.
 */
export async function* readEntries(database: DatabaseSync): AsyncGenerator<StoredEntry> {
  const nextPage = database.prepare(NEXT_PAGE);
  // Every key is greater than two empty texts.
  let last: Pick<StoredEntry, 'timestamp' | 'eventId'> = { timestamp: '', eventId: '' };
  for (let rows = PAGE_ROWS; rows === PAGE_ROWS;) {
    rows = 0;
    for (const row of nextPage.iterate(last.timestamp, last.eventId)) {
      const entry = storedEntry(row);
      last = entry;
      rows += 1;
      yield entry;
    }
    await otherWork();
  }
}

/** The event ids that begin with `prefix`. Now and then the process does its other work. */
export async function* readEventIds(database: DatabaseSync, prefix: string): AsyncGenerator<string> {
  let rows = 0;
  for (const row of database.prepare(EVENT_IDS).iterate(...boundsOfPrefix(prefix))) {
    yield text(row, 'event_id');
    rows += 1;
    if (rows % PAGE_ROWS === 0) await otherWork();
  }
}

/** All rows of a query. Whole numbers as bigint: the library refuses larger ones than 2^53 otherwise. */
export function select(database: DatabaseSync, sql: string): Row[] {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement.all();
}
