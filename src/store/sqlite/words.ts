import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { WordsDatabase, WordsDialect, WordsSession } from '../words/session.ts';
import type { WorkLease } from '../work-leases.ts';
import { protectWork } from './work-lease.ts';

/** The file keeps the sums of counts itself. */
export const SQLITE_WORDS: WordsDialect = {
  asText: (column) => column,
  rollupsTrusted: '1',
  now: "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
  onConflict: (key) => `ON CONFLICT (${key}) DO UPDATE SET`,
  inserted: (column) => `excluded.${column}`,
  unhex: 'unhex(?)',
  hexOf: (bytes) => bytes.map((some) => `hex(${some})`).join(' || '),
  forUpdate: '',
};

/** The index of words in a file. The library blocks the process while a statement runs. */
export class SqliteWords implements WordsDatabase {
  readonly dialect = SQLITE_WORDS;
  readonly #file: DatabaseSync;

  /** The file is another's to close, and nobody else's transactions are on it. */
  constructor(file: DatabaseSync) {
    this.#file = file;
  }

  snapshot<T>(work: (session: WordsSession) => Promise<T>): Promise<T> {
    return this.#within('BEGIN', () => work(wordsSession(this.#file)));
  }

  /**
   * Begins in a turn of its own of the event loop, which it does not leave before its end: nobody else in the
   * process can run into its lock, and block the process until it is given up.
   */
  async transaction<T>(lease: WorkLease, work: (session: WordsSession) => Promise<T>): Promise<T> {
    await setImmediate();
    return this.#within('BEGIN IMMEDIATE', async () => {
      const result = await work(wordsSession(this.#file));
      protectWork(this.#file, lease);
      return result;
    });
  }

  async #within<T>(begin: string, work: () => Promise<T>): Promise<T> {
    this.#file.exec(begin);
    try {
      const result = await work();
      this.#file.exec('COMMIT');
      return result;
    } catch (error) {
      // After some errors, such as a full disk, SQLite has rolled back itself.
      if (this.#file.isTransaction) this.#file.exec('ROLLBACK');
      throw error;
    }
  }
}

function wordsSession(file: DatabaseSync): WordsSession {
  return {
    select: (sql, values = []) => Promise.resolve(file.prepare(sql).all(...values)),
    change: (sql, values) => Promise.resolve(Number(file.prepare(sql).run(...values).changes)),
  };
}
