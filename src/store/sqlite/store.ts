import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { LogEntry } from '../../logs/entry.ts';
import type { WriteResult } from '../../pipeline/ports.ts';
import { sortedDistinct } from '../batch.ts';
import { count } from '../columns.ts';
import { pendingMigrations, statusOf } from '../schema.ts';
import { persist } from '../persistence.ts';
import type { Repair, SchemaStatus, Store, StoredEntry, Totals, Verification } from '../store.ts';
import type { SqliteTarget, StoreOptions } from '../target.ts';
import { refusal, storeError } from './failure.ts';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations.ts';
import { readEntries, readEventIds, readTotals, verifyTables } from './reads.ts';
import { repairCounts } from './repair.ts';
import { BatchWriter } from './write.ts';

/** Waiting for another process's write blocks ours: short, and then a transient failure that is retried. */
const BUSY_TIMEOUT_MS = 1_000;

/**
 * Opens the file, or makes it with `create`. WAL: readers do not wait for the writer. FULL: a commit is on the disk. Throws
 * `LmsError`.
 */
export function openSqliteStore(
  target: SqliteTarget,
  { create = true }: Pick<StoreOptions, 'create'> = {},
): Store {
  const file = pathToFileURL(target.path);
  file.searchParams.set('mode', create ? 'rwc' : 'rw');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec(
      `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`,
    );
    return new SqliteStore(target, database);
  } catch (error) {
    database?.close();
    throw refusal(target.path, error);
  }
}

/** The store in a file. The library is synchronous: a write blocks the process for as long as it takes. */
class SqliteStore implements Store {
  readonly #path: string;
  readonly #database: DatabaseSync;
  #writer: BatchWriter | undefined;
  #closed = false;

  constructor(target: SqliteTarget, database: DatabaseSync) {
    this.#path = target.path;
    this.#database = database;
  }

  async write(batch: readonly LogEntry[]): Promise<WriteResult> {
    if (batch.length === 0) return { stored: 0, duplicates: 0 };
    try {
      const stored = await promised(() => {
        this.#writer ??= new BatchWriter(this.#database);
        return this.#writer.write(sortedDistinct(batch));
      });
      return { stored, duplicates: batch.length - stored };
    } catch (error) {
      throw storeError(error, refusal(this.#path, error));
    }
  }

  migrate(): Promise<SchemaStatus> {
    return this.#read(migrateTables);
  }

  schemaStatus(): Promise<SchemaStatus> {
    return this.#read((database) => statusOf(MIGRATIONS, currentVersion(database)));
  }

  verify(): Promise<Verification> {
    return this.#read(verifyTables);
  }

  totals(): Promise<Totals> {
    return this.#read(readTotals);
  }

  repair({ apply }: { readonly apply: boolean }): Promise<Repair> {
    const once = () => promised(() => repairCounts(this.#database, apply));
    return this.#explained(persist(once, (error) => storeError(error).verdict === 'transient'));
  }

  entries(): AsyncGenerator<StoredEntry> {
    return this.#explainedEach(readEntries(this.#database));
  }

  eventIds(prefix: string): AsyncGenerator<string> {
    return this.#explainedEach(readEventIds(this.#database, prefix));
  }

  close(): Promise<void> {
    if (!this.#closed) this.#database.close();
    this.#closed = true;
    return Promise.resolve();
  }

  #read<T>(work: (database: DatabaseSync) => T): Promise<T> {
    return this.#explained(promised(() => work(this.#database)));
  }

  async #explained<T>(outcome: Promise<T>): Promise<T> {
    try {
      return await outcome;
    } catch (error) {
      throw refusal(this.#path, error);
    }
  }

  async *#explainedEach<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw refusal(this.#path, error);
    }
  }
}

/** The outcome of synchronous work as a promise: what it throws is a rejection. */
function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

function migrateTables(database: DatabaseSync): SchemaStatus {
  database.exec(MIGRATIONS_TABLE);
  const note = database.prepare(
    'INSERT INTO lms_migrations (version, name) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  for (const { version, name, statements } of pendingMigrations(MIGRATIONS, currentVersion(database))) {
    for (const statement of statements) database.exec(statement);
    note.run(version, name);
  }
  return statusOf(MIGRATIONS, currentVersion(database));
}

/** Version of the tables; 0 if there are none. */
function currentVersion(database: DatabaseSync): number {
  const tables = database.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'lms_migrations'",
  );
  if (tables.get() === undefined) return 0;
  const row = database.prepare('SELECT MAX(version) AS version FROM lms_migrations').get() ?? {};
  return count(row, 'version');
}
