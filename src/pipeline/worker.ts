import { decode, isRejection } from '../logs/decode.ts';
import { BatchBuffer, type Batch, type BatchLimits } from './buffer.ts';
import { unlessAborted } from './clock.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { flush, type Part } from './flush.ts';
import { Ledger } from './ledger.ts';
import type {
  Clock,
  DeadLetter,
  DeadLetters,
  Delivery,
  Log,
  LogStore,
  Source,
  WriteResult,
} from './ports.ts';
import { RetryingStore } from './retry.ts';

/** What a worker works with. The worker closes the source; the store is the caller's. */
export interface WorkerPorts {
  readonly source: Source;
  readonly store: LogStore;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WorkerLimits extends BatchLimits {
  /** Batches that are written at once, each on a connection of its own. */
  readonly flushesInFlight: number;
  /** A stop takes no longer than this, in milliseconds: what cannot be flushed by then is released. */
  readonly shutdownTimeoutMs: number;
}

/** The part of the shutdown timeout that is kept for giving back what could not be flushed. */
const RELEASE_SHARE = 0.2;

/**
 * The worker: takes deliveries from the source, decodes them into the buffer, flushes batches to the store, and
 * acknowledges after the commit. It holds nothing but what the source has leased to it, and the source bounds that.
 */
export class Worker {
  readonly ledger = new Ledger();
  readonly #source: Source;
  readonly #store: LogStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: WorkerLimits;
  readonly #buffer: BatchBuffer;
  readonly #deadLetters: DeadLetterQueue;
  /** Aborted when what is still unflushed has to be released. */
  readonly #givingUp = new AbortController();
  readonly #stopping = new AbortController();
  #flushing = 0;
  #settling = 0;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #failure: Error | undefined;
  #onIdle: (() => void) | undefined;

