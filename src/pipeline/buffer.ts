import type { LogEntry } from '../logs/entry.ts';
import type { BatchPart } from './bisect.ts';
import type { Delivery } from './ports.ts';

/** Why a batch is flushed: enough rows, enough bytes, waited long enough, or the worker stops. */
export const FLUSH_REASONS = ['size', 'bytes', 'interval', 'drain'] as const;

export type FlushReason = (typeof FLUSH_REASONS)[number];

/**
 * Entries taken together from the buffer; `entries[i]` was decoded from `deliveries[i]`. Never changed
 * afterwards.
 */
export interface Batch {
  readonly reason: FlushReason;
  readonly entries: readonly LogEntry[];
  readonly deliveries: readonly Delivery[];
}

/** When a batch is full or due. */
export interface BatchLimits {
  /** Rows of a full batch, at least 1. */
  readonly maxRows: number;
  /** Bytes of a full batch. A single larger entry is a batch of its own. */
  readonly maxBytes: number;
  /** An entry waits no longer than this, in milliseconds from when its message was received. */
  readonly flushIntervalMs: number;
}

/**
 * The open batch: a queue of entries with their deliveries, and the policy of when to flush how many of them.
 *
 * Two parallel arrays, so that an entry costs no object of its own and a batch goes to the store and to the
 * acknowledgement without another copy.
 */
export class BatchBuffer {
  readonly #limits: BatchLimits;
  #entries: LogEntry[] = [];
  #deliveries: Delivery[] = [];
  #bytes = 0;
  /** How many of the first entries have to go now, whatever the size: an interval flush or a drain. */
  #dueRows = 0;
  #dueFor: 'interval' | 'bytes' = 'interval';
  #draining = false;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get rows(): number {
    return this.#entries.length;
  }

  /** Deliveries must be pushed in the order of their `receivedAtMs`: the first is the next that falls due. */
  push(entry: LogEntry, delivery: Delivery): void {
    this.#entries.push(entry);
    this.#deliveries.push(delivery);
    this.#bytes += delivery.bytes;
  }

  /** From now on everything is due at once. */
  drain(): void {
    this.#draining = true;
  }

  /** What is in the buffer is due at once, full batch or not: others wait for the room that it takes. */
  makeRoom(): void {
    this.#dueRows = this.#entries.length;
    this.#dueFor = 'bytes';
  }

  /**
   * When the next interval flush falls due, in the clock's milliseconds; undefined while nothing waits for
   * one.
   */
  dueAtMs(): number | undefined {
    const oldest = this.#deliveries[this.#dueRows];
    return oldest && oldest.receivedAtMs + this.#limits.flushIntervalMs;
  }

  /**
   * Puts entries back that were taken: `first` before all others, `last` behind them. All that is in the
   * buffer is due at once, for it has waited its time.
   */
  putBack(first: BatchPart, last: BatchPart): void {
    if (first.entries.length + last.entries.length === 0) return;
    this.#entries = [...first.entries, ...this.#entries, ...last.entries];
    this.#deliveries = [...first.deliveries, ...this.#deliveries, ...last.deliveries];
    for (const { deliveries } of [first, last]) for (const { bytes } of deliveries) this.#bytes += bytes;
    this.#dueRows = this.#entries.length;
    this.#dueFor = 'interval';
  }

  /** Takes the next batch that should be flushed at `nowMs`, or undefined if none should be yet. */
  take(nowMs: number): Batch | undefined {
    this.#noteDue(nowMs);
    const reason = this.#reason();
    if (reason === undefined) return undefined;
    const rows = this.#rowsThatFit();
    const batch: Batch = {
      reason: reason === 'size' && rows < this.#limits.maxRows ? 'bytes' : reason,
      entries: this.#entries.splice(0, rows),
      deliveries: this.#deliveries.splice(0, rows),
    };
    for (const delivery of batch.deliveries) this.#bytes -= delivery.bytes;
    this.#dueRows = Math.max(0, this.#dueRows - rows);
    return batch;
  }

  /** Empties the buffer and returns what was in it, to be released. */
  takeAll(): Delivery[] {
    const deliveries = this.#deliveries;
    this.#entries = [];
    this.#deliveries = [];
    this.#bytes = 0;
    this.#dueRows = 0;
    return deliveries;
  }

  /** An interval flush empties the queue: what came in after the entry that fell due goes with it. */
  #noteDue(nowMs: number): void {
    const dueAtMs = this.dueAtMs();
    if (dueAtMs === undefined || dueAtMs > nowMs) return;
    this.#dueRows = this.#entries.length;
    this.#dueFor = 'interval';
  }

  #reason(): FlushReason | undefined {
    if (this.#entries.length === 0) return undefined;
    if (this.#draining) return 'drain';
    if (this.#dueRows > 0) return this.#dueFor;
    if (this.#entries.length >= this.#limits.maxRows) return 'size';
    if (this.#bytes >= this.#limits.maxBytes) return 'bytes';
    return undefined;
  }

  #rowsThatFit(): number {
    const rows = Math.min(this.#entries.length, this.#limits.maxRows);
    if (this.#bytes <= this.#limits.maxBytes) return rows;
    let bytes = 0;
    for (let row = 0; row < rows; row += 1) {
      bytes += this.#deliveries[row]?.bytes ?? 0;
      if (bytes > this.#limits.maxBytes) return Math.max(1, row);
    }
    return rows;
  }
}
