import type { LogEntry } from '../logs/entry.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { type BatchPart, type RefusedRow, writeOrBisect } from './bisect.ts';
import { type Batch, BatchBuffer, type BatchLimits, type FlushReason } from './buffer.ts';
import { type OpenOutage, Outage } from './outage.ts';
import type { Clock, Delivery, Log, LogStore, WriteResult } from './ports.ts';
import { type Flushed, Suspects } from './suspects.ts';

export interface FlushLimits extends BatchLimits {
  /** Batches that are written at once, each on a connection of its own. */
  readonly flushesInFlight: number;
  /** How long refused rows wait for others to pass, at most: see `Suspects`. */
  readonly refusedRowsTimeoutMs: number;
}

/** What a flusher works with. */
export interface FlusherPorts {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What becomes of the entries; every one is in exactly one report, or its delivery is taken back by
 * `takeAll`.
 */
export interface FlushReports {
  /** This part's transaction committed: its entries are settled. */
  committed(part: BatchPart, result: WriteResult): void;
  /** The database refuses this row, and takes others. */
  refused(row: RefusedRow): void;
  /** A flush ended early: these entries are not stored, as far as we know. */
  unwritten(deliveries: readonly Delivery[], error: unknown): void;
  /** A flush is over; it took `tookMs`. `rows` is how many of its entries are in the database. */
  flushed(reason: FlushReason, rows: number, tookMs: number): void;
}

/** Short enough that a table which was mended is used within seconds. */
const FAULT_BACKOFF: Backoff = { baseMs: 500, capMs: 4_000 };
/** A few refused rows wait for others to pass, rather than for their next try. */
const DOUBT_BACKOFF: Backoff = { baseMs: 1_000, capMs: 30_000 };
const NOTHING: BatchPart = { entries: [], deliveries: [] };

/**
 * Fills the buffer and flushes it: batches that are due, as many at once as there are places, each when it
 * falls due. Rows that the database refuses wait here until it is known whether they are bad or the table is;
 * while the table is, no flush begins but to see whether it was mended.
 */
export class Flusher {
  readonly #ports: FlusherPorts;
  readonly #limits: FlushLimits;
  readonly #reports: FlushReports;
  readonly #buffer: BatchBuffer;
  readonly #suspects: Suspects;
  readonly #refusals: Outage;
  /** Set until the next try of rows that were refused. */
  #cancelRetry: (() => void) | undefined;
  /** No flush begins before that try: the table takes none of them. */
  #atFault = false;
  #retries = 0;
  #inFlight = 0;
  #stopped = false;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  constructor(ports: FlusherPorts, limits: FlushLimits, reports: FlushReports) {
    this.#ports = ports;
    this.#limits = limits;
    this.#reports = reports;
    this.#buffer = new BatchBuffer(limits);
    this.#suspects = new Suspects(limits.refusedRowsTimeoutMs);
    this.#refusals = new Outage('the database refuses the rows', ports.clock, ports.log);
  }

  /** Whether nothing waits and nothing is being written. */
  get idle(): boolean {
    return this.#inFlight + this.#buffer.rows + this.#suspects.waiting === 0;
  }

  /** The database refuses rows, and they are kept: the table is at fault, or too little was tried to tell. */
  get outage(): OpenOutage | undefined {
    return this.#refusals.current;
  }

  /** Adds an entry. Call `pump` after the last of those that came together. */
  push(entry: LogEntry, delivery: Delivery): void {
    this.#buffer.push(entry, delivery);
  }

  /** Starts every flush that is due and has a place, and sets the timer for the next. */
  pump(): void {
    while (this.#hasPlace) {
      const batch = this.#buffer.take(this.#ports.clock.now());
      if (batch === undefined) break;
      this.#inFlight += 1;
      void this.#flush(batch);
    }
    this.#setTimer();
  }

  /** Whether rows wait for a flush or are being written: not those that are suspected. */
  get moving(): boolean {
    return this.#inFlight + this.#buffer.rows > 0;
  }

