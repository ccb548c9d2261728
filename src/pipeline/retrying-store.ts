import type { LogEntry } from '../logs/entry.ts';
import type { Backoff } from './backoff.ts';
import { unlessAborted } from './clock.ts';
import { type OpenOutage, Outage } from './outage.ts';
import { type Clock, type Log, type LogStore, StoreError, type WriteResult } from './ports.ts';
import { retry, type RetryPolicy } from './retry.ts';
import type { WorkerEvents } from './status.ts';

/** What a retrying store works with. */
export interface RetryingStoreParts {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when no write is to be tried any more. */
  readonly signal: AbortSignal;
  readonly events?: WorkerEvents;
}

/**
 * Short enough that a database which is back is used at once, long enough not to trouble one that is coming
 * up.
 */
const STORE_BACKOFF: Backoff = { baseMs: 50, capMs: 2_000 };

/**
 * A store that tries a transient failure again for as long as it lasts. What is left to fail: rows that the
 * database refuses, fatal errors, and the signal, whose reason `write` rejects with at once, even while a try
 * hangs.
 */
export class RetryingStore implements LogStore {
  readonly #store: LogStore;
  readonly #signal: AbortSignal;
  readonly #policy: RetryPolicy;
  readonly #outage: Outage;

  constructor({ store, clock, log, signal, events }: RetryingStoreParts) {
    this.#store = store;
    this.#signal = signal;
    this.#outage = new Outage('the database takes no writes', clock, log);
    this.#policy = {
      backoff: STORE_BACKOFF,
      clock,
      signal,
      isTransient: (error) => error instanceof StoreError && error.verdict === 'transient',
      onFailure: (error, attempt, last) => {
        if (error instanceof StoreError) events?.writeFailed(error.verdict);
        if (!last) this.#outage.failed(attempt, error);
      },
    };
  }

  get outage(): OpenOutage | undefined {
    return this.#outage.current;
  }

  async write(batch: readonly LogEntry[]): Promise<WriteResult> {
    const tryOnce = () => unlessAborted(() => this.#store.write(batch), this.#signal);
    try {
      const result = await retry(tryOnce, this.#policy);
      this.#outage.passed();
      return result;
    } catch (error) {
      this.#signal.throwIfAborted();
      // The database answered: what it refuses is a row, and that is no outage.
      if (error instanceof StoreError && error.verdict === 'row') this.#outage.passed();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
