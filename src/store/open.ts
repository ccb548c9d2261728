import type { ServerRecords } from '../access/records.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import type { RetentionBook } from '../retention/ports.ts';
import type { ReaderOptions, StoreOptions, StoreTarget } from './connection-target.ts';
import { DatabaseRecords, type RecordsDatabase } from './records.ts';
import { DatabaseRetentionBook } from './retention-book.ts';
import { NO_LAG, type OpenServerPace } from './server-pace.ts';
import type { Storage } from './storage.ts';
import type { Store } from './store.ts';
import type { WordsIndex } from './words/words-index.ts';
import { DatabaseWorkLeases, type WorkLeases } from './work-leases.ts';

/**
 * Opens the database and loads only the library that it needs. Throws `LmsError`: DATABASE_UNREACHABLE,
 * DATABASE_DENIED, DATABASE_MISSING, DATABASE_FAILED or SETTINGS (a certificate that cannot be read). Looks
 * at no table: the caller decides between `migrate` and `requireSchema`.
 */
export async function openStore(target: StoreTarget, options: StoreOptions): Promise<Store> {
  if (target.kind === 'sqlite') {
    const { openSqliteStore } = await import('./sqlite/store.ts');
    return openSqliteStore(target, options);
  }
  const { openMySqlStore } = await import('./mysql/store.ts');
  return openMySqlStore(target, options);
}

/**
 * Opens the database to read entries: another set of connections than a store has, so that readers never take
 * a worker's. Throws as `openStore` does; a SQLite file that is missing is not made.
 */
export async function openEntryReader(target: StoreTarget, options: ReaderOptions): Promise<EntryReader> {
  if (target.kind === 'sqlite') {
    const { openSqliteReader } = await import('./sqlite/store.ts');
    return openSqliteReader(target);
  }
  const { openMySqlReader } = await import('./mysql/store.ts');
  return openMySqlReader(target, options);
}

/**
 * What a server keeps for itself, on connections of its own: opened once something is asked for, which may
 * reject as `openStore` does.
 */
export function openServerRecords(target: StoreTarget, options: StoreOptions): ServerRecords {
  return new DatabaseRecords(() => openRecords(target, options));
}

/**
 * The index of words, to be built and removed, with what reads its rows. Throws as `openStore` does; a SQLite
 * file that is missing is not made.
 */
export async function openWordsIndex(target: StoreTarget, options: StoreOptions): Promise<WordsIndex> {
  if (target.kind === 'sqlite') return (await import('./sqlite/store.ts')).openSqliteWords(target);
  return (await import('./mysql/store.ts')).openMySqlWords(target, options);
}

/**
 * The database, to see how large it is, on a connection of its own: none waits for it. Throws as `openStore` does; a
 * SQLite file that is missing is not made.
 */
export async function openStorage(target: StoreTarget, options: StoreOptions): Promise<Storage> {
  if (target.kind === 'sqlite') return (await import('./sqlite/store.ts')).openSqliteStorage(target);
  return (await import('./mysql/store.ts')).openMySqlStorage(target, options);
}

/**
 * The leases of work, on connections of their own, so that a renewal waits for nobody's work: opened once
 * something is asked for, which may reject as `openStore` does.
 */
export function openWorkLeases(target: StoreTarget, options: StoreOptions): WorkLeases {
  return new DatabaseWorkLeases(() => openRecords(target, options));
}

/**
 * The rules of retention and what they have deleted, on connections of their own: opened once something is asked
 * for, which may reject as `openStore` does.
 */
export function openRetentionBook(target: StoreTarget, options: StoreOptions): RetentionBook {
  return new DatabaseRetentionBook(() => openRecords(target, options));
}

/**
 * How far the servers of a database are behind, and those that are read from, if those are others: each is asked on a
 * connection of its own, made once something is asked. Throws SETTINGS for a certificate that cannot be read.
 */
export async function openServerPace(
  target: StoreTarget,
  readTarget: StoreTarget | undefined,
  options: Pick<StoreOptions, 'log'>,
): Promise<OpenServerPace> {
  const servers = [target, readTarget].filter((each) => each?.kind === 'mysql');
  if (servers.length > 0) return (await import('./mysql/store.ts')).openMySqlServerPace(servers, options);
  return { lag: () => Promise.resolve(NO_LAG), close: () => Promise.resolve() };
}

async function openRecords(target: StoreTarget, options: StoreOptions): Promise<RecordsDatabase> {
  if (target.kind === 'sqlite') return (await import('./sqlite/store.ts')).openSqliteRecords(target);
  return (await import('./mysql/store.ts')).openMySqlRecords(target, options);
}