  constructor({ source, store, deadLetters, clock, log }: WorkerPorts, limits: WorkerLimits) {
    this.#source = source;
    this.#store = new RetryingStore(store, clock, log, this.#givingUp.signal);
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    this.#buffer = new BatchBuffer(limits);
    this.#deadLetters = new DeadLetterQueue(deadLetters, clock, log, this.#givingUp.signal, {
      published: (letters) => {
        this.ledger.deadLettered += letters.length;
        this.#ack(letters.map(({ delivery }) => delivery));
      },
      abandoned: (letters) => {
        this.#release(letters.map(({ delivery }) => delivery));
      },
    });
  }

  /**
   * Works until `stop` is aborted, then drains: stops the intake, flushes and acknowledges what is held, releases what cannot be
   * flushed within the shutdown timeout. Rejects with the error if the subscription or the store failed for good, after
   * releasing everything. The ledger is final once it settled.
   */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener(
      'abort',
      () => {
        this.#stopping.abort();
      },
      { once: true },
    );
    if (stop.aborted) this.#stopping.abort();
    this.#source.start(
      (deliveries) => {
        this.#receive(deliveries);
      },
      (error) => {
        this.#fail(error);
      },
    );
    await aborted(this.#stopping.signal);
    await this.#shutDown();
    if (this.#failure) throw this.#failure;
  }

  #receive(deliveries: readonly Delivery[]): void {
    this.ledger.received += deliveries.length;
    const letters: DeadLetter[] = [];
    for (const delivery of deliveries) {
      const decoded = decode(delivery);
      if (isRejection(decoded)) letters.push({ delivery, rejection: decoded });
      else this.#buffer.push(decoded, delivery);
    }
    if (letters.length > 0) this.#deadLetters.add(letters);
    this.#pump();
  }

  /** Starts every flush that is due and has a place, and sets the timer for the next. */
  #pump(): void {
    if (this.#givingUp.signal.aborted) return;
    while (this.#flushing < this.#limits.flushesInFlight) {
      const batch = this.#buffer.take(this.#clock.now());
      if (batch === undefined) break;
      this.#flushing += 1;
      void this.#flush(batch);
    }
    this.#setTimer();
  }

  /** One timer for the whole buffer. With no place for a flush none is needed: the next flush that ends pumps. */
  #setTimer(): void {
    const atMs = this.#flushing < this.#limits.flushesInFlight ? this.#buffer.dueAtMs() : undefined;
    if (this.#timer !== undefined && atMs !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (atMs === undefined) return;
    const cancel = this.#clock.schedule(Math.max(0, atMs - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#pump();
    });
    this.#timer = { atMs, cancel };
  }

  async #flush(batch: Batch): Promise<void> {
    const startMs = this.#clock.now();
    const written: WriteResult[] = [];
    const unwritten = await flush(this.#store, batch, {
      committed: (part, result) => {
        written.push(result);
        this.#committed(part, result);
      },
      refused: (delivery, rejection) => {
        this.#deadLetters.add([{ delivery, rejection }]);
      },
    });
    if (unwritten) this.#unwritten(unwritten.deliveries, unwritten.error);
    this.#logFlush(batch, written, this.#clock.now() - startMs);
    this.#flushing -= 1;
    this.#pump();
    this.#checkIdle();
  }

  #committed(part: Part, { stored, duplicates }: WriteResult): void {
    this.ledger.stored += stored;
    this.ledger.duplicates += duplicates;
    this.#ack(part.deliveries);
  }

  #unwritten(deliveries: readonly Delivery[], error: unknown): void {
    if (!this.#givingUp.signal.aborted) this.#fail(error instanceof Error ? error : new Error(String(error)));
    this.#release(deliveries);
  }

  #logFlush({ reason, deliveries }: Batch, written: readonly WriteResult[], tookMs: number): void {
    const stored = written.reduce((sum, result) => sum + result.stored, 0);
    const duplicates = written.reduce((sum, result) => sum + result.duplicates, 0);
    if (stored + duplicates === 0) return;
    this.ledger.flushed(reason, stored + duplicates);
    const refused = deliveries.length - stored - duplicates;
    this.#log.info(
      { reason, rows: stored, duplicates, ms: Math.round(tookMs), ...(refused > 0 && { refused }) },
      'flushed',
    );
  }

  #ack(deliveries: readonly Delivery[]): void {
    this.#settle(
      this.#source.ack(deliveries).then((confirmed) => {
        this.ledger.acksUnconfirmed += deliveries.length - confirmed;
      }),
    );
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
  #fail(error: Error): void {
    this.#failure ??= error;
    this.#givingUp.abort(error);
    this.#stopping.abort();
  }

  async #shutDown(): Promise<void> {
    const { shutdownTimeoutMs } = this.#limits;
    this.#source.stop();
    this.#buffer.drain();
    this.#pump();
    if (!this.#failure) await this.#idleWithin(shutdownTimeoutMs * (1 - RELEASE_SHARE));
    this.#givingUp.abort(new Error('the shutdown timeout ran out'));
    this.#timer?.cancel();
    const left = this.#buffer.takeAll();
    if (left.length > 0) this.#release(left);
    await this.#idleWithin(shutdownTimeoutMs * RELEASE_SHARE * 0.5);
    await this.#within(shutdownTimeoutMs * RELEASE_SHARE * 0.5, this.#source.close());
  }

  #idleWithin(limitMs: number): Promise<void> {
    return this.#within(
      limitMs,
      new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        this.#checkIdle();
      }),
    );
  }

  async #within(limitMs: number, work: Promise<unknown>): Promise<void> {
    const limit = new AbortController();
    const cancel = this.#clock.schedule(limitMs, () => {
      limit.abort();
    });
    try {
      await unlessAborted(work, limit.signal);
    } catch (error) {
      if (!limit.signal.aborted) throw error;
    } finally {
      cancel();
    }
  }

  #checkIdle(): void {
    if (this.#buffer.rows + this.#flushing + this.#settling === 0 && this.#deadLetters.idle) this.#onIdle?.();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
