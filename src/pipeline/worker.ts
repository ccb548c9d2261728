import type { Message } from '../logs/message.ts';
import { CarefulDecoder } from './careful-decode.ts';
import { aborted, within } from './clock.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { Flusher, type FlushLimits, type FlushReports } from './flusher.ts';
import { Intake } from './intake.ts';
import { Ledger } from './ledger.ts';
import type { OpenOutage } from './outage.ts';
import type { Clock, DeadLetters, Log, LogStore, Source } from './ports.ts';
import { RetryingStore } from './retrying-store.ts';
import type { Screened } from './screened.ts';
import { Settlement } from './settlement.ts';
import type { ScreeningCounts, WaitingLetters, WorkerEvents, WorkerStatus } from './status.ts';

/** What a worker works with. The worker closes the source; the store is the caller's. */
export interface WorkerPorts {
  readonly source: Source;
  /** Reads a message, with the same result on every redelivery. What it throws makes the message a dead letter. */
  readonly decode: (message: Message) => Screened;
  readonly store: LogStore;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
  readonly events?: WorkerEvents;
  /** What `decode` did not leave as it came, to be shown. */
  readonly screening?: ScreeningCounts | undefined;
}

export interface WorkerLimits extends FlushLimits {
  /** A stop takes no longer than this, in milliseconds: what cannot be flushed by then is released. */
  readonly shutdownTimeoutMs: number;
}

/**
 * How the shutdown timeout is shared out: to flush what is held, then to give back what could not be flushed.
 * The rest is the caller's, for closing what it opened.
 */
const DRAIN_SHARE = 0.75;
const RELEASE_SHARE = 0.1;

/**
 * The worker: takes deliveries from the source, decodes them into the buffer, flushes batches to the store,
 * and acknowledges after the commit. It holds nothing but what the source has leased to it, and the source
 * bounds that.
 */
export class Worker implements WorkerStatus {
  readonly ledger = new Ledger();
  readonly screening: ScreeningCounts | undefined;
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #shutdownTimeoutMs: number;
  readonly #store: RetryingStore;
  readonly #flusher: Flusher;
  readonly #deadLetters: DeadLetterQueue;
  readonly #settlement: Settlement;
  readonly #intake: Intake;
  /** Aborted when what is not stored yet has to be released. */
  readonly #givingUp = new AbortController();
  readonly #stopping = new AbortController();
  #failure: Error | undefined;
  #draining = false;
  #flushedAtMs: number | undefined;
  #onIdle: (() => void) | undefined;

  constructor(ports: WorkerPorts, limits: WorkerLimits) {
    const { source, decode, store, deadLetters, clock, log, events, screening } = ports;
    const { signal } = this.#givingUp;
    this.screening = screening;
    this.#source = source;
    this.#clock = clock;
    this.#shutdownTimeoutMs = limits.shutdownTimeoutMs;
    const idle = () => this.#goOn();
    this.#settlement = new Settlement({
      source,
      ledger: this.ledger,
      dead: (letter) => {
        this.#deadLetters.add([letter]);
      },
      idle,
    });
    this.#store = new RetryingStore({ store, clock, log, signal, ...(events && { events }) });
    this.#flusher = new Flusher({ store: this.#store, clock, log }, limits, this.#flushReports(events));
    this.#deadLetters = new DeadLetterQueue(
      { deadLetters, clock, log, signal },
      {
        published: (letters) => {
          this.#settlement.published(letters);
        },
        abandoned: (letters) => {
          this.#settlement.abandon(letters);
        },
        idle,
      },
    );
    this.#intake = new Intake({
      decoder: new CarefulDecoder(decode, log),
      source,
      ledger: this.ledger,
      flusher: this.#flusher,
      deadLetters: this.#deadLetters,
      settlement: this.#settlement,
    });
  }

  get draining(): boolean {
    return this.#draining;
  }

  get outages(): readonly OpenOutage[] {
    const ofDatabase = [this.#store.outage, this.#flusher.outage].filter((outage) => outage !== undefined);
    return [...ofDatabase, ...this.#deadLetters.outages];
  }

  get refusesRows(): boolean {
    return this.#flusher.outage !== undefined;
  }

  get sinceFlushMs(): number | undefined {
    return this.#flushedAtMs === undefined ? undefined : this.#clock.now() - this.#flushedAtMs;
  }

  get waitingLetters(): WaitingLetters {
    return this.#deadLetters.waiting;
  }

  /**
   * Works until `stop` is aborted, then drains: stops the intake, flushes and acknowledges what is held,
   * releases what cannot be flushed within the shutdown timeout. Rejects with the error if the subscription
   * or the store failed for good, after releasing everything. The ledger is final once it settled.
   */
  async run(stop: AbortSignal): Promise<void> {
    this.#source.start(
      (deliveries) => {
        this.#intake.receive(deliveries);
      },
      (error) => {
        this.#fail(error);
      },
    );
    await aborted(AbortSignal.any([stop, this.#stopping.signal]));
    await this.#shutDown();
    if (this.#failure) throw this.#failure;
  }

  #flushReports(events: WorkerEvents | undefined): FlushReports {
    return {
      committed: ({ deliveries }, { stored, duplicates }) => {
        this.ledger.stored += stored;
        this.ledger.duplicates += duplicates;
        this.#settlement.stored(deliveries);
      },
      refused: ({ entry, delivery, error }) => {
        const reason = `${error.code}: ${error.message}`.slice(0, 500);
        this.#settlement.refused(entry, delivery, { code: 'row_refused', reason });
      },
      unwritten: (deliveries, error) => {
        if (!this.#givingUp.signal.aborted) this.#fail(error);
        this.#settlement.release(deliveries);
      },
      flushed: (reason, rows, tookMs) => {
        if (rows > 0) {
          this.ledger.flushed(reason, rows);
          this.#flushedAtMs = this.#clock.now();
          events?.flushed(reason, rows, tookMs);
        }
        this.#goOn();
      },
    };
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
    this.#intake.stop();
    if (!this.#failure) {
      this.#flusher.drain();
      await within(this.#clock, timeoutMs * DRAIN_SHARE, this.#idle());
    }
    this.#givingUp.abort(new Error('the shutdown timeout ran out'));
    this.#settlement.release(this.#flusher.takeAll());
    await within(this.#clock, timeoutMs * RELEASE_SHARE, this.#idle());
    this.#deadLetters.close();
    this.#source.close();
  }

  /** Resolves when every delivery is settled. */
  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      this.#checkIdle();
    });
  }

  /** Something was written or settled. */
  #goOn(): void {
    this.#intake.goOn();
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (this.#settlement.idle && this.#flusher.idle && this.#deadLetters.idle) this.#onIdle?.();
  }
}
