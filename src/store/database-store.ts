import type { LmsError } from '../errors/catalogue.ts';
import type { LogEntry } from '../logs/entry.ts';
import type { Backoff } from '../pipeline/backoff.ts';
import type { StoreError, WriteResult } from '../pipeline/ports.ts';
import { retry } from '../pipeline/retry.ts';
import { sortedDistinct } from './batch.ts';
import type { Repair, SchemaStatus, Store, StoredEntry, Totals, Verification } from './store.ts';

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

const REPAIR_BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };
const REPAIR_TOTAL_MS = 60_000;

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
      throw this.#database.storeError(error, this.#database.explain(error));
    }
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
    const isTransient = (error: unknown) => this.#database.storeError(error).verdict === 'transient';
    const policy = { backoff: REPAIR_BACKOFF, totalMs: REPAIR_TOTAL_MS, isTransient };
    return this.#explained(retry(() => this.#database.repair(options), policy));
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
