import type { Log } from '../pipeline/ports.ts';

/*
 * Settings have these targets too, as src/config/database-url.ts reads them: neither room may import the
 * other, and the compiler holds both together wherever settings are given to `openStore`.
 */

/** Where a MySQL server listens. */
export type MySqlAddress =
  | { readonly host: string; readonly port: number }
  /** Path of a Unix socket. */
  | { readonly socketPath: string };

/** A MySQL database, or one that speaks its protocol (MariaDB, TiDB, Vitess, Cloud SQL). */
export interface MySqlTarget {
  readonly kind: 'mysql';
  /**
   * One or more, of servers that have the same data: a connection goes to one that answers and takes writes, or
   * to the first that answers if it is to read entries.
   */
  readonly addresses: readonly MySqlAddress[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /**
   * `disabled`: plain. `preferred`: TLS to each server that offers it, plain otherwise. `required`: TLS, any
   * certificate. `verify-ca`: a certificate signed by `sslCa`. `verify-identity`: and made out to the host's
   * name.
   */
  readonly sslMode: 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-identity';
  /** Paths of PEM files. Without `sslCa` the authorities that Node.js knows are trusted. */
  readonly sslCa?: string;
  readonly sslCert?: string;
  readonly sslKey?: string;
}

/** A SQLite file. */
export interface SqliteTarget {
  readonly kind: 'sqlite';
  readonly path: string;
}

/** An address as a person writes it. */
export function addressText(address: MySqlAddress): string {
  if ('socketPath' in address) return address.socketPath;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** Which database a store works on. */
export type StoreTarget = MySqlTarget | SqliteTarget;

/** What a store needs besides its target. */
export interface StoreOptions {
  readonly log: Log;
  /**
   * Whether a SQLite file that is missing is made; otherwise that is DATABASE_MISSING. Default true. No MySQL
   * database is ever made.
   */
  readonly create?: boolean;
  /**
   * Connections to MySQL for writes at once; one more serves reads. Default 2: the second gains much, a third
   * little.
   */
  readonly connections?: number;
  /**
   * How long MySQL may take for a statement, or for the next row of an answer, before it counts as hung.
   * Default 60 s.
   */
  readonly statementTimeoutMs?: number;
}

/** What a reader of entries needs besides its target. */
export interface ReaderOptions extends Pick<StoreOptions, 'log' | 'connections' | 'statementTimeoutMs'> {
  /**
   * How long MySQL lets a statement run before it ends it by itself, in whole milliseconds; less than
   * `statementTimeoutMs`. Default 30 s.
   */
  readonly statementLimitMs?: number;
}
