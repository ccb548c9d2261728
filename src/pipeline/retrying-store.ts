import type { LogEntry } from '../logs/entry.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import { pause, unlessAborted } from './clock.ts';
import { Outage, type OpenOutage } from './outage.ts';
import { StoreError, type Clock, type Log, type LogStore, type WriteResult } from './ports.ts';
import type { WorkerEvents } from './status.ts';

/** Short enough that a database which is back is used at once, long enough not to trouble one that is coming up. */
const STORE_BACKOFF: Backoff = { baseMs: 50, capMs: 2_000 };

/**
 * A store that tries a transient failure again for as long as it lasts. What is left to fail: rows that the database refuses,
 * fatal errors, and the signal, whose reason `write` rejects with at once, even while a try hangs.
 */
export class RetryingStore implements LogStore {
  readonly #store: LogStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #events: WorkerEvents | undefined;
  readonly #outage: Outage;

  constructor(store: LogStore, clock: Clock, log: Log, signal: AbortSignal, events?: WorkerEvents) {
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
    this.#events = events;
    this.#outage = new Outage('the database takes no writes', clock, log);
  }

  get outage(): OpenOutage | undefined {
    return this.#outage.current;
  }

  async write(batch: readonly LogEntry[]): Promise<WriteResult> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const result = await unlessAborted(() => this.#store.write(batch), this.#signal);
        this.#outage.passed();
        return result;
      } catch (error) {
        if (error instanceof StoreError) this.#events?.writeFailed(error.verdict);
        if (!(error instanceof StoreError) || error.verdict !== 'transient') throw error;
        this.#outage.failed(attempt, error);
        await pause(this.#clock, backoffMs(attempt, STORE_BACKOFF), this.#signal);
      }
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
