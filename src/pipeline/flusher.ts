import type { LogEntry } from '../logs/entry.ts';
import { writeOrBisect, type BatchPart, type Unwritten, type WriteReports } from './bisect.ts';
import { BatchBuffer, type Batch, type BatchLimits, type FlushReason } from './buffer.ts';
import type { Clock, Delivery, Log, LogStore, WriteResult } from './ports.ts';

export interface FlushLimits extends BatchLimits {
  /** Batches that are written at once, each on a connection of its own. */
  readonly flushesInFlight: number;
}

/** What becomes of the entries; every delivery is in exactly one report, or taken back by `takeAll`. */
export interface FlushReports extends WriteReports {
  /** A flush ended early: these deliveries are not stored, as far as we know. */
  unwritten(unwritten: Unwritten): void;
  /** A flush is over; it took `tookMs`. `rows` is how many of its entries are in the database. */
  flushed(reason: FlushReason, rows: number, tookMs: number): void;
}

/** Fills the buffer and flushes it: batches that are due, as many at once as there are places, each when it falls due. */
export class Flusher {
  readonly #store: LogStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: FlushLimits;
  readonly #reports: FlushReports;
  readonly #buffer: BatchBuffer;
  #inFlight = 0;
  #stopped = false;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  constructor(store: LogStore, clock: Clock, log: Log, limits: FlushLimits, reports: FlushReports) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    this.#reports = reports;
    this.#buffer = new BatchBuffer(limits);
  }

  /** Whether nothing waits and nothing is being written. */
  get idle(): boolean {
    return this.#inFlight + this.#buffer.rows === 0;
  }

  /** Adds an entry. Call `pump` after the last of those that came together. */
  push(entry: LogEntry, delivery: Delivery): void {
    this.#buffer.push(entry, delivery);
  }

  /** Starts every flush that is due and has a place, and sets the timer for the next. */
  pump(): void {
    while (!this.#stopped && this.#inFlight < this.#limits.flushesInFlight) {
      const batch = this.#buffer.take(this.#clock.now());
      if (batch === undefined) break;
      this.#inFlight += 1;
      void this.#flush(batch);
    }
    this.#setTimer();
  }

  /** From now on everything is flushed at once. */
  drain(): void {
    this.#buffer.drain();
    this.pump();
  }

  /** Begins no further flush, and returns what is left in the buffer. */
  takeAll(): readonly Delivery[] {
    this.#stopped = true;
    const left = this.#buffer.takeAll();
    this.#setTimer();
    return left;
  }

  /** One timer for the whole buffer. With no place for a flush none is needed: the next flush that ends pumps. */
  #setTimer(): void {
    const hasPlace = this.#inFlight < this.#limits.flushesInFlight;
    const atMs = hasPlace ? this.#buffer.dueAtMs() : undefined;
    if (this.#timer !== undefined && atMs !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (atMs === undefined) return;
    const cancel = this.#clock.schedule(Math.max(0, atMs - this.#clock.now()), () => {
      this.#timer = undefined;
      this.pump();
    });
    this.#timer = { atMs, cancel };
  }

  async #flush(batch: Batch): Promise<void> {
    const startMs = this.#clock.now();
    const total = { stored: 0, duplicates: 0 };
    const unwritten = await writeOrBisect(this.#store, batch, {
      committed: (part: BatchPart, result: WriteResult) => {
        total.stored += result.stored;
        total.duplicates += result.duplicates;
        this.#reports.committed(part, result);
      },
      refused: (delivery, rejection) => {
        this.#reports.refused(delivery, rejection);
      },
    });
    this.#inFlight -= 1;
    if (unwritten) this.#reports.unwritten(unwritten);
    this.#ended(batch, total, this.#clock.now() - startMs);
    this.pump();
  }

  #ended({ reason, deliveries }: Batch, { stored, duplicates }: WriteResult, tookMs: number): void {
    const rows = stored + duplicates;
    const missing = deliveries.length - rows;
    const fields = { reason, rows: stored, duplicates, ms: Math.round(tookMs) };
    if (rows > 0) this.#log.info(missing > 0 ? { ...fields, missing } : fields, 'flushed');
    this.#reports.flushed(reason, rows, tookMs);
  }
}
