import type { LogEntry } from '../logs/entry.ts';
import { type BatchOutcome, type BatchPart, mostFrequent, type RefusedRow } from './bisect.ts';

/**
 * From so many rows on that are refused with one code, the table may be at fault. Fewer may come from one
 * service that makes a mistake, in a single response of the stream.
 */
const FAULT_ROWS = 10;
/**
 * For each refused row, so many have to pass before it counts as bad. Two: so the table is at fault from a
 * third of the rows on, which finds a constraint that refuses every second row in spite of chance, while no
 * more than a third of the rows was ever bad.
 */
const PASSED_FOR_EACH_REFUSED = 2;
/**
 * How long a few refused rows wait for others to pass. Ten minutes: with one message a minute, a table at
 * fault is still found by `FAULT_ROWS`, and a bad row that comes alone is a dead letter before anyone has to
 * look for it.
 */
const DOUBT_MS = 600_000;

/** What is known after a flush. */
export interface Judgement {
  /**
   * `none`: no row is suspected. `open`: some are, and this flush met none. `doubt`: it refused some, and too
   * little was tried to tell why. `fault`: the table is at fault, or a constraint on it.
   */
  readonly kind: 'none' | 'open' | 'doubt' | 'fault';
  /** These rows are bad: the table takes others. */
  readonly bad: readonly RefusedRow[];
  /** Which codes rows are refused with, for a person; empty for `none`. */
  readonly reason: string;
}

/**
 * Tells bad rows from a table that is at fault, such as one whose newest partition is missing. One refused
 * row says nothing: it is suspected, and kept, until enough others have passed since (it is bad), or enough
 * others are refused with the same code (the table is at fault). What is tried is counted over batches, since
 * a batch may be a single row.
 */
export class Suspects {
  /** Those refused at their last try, by their entry. */
  readonly #rows = new Map<LogEntry, RefusedRow>();
  /** Those of them that are to be tried again, and are not yet. */
  #waiting: RefusedRow[] = [];
  /** Found to be bad while they were being tried again. */
  readonly #condemned = new Set<LogEntry>();
  /** Rows stored since the first of `#rows` was refused, or since a whole batch was. */
  #passed = 0;
  #sinceMs = 0;

  /** How many wait for their next try. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** These are in the database. */
  committed(entries: readonly LogEntry[]): void {
    if (this.#rows.size + this.#condemned.size === 0) return;
    for (const entry of entries) {
      this.#rows.delete(entry);
      this.#condemned.delete(entry);
    }
  }

  /** Those that wait, to be tried again; they stay suspected. */
  takeWaiting(): BatchPart {
    const rows = this.#waiting.splice(0);
    return { entries: rows.map(({ entry }) => entry), deliveries: rows.map(({ delivery }) => delivery) };
  }

  /** Judges after a flush that ended at `nowMs` and stored so many new rows. */
  judge({ refused, hopelessCode }: BatchOutcome, stored: number, nowMs: number): Judgement {
    if (this.#rows.size === 0) {
      this.#passed = 0;
      this.#sinceMs = nowMs;
    }
    const bad = this.#suspect(refused);
    this.#passed += stored;
    if (hopelessCode !== undefined) {
      this.#passed = 0;
      return { kind: 'fault', bad, reason: this.#reason() };
    }
    const most = mostFrequent(refused.length > 0 ? [...this.#rows.values()].map(codeOf) : []);
    const isFault = most !== undefined && most.times >= FAULT_ROWS;
    const isOverdue = !isFault && nowMs - this.#sinceMs >= DOUBT_MS;
    if (this.#passed > this.#rows.size * PASSED_FOR_EACH_REFUSED || isOverdue)
      bad.push(...this.#condemnAll());
    if (this.#rows.size === 0) return { kind: 'none', bad, reason: '' };
    const kind = isFault ? 'fault' : most === undefined ? 'open' : 'doubt';
    return { kind, bad, reason: this.#reason() };
  }

  /** Returns those that are known to be bad. */
  #suspect(refused: readonly RefusedRow[]): RefusedRow[] {
    const bad: RefusedRow[] = [];
    for (const row of refused) {
      if (this.#condemned.delete(row.entry)) {
        bad.push(row);
      } else {
        this.#rows.set(row.entry, row);
        this.#waiting.push(row);
      }
    }
    return bad;
  }

  /** Returns those that wait. The others are being tried again, and may yet pass. */
  #condemnAll(): RefusedRow[] {
    const bad = this.#waiting.splice(0);
    for (const { entry } of bad) this.#rows.delete(entry);
    for (const entry of this.#rows.keys()) this.#condemned.add(entry);
    this.#rows.clear();
    return bad;
  }

  /** Codes and no more: the database's own words may hold values of the row. */
  #reason(): string {
    const codes = [...new Set([...this.#rows.values()].map(codeOf))].join(', ');
    return `${codes} (${this.#rows.size} row${this.#rows.size === 1 ? '' : 's'} tried alone)`;
  }
}

function codeOf({ error }: RefusedRow): string {
  return error.code;
}
