import type { DatabaseSync } from 'node:sqlite';
import type { EntryKey } from '../../query/answers/ports.ts';
import type { Filter } from '../../query/filter.ts';
import { matches } from '../../query/predicate.ts';
import type { DeletionFor, RangeDeleted, RangeDeletion, ServiceSeverity } from '../../retention/ports.ts';
import { Counts } from '../counts.ts';
import { LookedAt, textColumnsOf } from '../deletion/looked-at.ts';
import { type KeysAsked, NextKeys } from '../deletion/next-keys.ts';
import { deletedSql, ofOneSql, rangeSql } from '../deletion/range-sql.ts';
import type { Sql } from '../filter-sql.ts';
import { count, type Row, severity, text } from '../rows.ts';
import { orderSql } from '../stretch-sql.ts';
import { type Deleted, deleteInTransaction, deleteKeys } from './delete-entries.ts';

const ORDER = orderSql({ order: 'oldest' });
const KEY = 'service_logs.timestamp AS key_time, service_logs.event_id AS key_id';
/** The plus signs keep the planner from the index of services. */
const GROUPED = 'GROUP BY +service_name, +severity, substr(service_logs.timestamp, 1, 16)';

/**
 * Deletes the oldest rows of a range, in one transaction with what counts them: see `Store`. Nobody else writes
 * meanwhile, and the process is blocked for as long as it takes.
 */
export function deleteRange(database: DatabaseSync, range: RangeDeletion, on?: DeletionFor): RangeDeleted {
  let end: EntryKey | undefined;
  let looked: number | undefined;
  const deleted = deleteInTransaction(database, on, () => {
    if (range.filter !== undefined) {
      const found = lookAt(database, { ...range, filter: range.filter });
      ({ end, looked } = found);
      return deleteKeys(database, found.keys);
    }
    if (range.only === undefined) {
      end = keyAt(database, rangeSql(range), range.maxRows);
      return deleteAll(database, deletedSql(range, end));
    }
    const found = nextKeys(database, { ...range, only: range.only });
    ({ end } = found);
    return deleteKeys(database, found.keys);
  });
  return { deleted, end, ...(looked !== undefined && { looked }) };
}

/** Reads the next rows of a range: the keys of those that a filter matches, and how far that was. */
function lookAt(
  database: DatabaseSync,
  range: RangeDeletion & { readonly filter: Filter },
): { readonly keys: readonly EntryKey[]; readonly looked: number; readonly end: EntryKey | undefined } {
  const { text: where, values } = rangeSql(range);
  const texts = textColumnsOf(range.filter).map((name) => `, ${name}`);
  const sql = `SELECT ${KEY}, service_name, severity${texts.join('')}
    FROM service_logs WHERE ${where} ${ORDER} LIMIT ${String(range.maxRows)}`;
  const read = new LookedAt(matches(range.filter));
  for (const row of database.prepare(sql).iterate(...values)) read.take(row);
  const { matching: keys, rows: looked, last } = read;
  return { keys, looked, end: looked < range.maxRows ? undefined : last };
}

/** The key of the row at this place of some rows, from 1; undefined if there are fewer. */
function keyAt(database: DatabaseSync, rows: Sql, place: number): EntryKey | undefined {
  const sql = `SELECT ${KEY} FROM service_logs WHERE ${rows.text} ${ORDER} LIMIT 1 OFFSET ${String(place - 1)}`;
  const row = database.prepare(sql).get(...rows.values);
  return row && keyOfRow(row);
}

function deleteAll(database: DatabaseSync, { text: where, values }: Sql): Deleted {
  const counts = new Counts();
  let deleted = 0;
  const counted = database.prepare(
    `SELECT substr(service_logs.timestamp, 1, 16) AS minute, service_name, severity, COUNT(*) AS counted
     FROM service_logs WHERE ${where} ${GROUPED}`,
  );
  for (const row of counted.all(...values)) {
    const of = { serviceName: text(row, 'service_name'), severity: severity(row, 'severity') };
    counts.add({ timestamp: text(row, 'minute'), ...of }, count(row, 'counted'));
    deleted += count(row, 'counted');
  }
  database.prepare(`DELETE FROM service_logs WHERE ${where}`).run(...values);
  return { counts, deleted };
}

function nextKeys(
  database: DatabaseSync,
  range: RangeDeletion & { readonly only: readonly ServiceSeverity[] },
) {
  const next = new NextKeys(range.only, range.maxRows, range.after);
  for (let asked = next.asked(); asked.length > 0; asked = next.asked())
    next.take(
      asked,
      asked.map((each) => readKeys(database, range, each)),
    );
  return next.found();
}

function readKeys(database: DatabaseSync, range: RangeDeletion, { of, after, most }: KeysAsked): EntryKey[] {
  const { text: sql, values } = keysSql(range, { of, after, most });
  return database
    .prepare(sql)
    .all(...values)
    .map(keyOfRow);
}

/** The keys that are asked for, by the index of services alone. */
function keysSql(range: RangeDeletion, { of, after, most }: KeysAsked): Sql {
  const where = ofOneSql(of, rangeSql({ ...range, after }));
  return {
    text: `SELECT ${KEY} FROM service_logs INDEXED BY by_service WHERE ${where.text} ${ORDER} LIMIT ${String(most)}`,
    values: where.values,
  };
}

function keyOfRow(row: Row): EntryKey {
  return { timestamp: text(row, 'key_time'), eventId: text(row, 'key_id') };
}
