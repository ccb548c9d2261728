import { setTimeout as delay } from 'node:timers/promises';
import type { LogEntry } from '../../src/logs/entry.ts';
import { StoreError } from '../../src/pipeline/ports.ts';
import type { Store } from '../../src/store/store.ts';
import type { Draw } from '../draw.ts';
import { drawEntries } from './entries.ts';
import type { Reference } from './reference.ts';

/** What is written, and by whom. */
export interface WritingParts {
  /** One after the other writes, as a worker does that has several flushes in flight. */
  readonly stores: readonly Store[];
  readonly reference: Reference;
  readonly draw: Draw;
  /** Rows of a batch, at most. */
  readonly batchRows: number;
  /** Between two batches of one, at least: on a slow machine twice as long as a batch takes. */
  readonly restMs: number;
}

const AGAIN_SHARE = 0.03;
const AFTER_FAILURE_MS = 50;

/** Writes entries of all ages, and some once more, for as long as it lives. */
export class Writing {
  /** How often a batch had to be written again. */
  failures = 0;
  readonly #parts: WritingParts;
  readonly #stop = new AbortController();
  readonly #loops: Promise<unknown>;
  #paused: Promise<undefined> | undefined;
  #inFlight = 0;
  #batches = 0;
  /** Rows of tries that failed: some may have been committed all the same. */
  #uncertain = 0;

  constructor(parts: WritingParts) {
    this.#parts = parts;
    this.#loops = Promise.all(parts.stores.map((store) => this.#loop(store)));
    this.#loops.catch(() => undefined);
  }

  /** Rows that were stored for sure, and those that may be besides. */
  get bounds(): { readonly least: number; readonly most: number } {
    const { stored } = this.#parts.reference;
    return { least: stored, most: stored + this.#inFlight + this.#uncertain };
  }

  /** So many rows were stored: what was uncertain is known again. To be told while nothing is being written. */
  settle(stored: number): void {
    this.#parts.reference.stored = stored;
    this.#uncertain = 0;
  }

  /** Writes so many rows at once. */
  async fill(rows: number): Promise<void> {
    const [store] = this.#parts.stores;
    if (store === undefined) throw new RangeError('nobody writes');
    for (let left = rows; left > 0; left -= this.#parts.batchRows) await this.#write(store, this.#drawn());
  }

  /** Does something while nothing is being written: what was begun is over, and known. */
  async whilePaused<T>(work: () => Promise<T>): Promise<T> {
    const paused = Promise.withResolvers<undefined>();
    this.#paused = paused.promise;
    try {
      while (this.#inFlight > 0) await Promise.race([delay(5), this.#loops]);
      return await work();
    } finally {
      this.#paused = undefined;
      paused.resolve(undefined);
    }
  }

  /** Ends it. Rejects with what ended it before. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#loops;
  }

  async #loop(store: Store): Promise<void> {
    const { restMs } = this.#parts;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#paused;
      const beganAtMs = performance.now();
      await this.#write(store, this.#drawn());
      const rest = Math.max(restMs, 2 * (performance.now() - beganAtMs));
      await delay(rest, undefined, { signal }).catch(() => undefined);
    }
  }

  #drawn(): LogEntry[] {
    const { draw, reference, batchRows } = this.#parts;
    this.#batches += 1;
    const prefix = `b${String(this.#batches)}`;
    const count = draw.whole(1, batchRows);
    const places = Array.from({ length: Math.floor(count * AGAIN_SHARE) }, () => draw.whole(0, 1_000_000));
    const fresh = drawEntries(draw, count, { prefix, nowMs: Date.now() });
    return [...fresh, ...reference.earlier(places)];
  }

  /** As a worker does: what fails in passing is done again, whether or not it was done. */
  async #write(store: Store, batch: readonly LogEntry[]): Promise<void> {
    const written = this.#parts.reference.writing(batch);
    this.#inFlight += batch.length;
    try {
      for (;;) {
        const stored = await this.#try(store, batch);
        if (stored === undefined) continue;
        written(stored);
        return;
      }
    } finally {
      this.#inFlight -= batch.length;
    }
  }

  /** Undefined if it failed in passing. */
  async #try(store: Store, batch: readonly LogEntry[]): Promise<number | undefined> {
    try {
      return (await store.write(batch)).stored;
    } catch (error) {
      if (!(error instanceof StoreError) || error.verdict !== 'transient') throw error;
      this.failures += 1;
      this.#uncertain += batch.length;
      await delay(AFTER_FAILURE_MS);
      return undefined;
    }
  }
}
