import type { LogEntry } from '../logs/entry.ts';
import { type BatchOutcome, type BatchPart, mostFrequent, type RefusedRow } from './bisect.ts';
import type { Delivery, WriteResult } from './ports.ts';

/**
 * From so many rows on that are refused with one code, the table may be at fault. Fewer may come from one
 * service that makes a mistake, in a single response of the stream.
 */
const FAULT_ROWS = 10;
/**
 * A refused row raises the score by this much, a row that is stored lowers it by one: so the score rises from
 * a third of the rows on.
 */
const REFUSED_POINTS = 2;
/** From here on the table is at fault. */
const FAULT_SCORE = FAULT_ROWS * REFUSED_POINTS;
/**
 * From here down the refused rows are bad. So one needs 22 others to pass, and if every second row is refused,
 * by chance, it is taken for bad once in 40,000 times.
 */
const SURE_SCORE = -FAULT_SCORE;
/** The score falls no further, so that ever so many good rows before do not hide a fault that begins. */
const LOWEST_SCORE = SURE_SCORE - 10;

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
  /** These were not tried, since trying them was of no use: they are to be flushed again. */
  readonly untried: BatchPart;
  /**
   * These are bad if they are refused once more: they were last tried before what shows now that the table takes
   * others, and somebody may have mended it in between. They are to be flushed again.
   */
  readonly lastTry: BatchPart;
}

/** A flush that ended. */
export interface Flushed {
  /** Its entries, in the order in which they came. */
  readonly entries: readonly LogEntry[];
  readonly outcome: BatchOutcome;
  /** New rows, and entries whose row was there before: those say nothing of what the table takes now. */
  readonly result: WriteResult;
}

/**
 * Tells bad rows from a table that is at fault, such as one whose newest partition is missing. One refused
 * row says nothing: it is suspected, and kept, until enough others have passed since (it is bad), or enough
 * others are refused with the same code (the table is at fault).
 *
 * What decides is a score, as in a sequential test: it is the highest of what every stretch of rows up to now
 * comes to, with points for those that are refused and against them for those that pass. So a fault shows
 * wherever it begins, in the middle of a batch too. Rows that are left untried count as refused until they
 * pass. After a fault nothing is bad before it has gone well for the timeout: until then, good rows that come for a
 * while may be of another kind than the refused ones.
 */
export class Suspects {
  /** Those refused at their last try, by their entry. */
  readonly #rows = new Map<LogEntry, RefusedRow>();
  /** Those that were not tried because so many others beside them are refused. */
  readonly #untried = new Set<LogEntry>();
  /** Those of `#rows` that are to be tried again, and are not yet. */
  #waiting: RefusedRow[] = [];
  /** Found to be bad, but for the try that is going on or due. */
  readonly #condemned = new Map<LogEntry, RefusedRow>();
  #score = 0;
  /** The table was at fault since the first of `#rows` was refused. */
  #wasAtFault = false;
  /** When the first of `#rows` was refused, or the table was last at fault. */
  #sinceMs = 0;

  readonly #timeoutMs: number;

