import { isSeverity, type Severity } from '../logs/severity.ts';

/** A row as a database library hands it over. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a text column. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is not text`);
  return value;
}

/**
 * Reads a time with microseconds. Of an answer to a prepared statement the driver leaves them out if they are
 * zero.
 */
export function time(row: Row, column: string): string {
  const value = text(row, column);
  return value.includes('.') ? value : `${value}.000000`;
}

/** Reads a text column that may be NULL. */
export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

/**
 * Reads a whole number up to 2^53, also if the library gives it as text or bigint; NULL, the sum of nothing,
 * is 0.
 */
export function count(row: Row, column: string): number {
  const value = row[column] ?? 0;
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new TypeError(`column ${column} is not a whole number`);
  }
  return number;
}

/** Reads a whole number of any size: a count that somebody tampered with may be larger than 2^53. */
export function exactCount(row: Row, column: string): bigint {
  const value = row[column] ?? 0;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
  throw new TypeError(`column ${column} is not a whole number`);
}

/** The same as a JavaScript number, which beyond 2^53 is rounded. */
export function roundedCount(row: Row, column: string): number {
  return Number(exactCount(row, column));
}

/** Reads a severity column. */
export function severity(row: Row, column: string): Severity {
  const value = row[column];
  if (!isSeverity(value)) throw new TypeError(`column ${column} is not a severity`);
  return value;
}
