import type { Row } from '../rows.ts';
import type { WorkLease } from '../work-leases.ts';

/** What of the statements differs from one database to the other. */
export interface WordsDialect {
  /** A time column, as text. */
  readonly asText: (column: string) => string;
  /** Whether the sums of `lms_rollups` may be relied on: 1 or 0. */
  readonly rollupsTrusted: string;
  /** The database's clock. */
  readonly now: string;
  /** What stands before the columns that are set if the row of a key is there. */
  readonly onConflict: (key: string) => string;
  /** The value that would have been inserted. */
  readonly inserted: (column: string) => string;
  /** Bytes from their hexadecimal digits. */
  readonly unhex: string;
  /** The hexadecimal digits of bytes, one after the other. */
  readonly hexOf: (bytes: readonly string[]) => string;
  /** Locks what a SELECT finds until its transaction ends, where others could change it. */
  readonly forUpdate: string;
}

/** A connection. Rejects with the errors of its library. */
export interface WordsSession {
  select(sql: string, values?: readonly string[]): Promise<readonly Row[]>;
  /** Resolves to how many rows it changed. */
  change(sql: string, values: readonly string[]): Promise<number>;
}

/** What one kind of database does for its index of words. Fails with the errors of its library. */
export interface WordsDatabase {
  readonly dialect: WordsDialect;
  /** Lends a session that sees the tables as they were at one moment. */
  snapshot<T>(work: (session: WordsSession) => Promise<T>): Promise<T>;
  /** One transaction, protected by the lease: LEASE_LOST once it is lost. */
  transaction<T>(lease: WorkLease, work: (session: WordsSession) => Promise<T>): Promise<T>;
}

/** How wide sums are, in minutes. */
export const WIDTHS = { minute: '1', hour: '60', day: '1440' } as const;

/** Placeholders of a row, so many times. */
export function rowsOf(row: string, count: number): string {
  return Array.from({ length: count }, () => row).join(', ');
}
