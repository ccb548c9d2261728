import type { DatabaseSync } from 'node:sqlite';
import type { LmsError } from '../../errors/catalogue.ts';
import type { RecordsDatabase, RecordsDialect, RecordsSession } from '../records.ts';
import { explainError, storeError } from './errors.ts';
import { tablesVersion } from './migrations.ts';

const FORMAT = "'%Y-%m-%d %H:%M:%f000'";
const DIALECT: RecordsDialect = {
  now: `strftime(${FORMAT}, 'now')`,
  dayAgo: `strftime(${FORMAT}, 'now', '-1 day')`,
  later: (seconds) => `strftime(${FORMAT}, 'now', '+${seconds} seconds')`,
  onConflict: (key) => `ON CONFLICT (${key}) DO UPDATE SET`,
  inserted: (column) => `excluded.${column}`,
  indexes: `SELECT of_table.name AS name, of_index.name AS column_name
    FROM pragma_index_list('service_logs') AS of_table, pragma_index_info(of_table.name) AS of_index
    ORDER BY of_table.name, of_index.seqno`,
};

/** Waiting for a writer blocks the process: what is not done in that time is tried again later. */
const WAIT_MS = 50;

/** A server's records in a SQLite file. */
export class SqliteRecords implements RecordsDatabase {
  readonly dialect = DIALECT;
  readonly #path: string;
  readonly #file: DatabaseSync;
  readonly #session: RecordsSession;
  #isClosed = false;

  /** The file is its own to close. */
  constructor(path: string, file: DatabaseSync) {
    this.#path = path;
    this.#file = file;
    this.#session = recordsSession(file);
    file.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
  }

  read<T>(work: (session: RecordsSession) => Promise<T>): Promise<T> {
    return work(this.#session);
  }

  write<T>(work: (session: RecordsSession) => Promise<T>): Promise<T> {
    return work(this.#session);
  }

  tablesVersion(): Promise<number> {
    return Promise.resolve(tablesVersion(this.#file).version);
  }

  isTransient(error: unknown): boolean {
    return storeError(error).verdict === 'transient';
  }

  explain(error: unknown): LmsError {
    return explainError(this.#path, error);
  }

  close(): Promise<void> {
    if (!this.#isClosed) this.#file.close();
    this.#isClosed = true;
    return Promise.resolve();
  }
}

function recordsSession(file: DatabaseSync): RecordsSession {
  return {
    select: async (sql, values) => Promise.resolve(file.prepare(sql).all(...values)),
    change: async (sql, values) => Promise.resolve(Number(file.prepare(sql).run(...values).changes)),
  };
}
