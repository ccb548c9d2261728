import { DatabaseSync } from 'node:sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Log } from '../../src/pipeline/ports.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { MySqlTarget, StoreTarget } from '../../src/store/connection-target.ts';
import { freshDatabase } from '../support/database.ts';

export type Row = Readonly<Record<string, unknown>>;

/** An empty database, seen through stores and from outside of them. */
export interface StoreSubject<Target extends StoreTarget = StoreTarget> {
  readonly target: Target;
  /** A further store on the same database; closed by `dispose`. */
  open(): Promise<Store>;
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
  return {
    target,
    open: () => openedStore(target, stores),
    async sql(statement) {
      const [rows] = await connection.query<RowDataPacket[]>(statement);
      return rows;
    },
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      await connection.end();
      await database.drop();
    },
  };
}

/** A new database, whose stores reach it through what listens on a port of 127.0.0.1 and stands before the server. */
export async function mysqlSubjectBehind(
  start: (host: string, port: number) => Promise<AsyncDisposable & { readonly port: number }>,
): Promise<StoreSubject<MySqlTarget>> {
  const subject = await mysqlSubject();
  const between = await start(subject.target.host, subject.target.port);
  const target = { ...subject.target, host: '127.0.0.1', port: between.port, sslMode: 'disabled' } as const;
  const stores: Store[] = [];
  return {
    target,
    open: () => openedStore(target, stores),
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
    sql: (statement) => Promise.resolve(connection.prepare(statement).all()),
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      connection.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The server and database of a URL. */
export function mysqlTarget(text: string): MySqlTarget {
  const { hostname, port, username, password, pathname } = new URL(text);
  return {
    kind: 'mysql',
    host: hostname,
    port: Number(port),
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
