import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry, StoredEntry } from '../../logs/entry.ts';
import type { StoreError } from '../../pipeline/ports.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import type { DeletionFor, RangeDeleted, RangeDeletion, RowKey } from '../../retention/ports.ts';
import type { SqliteTarget, StoreOptions } from '../connection-target.ts';
import { type Database, DatabaseStore } from '../database-store.ts';
import type { Heartbeat } from '../processes.ts';
import { statusOf } from '../schema.ts';
import type { Storage } from '../storage.ts';
import type { Repair, SchemaStatus, Store, Totals, Verification } from '../store.ts';
import type { TagIndex } from '../tags/tag-index.ts';
import { WordsIndex } from '../words/words-index.ts';
import { deleteEntries } from './delete-entries.ts';
import { deleteRange } from './delete-range.ts';
import { explainError, storeError } from './errors.ts';
import { migrateTables, MIGRATIONS, scopedSince, tablesVersion } from './migrations.ts';
import { beat, forgetProcesses } from './processes.ts';
import { SqliteEntryReader } from './reader.ts';
import { readEntries, readEventIds, readTotals, verifyTables } from './reads.ts';
import { SqliteRecords } from './records.ts';
import { repairCounts } from './repair.ts';
import { SqliteRollupUpkeep } from './rollups.ts';
import { readStoredSize } from './storage.ts';
import { addTagIndex, dropTagIndex, tagIndexes } from './tag-indexes.ts';
import { SqliteWords } from './words.ts';
import { BatchWriter } from './write-batch.ts';

/** Waiting for another process's write blocks ours: short, and then a transient failure that is retried. */
const BUSY_TIMEOUT_MS = 1_000;

/**
 * Opens the file, or makes it with `create`. WAL: readers do not wait for the writer. FULL: a commit is on
 * the disk. Throws `LmsError`.
 */
export function openSqliteStore(
  target: SqliteTarget,
  { create = true }: Pick<StoreOptions, 'create'> = {},
): Store {
  return new DatabaseStore(new SqliteDatabase(target.path, openFile(target, create)));
}

/** Opens the file to read entries. Throws `LmsError`. */
export function openSqliteReader(target: SqliteTarget): EntryReader {
  return new SqliteEntryReader(openFile(target, false), (error) => explainError(target.path, error));
}

/** Opens the file to build its index of words. Throws `LmsError`. */
export function openSqliteWords(target: SqliteTarget): WordsIndex {
  const file = openFile(target, false);
  const explain = (error: unknown) => explainError(target.path, error);
  return new WordsIndex({
    database: new SqliteWords(file),
    reader: new SqliteEntryReader(file, explain),
    isTransient: (error) => storeError(error).verdict === 'transient',
    explain,
  });
}

/** Opens the file to see how large it is. Throws `LmsError`. */
export function openSqliteStorage(target: SqliteTarget): Storage {
  const file = openFile(target, false);
  const explain = (error: unknown) => explainError(target.path, error);
  const reader = new SqliteEntryReader(file, explain);
  return {
    reader,
    size: () =>
      readStoredSize(file, target.path).catch((error: unknown) => {
        throw explain(error);
      }),
    close: () => reader.close(),
  };
}

/** Opens the file for what a server keeps for itself. Throws `LmsError`. */
export function openSqliteRecords(target: SqliteTarget): SqliteRecords {
  return new SqliteRecords(target.path, openFile(target, false));
}

function openFile({ path }: SqliteTarget, create: boolean): DatabaseSync {
  const file = pathToFileURL(path);
  file.searchParams.set('mode', create ? 'rwc' : 'rw');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec(
      `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`,
    );
    return database;
  } catch (error) {
    database?.close();
    throw explainError(path, error);
  }
}

/** A file. The library is synchronous: a write blocks the process for as long as it takes. */
class SqliteDatabase implements Database {
  readonly rollups: SqliteRollupUpkeep;
  readonly #path: string;
  readonly #file: DatabaseSync;
  #writer: BatchWriter | undefined;
  #closed = false;

  constructor(path: string, file: DatabaseSync) {
    this.#path = path;
    this.#file = file;
    this.rollups = new SqliteRollupUpkeep(file);
  }

  write(entries: readonly LogEntry[]): Promise<number> {
    return promised(() => {
      this.#writer ??= new BatchWriter(this.#file);
      return this.#writer.write(entries);
    });
  }

  migrate(): Promise<SchemaStatus> {
    return promised(() => {
      migrateTables(this.#file, MIGRATIONS);
      return statusOf(MIGRATIONS, tablesVersion(this.#file));
    });
  }

  schemaStatus(): Promise<SchemaStatus> {
    return promised(() => statusOf(MIGRATIONS, tablesVersion(this.#file)));
  }

  scopedSince(): Promise<string | undefined> {
    return promised(() => scopedSince(this.#file));
  }

  warnings(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  verify(): Promise<Verification> {
    return promised(() => verifyTables(this.#file));
  }

  totals(): Promise<Totals> {
    return promised(() => readTotals(this.#file));
  }

  findWrongCounts(): Promise<Repair> {
    return promised(() => repairCounts(this.#file, false));
  }

  repairCounts(): Promise<Repair> {
    return promised(() => repairCounts(this.#file, true));
  }

  deleteEntries(keys: readonly RowKey[], on?: DeletionFor): Promise<number> {
    return promised(() => deleteEntries(this.#file, keys, on));
  }

  deleteRange(range: RangeDeletion, on?: DeletionFor): Promise<RangeDeleted> {
    return promised(() => deleteRange(this.#file, range, on));
  }

  tagIndexes(): Promise<readonly TagIndex[]> {
    return promised(() => tagIndexes(this.#file));
  }

  addTagIndex(tag: string): Promise<void> {
    return promised(() => {
      addTagIndex(this.#file, tag);
    });
  }

  dropTagIndex(tag: string): Promise<boolean> {
    return promised(() => dropTagIndex(this.#file, tag));
  }

  entries(): AsyncGenerator<StoredEntry> {
    return readEntries(this.#file);
  }

  eventIds(prefix: string): AsyncGenerator<string> {
    return readEventIds(this.#file, prefix);
  }

  beat(look: () => Heartbeat): Promise<void> {
    return promised(() => {
      beat(this.#file, look, BUSY_TIMEOUT_MS);
    });
  }

  forgetProcesses(): Promise<void> {
    return promised(() => {
      forgetProcesses(this.#file, BUSY_TIMEOUT_MS);
    });
  }

  explain(error: unknown): LmsError {
    return explainError(this.#path, error);
  }

  storeError(error: unknown, cause?: LmsError): StoreError {
    return storeError(error, cause);
  }

  close(): Promise<void> {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
    return Promise.resolve();
  }
}

/** The outcome of synchronous work as a promise: what it throws is a rejection. */
function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
