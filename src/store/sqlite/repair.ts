import type { DatabaseSync } from 'node:sqlite';
import { COUNT_DIFFERENCES, countDifference, minuteDifference, WrongCountsList } from '../differences.ts';
import { exactCount, type Row, text } from '../rows.ts';
import type { Repair, WrongCounts } from '../store.ts';
import { DIFFERENT_MINUTES, select } from './reads.ts';
import { checkRollups, correctRollups } from './rollups.ts';

/** The columns of their keys. */
const KEYS = {
  service_severity: ['service_name', 'severity'],
  service_severity_minutes: ['minute', 'service_name', 'severity'],
} as const;

/** A table of counts. */
type CountTable = keyof typeof KEYS;

/**
 * Finds the counts that differ from the rows, and with `apply` makes them right: there is one writer, so
 * nothing comes in between.
 */
export function repairCounts(database: DatabaseSync, apply: boolean): Repair {
  database.exec(apply ? 'BEGIN IMMEDIATE' : 'BEGIN');
  try {
    const minutes = select(database, DIFFERENT_MINUTES);
    const counts = select(database, COUNT_DIFFERENCES);
    if (apply) {
      correct(database, 'service_severity_minutes', minutes);
      correct(database, 'service_severity', counts);
    }
    const rollups = checkRollups(database);
    if (apply) correctRollups(database);
    database.exec('COMMIT');
    return {
      counts: wrongCounts(counts, countDifference),
      minutes: wrongCounts(minutes, minuteDifference),
      rollups,
    };
  } catch (error) {
    // After some errors, such as a full disk, SQLite has rolled back itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function correct(database: DatabaseSync, table: CountTable, differences: readonly Row[]): void {
  const columns = KEYS[table];
  const where = columns.map((column) => `${column} = ?`).join(' AND ');
  const remove = database.prepare(`DELETE FROM ${table} WHERE ${where}`);
  const set = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}, "count")
    VALUES (${columns.map(() => '?').join(', ')}, ?) ON CONFLICT DO UPDATE SET "count" = excluded."count"`);
  for (const row of differences) {
    const key = columns.map((column) => text(row, column));
    const rows = exactCount(row, 'log_rows');
    if (rows === 0n) remove.run(...key);
    else set.run(...key, rows);
  }
}

function wrongCounts<D>(rows: readonly Row[], read: (row: Row) => D): WrongCounts<D> {
  const wrong = new WrongCountsList<D>();
  for (const row of rows) wrong.add(read(row));
  return wrong.result();
}
