import { isSeverity, type Severity } from '../logs/severity.ts';
import type { StoredEntry } from './store.ts';

/** A row as a database library hands it over. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a text column. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is not text`);
  return value;
}

/** Reads a whole number up to 2^53, also if the library gives it as text or bigint; NULL, the sum of nothing, is 0. */
export function count(row: Row, column: string): number {
  const value = row[column] ?? 0;
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new TypeError(`column ${column} is not a whole number`);
  }
  return number;
}

/** Reads a severity column. */
export function severity(row: Row, column: string): Severity {
  const value = row[column];
  if (!isSeverity(value)) throw new TypeError(`column ${column} is not a severity`);
  return value;
}

/** Reads the columns of `ENTRY_COLUMNS`. */
export function storedEntry(row: Row): StoredEntry {
  return {
    timestamp: text(row, 'timestamp'),
    eventId: text(row, 'event_id'),
    serviceName: text(row, 'service_name'),
    severity: severity(row, 'severity'),
    payload: text(row, 'payload'),
    tags: row['tags'] === null ? null : text(row, 'tags'),
    createdAt: text(row, 'created_at'),
  };
}