  /**
   * `timeoutMs`: how long a few refused rows wait for others to pass, and how long it has to go well after a
   * fault before what is still refused is taken for bad. With ten minutes and one message a minute, a table at
   * fault is still found by `FAULT_ROWS`, and a bad row that comes alone is a dead letter before anyone has to
   * look for it.
   */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** How many wait for their next try. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** These are in the database. */
  committed(entries: readonly LogEntry[]): void {
    if (this.#rows.size + this.#untried.size + this.#condemned.size === 0) return;
    for (const entry of entries) {
      this.#condemned.delete(entry);
      if (this.#rows.delete(entry) || this.#untried.delete(entry)) this.#score -= REFUSED_POINTS;
    }
  }

  /** Those that wait, to be tried again; they stay suspected. */
  takeWaiting(): BatchPart {
    return partOf(this.#waiting.splice(0));
  }

  /** Judges after a flush that ended at `nowMs`. */
  judge(flushed: Flushed, nowMs: number): Judgement {
    const { refused, hopelessCode } = flushed.outcome;
    if (this.#rows.size + this.#untried.size === 0) this.#begin(nowMs);
    if (hopelessCode !== undefined) this.#pardonAll();
    const fresh = new Set<LogEntry>();
    const bad = this.#suspect(refused, fresh);
    const untried = hopelessCode === undefined ? NOTHING : this.#keepUntried(flushed.outcome.left, fresh);
    this.#count(flushed, fresh);
    const isFault = this.#score >= FAULT_SCORE && (hopelessCode !== undefined || this.#isOneCode());
    if (isFault) {
      this.#wasAtFault = true;
      this.#sinceMs = nowMs;
    }
    const isOverdue = nowMs - this.#sinceMs >= this.#timeoutMs;
    const isSure = !isFault && (isOverdue || (!this.#wasAtFault && this.#score <= SURE_SCORE));
    const lastTry = isSure ? this.#condemnAll(isOverdue ? this.#waiting : refused, bad) : NOTHING;
    if (this.#rows.size === 0) return { kind: 'none', bad, reason: '', untried, lastTry };
    const kind = refused.length === 0 ? 'open' : isFault ? 'fault' : 'doubt';
    return { kind, bad, reason: this.#reason(), untried, lastTry };
  }

  #begin(nowMs: number): void {
    this.#score = 0;
    this.#wasAtFault = false;
    this.#sinceMs = nowMs;
  }

  /** Returns those that are known to be bad; adds those that are refused for the first time to `fresh`. */
  #suspect(refused: readonly RefusedRow[], fresh: Set<LogEntry>): RefusedRow[] {
    const bad: RefusedRow[] = [];
    for (const row of refused) {
      const { entry, error } = row;
      if (this.#condemned.delete(entry) || error.isOfRowAlone) {
        this.#untried.delete(entry);
        bad.push(row);
        continue;
      }
      if (!this.#rows.has(entry) && !this.#untried.delete(entry)) fresh.add(entry);
      this.#rows.set(entry, row);
      this.#waiting.push(row);
    }
    return bad;
  }

  /** Returns those that nothing is known of. The others were refused before, and wait with the rest. */
  #keepUntried(left: BatchPart, fresh: Set<LogEntry>): BatchPart {
    const entries: LogEntry[] = [];
    const deliveries: Delivery[] = [];
    for (const [index, entry] of left.entries.entries()) {
      const delivery = left.deliveries[index];
      const suspected = this.#rows.get(entry);
      if (suspected !== undefined) {
        this.#waiting.push(suspected);
      } else if (delivery !== undefined) {
        if (!this.#untried.has(entry)) fresh.add(entry);
        this.#untried.add(entry);
        entries.push(entry);
        deliveries.push(delivery);
      }
    }
    return { entries, deliveries };
  }

  /** Row by row, in the order in which they came. */
  #count({ entries, outcome, result }: Flushed, fresh: ReadonlySet<LogEntry>): void {
    const { refused, left } = outcome;
    if (refused.length + left.entries.length === 0) {
      this.#score = Math.max(LOWEST_SCORE, this.#score - result.stored);
      return;
    }
    const uncommitted = new Set(left.entries);
    for (const { entry } of refused) uncommitted.add(entry);
    const committed = result.stored + result.duplicates;
    const points = committed === 0 ? 0 : result.stored / committed;
    for (const entry of entries) {
      if (fresh.has(entry)) this.#score += REFUSED_POINTS;
      else if (!uncommitted.has(entry)) this.#score = Math.max(LOWEST_SCORE, this.#score - points);
    }
  }

  #isOneCode(): boolean {
    const most = mostFrequent([...this.#rows.values()].map(codeOf));
    return most !== undefined && most.times >= FAULT_ROWS;
  }

  /** Adds those that `certain` names to `bad`. The others may yet pass: returns those that wait. */
  #condemnAll(certain: readonly RefusedRow[], bad: RefusedRow[]): BatchPart {
    const isCertain = new Set(certain.map(({ entry }) => entry));
    const waiting = this.#waiting.splice(0);
    for (const row of waiting) {
      if (!isCertain.has(row.entry)) continue;
      this.#rows.delete(row.entry);
      bad.push(row);
    }
    for (const [entry, row] of this.#rows) this.#condemned.set(entry, row);
    this.#rows.clear();
    return partOf(waiting.filter(({ entry }) => !isCertain.has(entry)));
  }

  /** The table is at fault again: being refused by it says nothing of a row. */
  #pardonAll(): void {
    for (const [entry, row] of this.#condemned) this.#rows.set(entry, row);
    this.#condemned.clear();
  }

  /** Codes and no more: the database's own words may hold values of the row. */
  #reason(): string {
    const codes = [...new Set([...this.#rows.values()].map(codeOf))].join(', ');
    return `${codes} (${this.#rows.size} row${this.#rows.size === 1 ? '' : 's'} tried alone)`;
  }
}

const NOTHING: BatchPart = { entries: [], deliveries: [] };

function partOf(rows: readonly RefusedRow[]): BatchPart {
  return { entries: rows.map(({ entry }) => entry), deliveries: rows.map(({ delivery }) => delivery) };
}

function codeOf({ error }: RefusedRow): string {
  return error.code;
}
