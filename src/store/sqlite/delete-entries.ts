import type { DatabaseSync } from 'node:sqlite';
import type { EntryKey } from '../../query/answers/ports.ts';
import type { DeletionFor } from '../../retention/ports.ts';
import { Counts } from '../counts.ts';
import { basisSql, requireBasis } from '../retention-basis.ts';
import { severity, text } from '../rows.ts';
import { protectWork } from './work-lease.ts';

const DELETE_ROW = `DELETE FROM service_logs WHERE timestamp = ? AND event_id = ?
  RETURNING timestamp, service_name, severity`;
const MINUTES = countTable('service_severity_minutes', ['minute', 'service_name', 'severity']);
const COUNTS = countTable('service_severity', ['service_name', 'severity']);
const PUT_ON_ACCOUNT = `INSERT INTO lms_retention_rules (version, place, deleted_rows) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET deleted_rows = deleted_rows + excluded.deleted_rows`;
const BASIS = basisSql({ now: "strftime('%Y-%m-%d %H:%M:%f000', 'now')" });

/** Statements that take something off a count, and remove counts of nothing. */
interface CountTable {
  readonly less: string;
  readonly remove: string;
}

function countTable(table: string, key: readonly string[]): CountTable {
  const where = key.map((column) => `${column} = ?`).join(' AND ');
  return {
    less: `UPDATE ${table} SET "count" = "count" - ? WHERE ${where}`,
    remove: `DELETE FROM ${table} WHERE ${where} AND "count" <= 0`,
  };
}

/** Deletes the rows of these keys that are there, takes them off the counts, and returns their number. */
export function deleteEntries(database: DatabaseSync, keys: readonly EntryKey[], on?: DeletionFor): number {
  return deleteInTransaction(database, on, () => deleteKeys(database, keys));
}

/** Deletes rows in one transaction, with what counts them, and returns their number. */
export function deleteInTransaction(
  database: DatabaseSync,
  on: DeletionFor | undefined,
  deleteRows: () => Deleted,
): number {
  database.exec('BEGIN IMMEDIATE');
  try {
    const { counts, deleted } = deleteRows();
    subtractCounts(database, counts);
    putOnAccount(database, on, deleted);
    database.exec('COMMIT');
    return deleted;
  } catch (error) {
    // After some errors, such as a full disk, SQLite has rolled back itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Rows that were deleted, and what they counted as. */
export interface Deleted {
  readonly counts: Counts;
  readonly deleted: number;
}

/** Deletes the rows of these keys that are there, in the open transaction. */
export function deleteKeys(database: DatabaseSync, keys: readonly EntryKey[]): Deleted {
  const counts = new Counts();
  const deleteRow = database.prepare(DELETE_ROW);
  let deleted = 0;
  for (const { timestamp, eventId } of keys) {
    const row = deleteRow.get(timestamp, eventId);
    if (row === undefined) continue;
    deleted += 1;
    counts.add({
      timestamp: text(row, 'timestamp'),
      serviceName: text(row, 'service_name'),
      severity: severity(row, 'severity'),
    });
  }
  return { counts, deleted };
}

function subtractCounts(database: DatabaseSync, counts: Counts): void {
  for (const { minute, serviceName, severity: level, count } of counts.byMinute())
    subtract(database, MINUTES, count, [minute, serviceName, level]);
  for (const { serviceName, severity: level, count } of counts.byKey())
    subtract(database, COUNTS, count, [serviceName, level]);
}

function subtract(
  database: DatabaseSync,
  { less, remove }: CountTable,
  count: number,
  key: readonly string[],
): void {
  database.prepare(less).run(count, ...key);
  database.prepare(remove).run(...key);
}

function putOnAccount(
  database: DatabaseSync,
  { lease, rule, basis }: DeletionFor = {},
  deleted: number,
): void {
  if (rule !== undefined && deleted > 0)
    database.prepare(PUT_ON_ACCOUNT).run(rule.version, rule.place, deleted);
  if (basis !== undefined && deleted > 0) {
    const version = database.prepare(BASIS.version).get();
    requireBasis(basis, { version, holds: database.prepare(BASIS.holds).all() });
  }
  if (lease !== undefined) protectWork(database, lease);
}