  /** Flushes what there is, if nothing is being written: others wait for the room that it takes. */
  makeRoom(): void {
    if (this.#inFlight > 0) return;
    this.#buffer.makeRoom();
    this.pump();
  }

  /** From now on everything is flushed at once. */
  drain(): void {
    this.#buffer.drain();
    this.pump();
  }

  /** Begins no further flush, and returns what is left. */
  takeAll(): readonly Delivery[] {
    this.#stopped = true;
    this.#dropRetry();
    const left = [...this.#buffer.takeAll(), ...this.#suspects.takeWaiting().deliveries];
    this.#setTimer();
    return left;
  }

  get #hasPlace(): boolean {
    return !this.#stopped && !this.#atFault && this.#inFlight < this.#limits.flushesInFlight;
  }

  /**
   * One timer for the whole buffer. With no place for a flush none is needed: the next flush that ends pumps.
   */
  #setTimer(): void {
    const { clock } = this.#ports;
    const atMs = this.#hasPlace ? this.#buffer.dueAtMs() : undefined;
    if (this.#timer !== undefined && atMs !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (atMs === undefined) return;
    const cancel = clock.schedule(Math.max(0, atMs - clock.now()), () => {
      this.#timer = undefined;
      this.pump();
    });
    this.#timer = { atMs, cancel };
  }

  async #flush(batch: Batch): Promise<void> {
    const { store, clock } = this.#ports;
    const startMs = clock.now();
    const total = { stored: 0, duplicates: 0 };
    const outcome = await writeOrBisect(batch, {
      store,
      committed: (part, result) => {
        total.stored += result.stored;
        total.duplicates += result.duplicates;
        this.#suspects.committed(part.entries);
        this.#reports.committed(part, result);
      },
    });
    this.#inFlight -= 1;
    this.#keepOrReport({ entries: batch.entries, outcome, result: total });
    this.#ended(batch, total, clock.now() - startMs);
    this.pump();
  }

  /** Deals with what was not committed. */
  #keepOrReport(flushed: Flushed): void {
    const { left, refused, failure } = flushed.outcome;
    const { stored, duplicates } = flushed.result;
    if (this.#stopped) {
      const deliveries = [...left.deliveries, ...refused.map(({ delivery }) => delivery)];
      if (deliveries.length > 0) this.#reports.unwritten(deliveries, failure?.error);
      return;
    }
    if (failure) this.#reports.unwritten(left.deliveries, failure.error);
    const judgement = this.#suspects.judge(flushed, this.#ports.clock.now());
    const { kind, bad, reason, untried, lastTry } = judgement;
    for (const row of bad) this.#reports.refused(row);
    this.#buffer.putBack(untried, kind === 'fault' ? this.#suspects.takeWaiting() : lastTry);
    if (kind === 'none') {
      if (stored + duplicates + bad.length > 0) this.#refusalsAreOver();
    } else if (kind === 'doubt') {
      this.#retryLater(reason);
    } else if (kind === 'fault') {
      // The next try of a few rows is later than that of a table.
      if (!this.#atFault) this.#dropRetry();
      this.#atFault = true;
      this.#retryLater(reason);
    }
  }

  #dropRetry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  #refusalsAreOver(): void {
    if (this.#atFault) return;
    this.#dropRetry();
    this.#retries = 0;
    this.#refusals.passed();
  }

  /** One timer for all: what is refused before it rings is tried again with the others. */
  #retryLater(reason: string): void {
    // That a table is at fault is logged at once; a few refused rows only if they are refused again.
    this.#refusals.failed(this.#retries + (this.#atFault ? 1 : 0), reason);
    const delayMs = backoffMs(this.#retries, this.#atFault ? FAULT_BACKOFF : DOUBT_BACKOFF);
    this.#cancelRetry ??= this.#ports.clock.schedule(delayMs, () => {
      this.#cancelRetry = undefined;
      this.#atFault = false;
      this.#retries += 1;
      this.#buffer.putBack(NOTHING, this.#suspects.takeWaiting());
      this.pump();
    });
  }

  #ended({ reason, deliveries }: Batch, { stored, duplicates }: WriteResult, tookMs: number): void {
    const rows = stored + duplicates;
    const missing = deliveries.length - rows;
    const fields = { reason, rows: stored, duplicates, ms: Math.round(tookMs) };
    if (rows > 0) this.#ports.log.info(missing > 0 ? { ...fields, missing } : fields, 'flushed');
    this.#reports.flushed(reason, rows, tookMs);
  }
}
