import { decode, type Decoded } from '../logs/decode.ts';
import type { LogEntry } from '../logs/entry.ts';
import { isRejection, reject, type Rejection } from '../logs/rejection.ts';
import { aborted, within } from './clock.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { Flusher, type FlushLimits } from './flusher.ts';
import { Ledger } from './ledger.ts';
import type { OpenOutage } from './outage.ts';
import type { Clock, DeadLetter, DeadLetters, Delivery, Log, LogStore, Source } from './ports.ts';
import { RetryingStore } from './retrying-store.ts';
import type { WorkerEvents, WorkerStatus } from './status.ts';

/** What a worker works with. The worker closes the source; the store is the caller's. */
export interface WorkerPorts {
  readonly source: Source;
  readonly store: LogStore;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
  readonly events?: WorkerEvents;
}

export interface WorkerLimits extends FlushLimits {
  /** A stop takes no longer than this, in milliseconds: what cannot be flushed by then is released. */
  readonly shutdownTimeoutMs: number;
}

/**
 * How the shutdown timeout is shared out: to flush what is held, then to give back what could not be flushed. The rest is the
 * caller's, for closing what it opened.
 */
const DRAIN_SHARE = 0.75;
const RELEASE_SHARE = 0.1;

/**
 * The worker: takes deliveries from the source, decodes them into the buffer, flushes batches to the store, and
 * acknowledges after the commit. It holds nothing but what the source has leased to it, and the source bounds that.
 */
export class Worker implements WorkerStatus {
  readonly ledger = new Ledger();
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #shutdownTimeoutMs: number;
  readonly #store: RetryingStore;
  readonly #flusher: Flusher;
  readonly #deadLetters: DeadLetterQueue;
  /** Aborted when what is not stored yet has to be released. */
  readonly #givingUp = new AbortController();
  readonly #stopping = new AbortController();
  #settling = 0;
  #failure: Error | undefined;
  #draining = false;
  #onIdle: (() => void) | undefined;

  constructor({ source, store, deadLetters, clock, log, events }: WorkerPorts, limits: WorkerLimits) {
    const { signal } = this.#givingUp;
    this.#source = source;
    this.#clock = clock;
    this.#shutdownTimeoutMs = limits.shutdownTimeoutMs;
    this.#store = new RetryingStore(store, clock, log, signal, events);
    this.#flusher = new Flusher(this.#store, clock, log, limits, {
      committed: ({ deliveries }, { stored, duplicates }) => {
        this.ledger.stored += stored;
        this.ledger.duplicates += duplicates;
        this.#ack(deliveries);
      },
      refused: (delivery, rejection) => {
        this.#deadLetters.add([{ delivery, rejection }]);
      },
      unwritten: ({ deliveries, error }) => {
        if (!signal.aborted) this.#fail(error);
        this.#release(deliveries);
      },
      flushed: (reason, rows, tookMs) => {
        if (rows > 0) {
          this.ledger.flushed(reason, rows);
          events?.flushed(reason, rows, tookMs);
        }
        this.#checkIdle();
      },
    });
    this.#deadLetters = new DeadLetterQueue(deadLetters, clock, log, signal, {
      published: (letters) => {
        this.ledger.published(letters);
        this.#ack(letters.map(({ delivery }) => delivery));
      },
      abandoned: (letters) => {
        this.#release(letters.map(({ delivery }) => delivery));
      },
      idle: () => {
        this.#checkIdle();
      },
    });
  }

  get draining(): boolean {
    return this.#draining;
  }

  get outages(): readonly OpenOutage[] {
    return [this.#store.outage, this.#deadLetters.outage].filter((outage) => outage !== undefined);
  }

  /**
   * Works until `stop` is aborted, then drains: stops the intake, flushes and acknowledges what is held, releases what
   * cannot be flushed within the shutdown timeout. Rejects with the error if the subscription or the store failed for
   * good, after releasing everything. The ledger is final once it settled.
   */
  async run(stop: AbortSignal): Promise<void> {
    this.#source.start(
      (deliveries) => {
        this.#receive(deliveries);
      },
      (error) => {
        this.#fail(error);
      },
    );
    await aborted(AbortSignal.any([stop, this.#stopping.signal]));
    await this.#shutDown();
    if (this.#failure) throw this.#failure;
  }

  #receive(deliveries: readonly Delivery[]): void {
    this.ledger.received += deliveries.length;
    const letters: DeadLetter[] = [];
    for (const delivery of deliveries) {
      const decoded = onlyEntry(decode(delivery));
      if (isRejection(decoded)) letters.push({ delivery, rejection: decoded });
      else this.#flusher.push(decoded, delivery);
    }
    if (letters.length > 0) this.#deadLetters.add(letters);
    this.#flusher.pump();
  }

  #ack(deliveries: readonly Delivery[]): void {
    this.ledger.acksUnconfirmed += deliveries.length;
    const acked = this.#source.ack(deliveries).then((confirmed) => {
      this.ledger.acksUnconfirmed -= confirmed;
    });
    this.#settle(acked);
  }

  #release(deliveries: readonly Delivery[]): void {
    this.ledger.released += deliveries.length;
    this.#settle(this.#source.nack(deliveries));
  }

  #settle(settling: Promise<unknown>): void {
    this.#settling += 1;
    void settling.finally(() => {
      this.#settling -= 1;
      this.#checkIdle();
    });
  }

  /** Nothing will pass any more: give everything back and end. */
  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#givingUp.abort(this.#failure);
    this.#stopping.abort();
  }

  async #shutDown(): Promise<void> {
    const timeoutMs = this.#shutdownTimeoutMs;
    this.#draining = true;
    this.#source.stop();
    if (!this.#failure) {
      this.#flusher.drain();
      await within(this.#clock, timeoutMs * DRAIN_SHARE, this.#idle());
    }
    this.#givingUp.abort(new Error('the shutdown timeout ran out'));
    const left = this.#flusher.takeAll();
    if (left.length > 0) this.#release(left);
    await within(this.#clock, timeoutMs * RELEASE_SHARE, this.#idle());
    this.#source.close();
  }

  /** Resolves when every delivery is settled. */
  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      this.#checkIdle();
    });
  }

  #checkIdle(): void {
    if (this.#settling === 0 && this.#flusher.idle && this.#deadLetters.idle) this.#onIdle?.();
  }
}

/** A delivery is settled with one row: a message of several records is refused whole, so that none of them is lost. */
function onlyEntry(decoded: Decoded): LogEntry | Rejection {
  if (!('length' in decoded)) return decoded;
  return reject('too_many_entries', `The message holds ${decoded.length} records: it should hold one.`);
}
