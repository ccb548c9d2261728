import type { LmsError } from '../errors/catalogue.ts';
import type { LogEntry, StoredEntry } from '../logs/entry.ts';
import type { Backoff } from '../pipeline/backoff.ts';
import type { StoreError, WriteResult } from '../pipeline/ports.ts';
import { retry } from '../pipeline/retry.ts';
import type { DeletionFor, RangeDeleted, RangeDeletion, RowKey } from '../retention/ports.ts';
import { sortedDistinct, sortedKeys } from './batch.ts';
import type { Heartbeat } from './processes.ts';
import type { RollupUpkeep } from './rollups.ts';
import type { FillOptions, Repair, RollupCheck, SchemaStatus, Store, Totals, Verification } from './store.ts';
import { requireIndexable, type TagIndex } from './tags/tag-index.ts';

/**
 * What one kind of database does for its store. It does what `Store` says, but fails with the errors of its
 * library.
 */
export interface Database extends Omit<Store, 'write' | 'repair' | 'rollupsInUse' | 'fillRollups'> {
  /**
   * Writes entries (sorted, each key once, at least one) in one transaction; resolves to the number of new
   * rows.
   */
  write(entries: readonly LogEntry[]): Promise<number>;
  /** Finds the counts and sums that are wrong, in one snapshot. */
  findWrongCounts(): Promise<Repair>;
  /** Makes the counts right, in one transaction. Sums that do not follow are not used from then on. */
  repairCounts(): Promise<Omit<Repair, 'rollups'>>;
  readonly rollups: RollupUpkeep;
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

  async repair({ apply }: { readonly apply: boolean }): Promise<Repair> {
    if (!apply) return this.#persistently(() => this.#database.findWrongCounts());
    const repair = await this.#persistently(() => this.#database.repairCounts());
    return { ...repair, rollups: await this.fillRollups() };
  }

  rollupsInUse(): Promise<boolean> {
    return this.#persistently(() => this.#database.rollups.isTrusted());
  }

  async fillRollups({ signal, onDay, lease }: FillOptions = {}): Promise<RollupCheck> {
    const { rollups } = this.#database;
    const beginning = await this.#persistently(() => rollups.begin(lease), signal);
    let wrong = 0;
    for (const [index, range] of beginning.ranges.entries()) {
      signal?.throwIfAborted();
      wrong += await this.#persistently(() => rollups.fill(range, lease), signal);
      onDay?.({ done: index + 1, of: beginning.ranges.length });
    }
    const isFinished = await this.#persistently(() => rollups.finish(beginning, lease), signal);
    if (isFinished) return { inUse: await this.rollupsInUse(), wrong };
    const again = await this.fillRollups({ signal, onDay, lease });
    return { ...again, wrong: wrong + again.wrong };
  }

  async deleteEntries(keys: readonly RowKey[], on?: DeletionFor): Promise<number> {
    if (keys.length === 0) return 0;
    const sorted = sortedKeys(keys);
    return this.#persistently(() => this.#database.deleteEntries(sorted, on), on?.signal);
  }

  async deleteRange(range: RangeDeletion, on?: DeletionFor): Promise<RangeDeleted> {
    if (range.only?.length === 0) return { deleted: 0 };
    return this.#persistently(() => this.#database.deleteRange(range, on), on?.signal);
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

  /** Transient failures are retried for a minute, or until the signal is aborted. */
  #persistently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const isTransient = (error: unknown) => this.#database.storeError(error).verdict === 'transient';
    return this.#explained(
      retry(work, {
        backoff: RETRY_BACKOFF,
        totalMs: RETRY_TOTAL_MS,
        isTransient,
        ...(signal && { signal }),
      }),
    );
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
