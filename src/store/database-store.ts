import type { LmsError } from '../errors/catalogue.ts';
import type { LogEntry, StoredEntry } from '../logs/entry.ts';
import type { Backoff } from '../pipeline/backoff.ts';
import type { StoreError, WriteResult } from '../pipeline/ports.ts';
import { retry, type RetryPolicy } from '../pipeline/retry.ts';
import type { EntryKey } from '../query/answers/ports.ts';
import { sortedDistinct, sortedKeys } from './batch.ts';
import type { Heartbeat } from './processes.ts';
import type { Repair, SchemaStatus, Store, Totals, Verification } from './store.ts';
import { requireIndexable, type TagIndex } from './tags/tag-index.ts';

/**
 * What one kind of database does for its store. It does what `Store` says, but fails with the errors of its
 * library.
 */
export interface Database extends Omit<Store, 'write'> {
  /**
   * Writes entries (sorted, each key once, at least one) in one transaction; resolves to the number of new
   * rows.
   */
  write(entries: readonly LogEntry[]): Promise<number>;
  /** What a person is told of an error. */
  explain(error: unknown): LmsError;
  /** What the worker is told of an error. */
  storeError(error: unknown, cause?: LmsError): StoreError;
}

const RETRY_BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };
const RETRY_TOTAL_MS = 60_000;

/** A store on any database. */
export class DatabaseStore implements Store {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async write(batch: readonly LogEntry[]): Promise<WriteResult> {
    if (batch.length === 0) return { stored: 0, duplicates: 0 };
    try {
      const stored = await this.#database.write(sortedDistinct(batch));
      return { stored, duplicates: batch.length - stored };
    } catch (error) {
      throw this.#failure(error);
    }
  }

  beat(look: () => Heartbeat): Promise<void> {
    return this.#judged(this.#database.beat(look));
  }

  forgetProcesses(): Promise<void> {
    return this.#judged(this.#database.forgetProcesses());
  }

  migrate(): Promise<SchemaStatus> {
    return this.#explained(this.#database.migrate());
  }

  schemaStatus(): Promise<SchemaStatus> {
    return this.#explained(this.#database.schemaStatus());
  }

  scopedSince(): Promise<string | undefined> {
    return this.#explained(this.#database.scopedSince());
  }

  warnings(): Promise<readonly string[]> {
    return this.#explained(this.#database.warnings());
  }

  verify(): Promise<Verification> {
    return this.#explained(this.#database.verify());
  }

  totals(): Promise<Totals> {
    return this.#explained(this.#database.totals());
  }

  repair(options: { readonly apply: boolean }): Promise<Repair> {
    return this.#explained(retry(() => this.#database.repair(options), this.#policy()));
  }

  async deleteEntries(keys: readonly EntryKey[]): Promise<number> {
    if (keys.length === 0) return 0;
    const sorted = sortedKeys(keys);
    return this.#explained(retry(() => this.#database.deleteEntries(sorted), this.#policy()));
  }

  tagIndexes(): Promise<readonly TagIndex[]> {
    return this.#explained(this.#database.tagIndexes());
  }

  async addTagIndex(tag: string): Promise<void> {
    requireIndexable(tag);
    await this.#explained(this.#database.addTagIndex(tag));
  }

  dropTagIndex(tag: string): Promise<boolean> {
    return this.#explained(this.#database.dropTagIndex(tag));
  }

  entries(): AsyncIterable<StoredEntry> {
    return this.#explainedEach(this.#database.entries());
  }

  eventIds(prefix: string): AsyncIterable<string> {
    return this.#explainedEach(this.#database.eventIds(prefix));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #policy(): RetryPolicy {
    const isTransient = (error: unknown) => this.#database.storeError(error).verdict === 'transient';
    return { backoff: RETRY_BACKOFF, totalMs: RETRY_TOTAL_MS, isTransient };
  }

  #failure(error: unknown): StoreError {
    return this.#database.storeError(error, this.#database.explain(error));
  }

  async #judged(outcome: Promise<void>): Promise<void> {
    try {
      await outcome;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async #explained<T>(outcome: Promise<T>): Promise<T> {
    try {
      return await outcome;
    } catch (error) {
      throw this.#database.explain(error);
    }
  }

  async *#explainedEach<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw this.#database.explain(error);
    }
  }
}
