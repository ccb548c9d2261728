import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import type { Log } from '../../src/pipeline/ports.ts';
import type { MySqlTarget, StoreTarget } from '../../src/store/connection-target.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/database.ts';
import { askProcessList } from '../support/process-list.ts';

export type Row = Readonly<Record<string, unknown>>;

/** An empty database, seen through stores and from outside of them. */
export interface StoreSubject<Target extends StoreTarget = StoreTarget> {
  readonly target: Target;
  /** A further store on the same database; closed by `dispose`. */
  open(): Promise<Store>;
  /** The severities that each table takes, in order. */
  severities(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Runs a statement on a connection of its own. */
  sql(statement: string): Promise<readonly Row[]>;
  dispose(): Promise<void>;
}

export const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A new database on the MySQL server that the tests share. */
export async function mysqlSubject(): Promise<StoreSubject<MySqlTarget>> {
  const database = await freshDatabase();
  const connection = await createConnection({ uri: database.url, dateStrings: true, timezone: 'Z' });
  const target = mysqlTarget(database.url);
  const stores: Store[] = [];
  const sql: StoreSubject['sql'] = async (statement) => {
    // Of the list of processes as of any other table.
    return askProcessList(connection, statement);
  };
  return {
    target,
    open: () => openedStore(target, stores),
    sql,
    severities: () => mysqlSeverities(sql),
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      await connection.end();
      await database.drop();
    },
  };
}

/**
 * A new database, whose stores reach it through what listens on a port of 127.0.0.1 and stands before the
 * server.
 */
export async function mysqlSubjectBehind(
  start: (host: string, port: number) => Promise<AsyncDisposable & { readonly port: number }>,
): Promise<StoreSubject<MySqlTarget>> {
  const subject = await mysqlSubject();
  const { host, port } = hostOf(subject.target);
  const between = await start(host, port);
  const addresses = [{ host: '127.0.0.1', port: between.port }];
  const target = { ...subject.target, addresses, sslMode: 'disabled' } as const;
  const stores: Store[] = [];
  return {
    target,
    open: () => openedStore(target, stores),
    severities: () => subject.severities(),
    sql: (statement) => subject.sql(statement),
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      await between[Symbol.asyncDispose]();
      await subject.dispose();
    },
  };
}

/** A new file. */
export async function sqliteSubject(): Promise<StoreSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'lms-store-'));
  const target: StoreTarget = { kind: 'sqlite', path: join(folder, 'lms.db') };
  const connection = new DatabaseSync(target.path, { timeout: 5_000 });
  const stores: Store[] = [];
  return {
    target,
    open: () => openedStore(target, stores),
    sql: (statement) => Promise.resolve(plain(connection.prepare(statement).all())),
    severities() {
      const tables = connection
        .prepare("SELECT name, sql AS definition FROM sqlite_schema WHERE sql LIKE '%severity IN%'")
        .all();
      return Promise.resolve(quotedByTable(tables, /CHECK \(severity IN \((.*)\)\)/));
    },
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      connection.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The severities that each table of the database takes that `sql` works on. */
export async function mysqlSeverities(sql: StoreSubject['sql']): ReturnType<StoreSubject['severities']> {
  const columns = await sql(`SELECT table_name AS name, column_type AS definition
    FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name = 'severity'`);
  return quotedByTable(columns, /^enum\((.*)\)$/);
}

/** The texts in quotes in the part of each table's definition that the pattern captures. */
function quotedByTable(tables: readonly Row[], list: RegExp): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    tables.map(({ name, definition }) => {
      const [, values = ''] = list.exec(String(definition)) ?? [];
      return [String(name), [...values.matchAll(/'([^']*)'/g)].map(([, value = '']) => value)];
    }),
  );
}

/** Rows of SQLite have no prototype. */
function plain(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row }));
}

/** Where the server of a target listens that has only one. */
export function hostOf({ addresses: [address] }: MySqlTarget): {
  readonly host: string;
  readonly port: number;
} {
  if (address === undefined || 'socketPath' in address) throw new TypeError('no host');
  return address;
}

/** The server and database of a URL. */
export function mysqlTarget(text: string): MySqlTarget {
  const { hostname, port, username, password, pathname } = new URL(text);
  return {
    kind: 'mysql',
    addresses: [{ host: hostname, port: Number(port) }],
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    sslMode: 'preferred',
  };
}

/** A store, which is noted among `stores`. */
export async function openedStore(target: StoreTarget, stores: Store[]): Promise<Store> {
  const store = await openStore(target, { log: SILENT });
  stores.push(store);
  return store;
}
