import { eventOf } from './run-ids.ts';
import { type SeqRange, SeqSet } from './seq-set.ts';

/** Numbers of messages: how many, and the first hundred ranges of them. */
export interface SeqList {
  readonly total: number;
  readonly ranges: readonly SeqRange[];
}

/** What became of the messages of a run. */
export interface RunSummary {
  readonly run: string;
  /**
   * How many messages there should be, numbered from 1: as many as were expected, else up to the highest that
   * was seen.
   */
  readonly published: number;
  /** Messages that have a row. */
  readonly stored: number;
  /** Messages that have no row and are a dead letter. */
  readonly deadLettered: number;
  /**
   * Messages that have a row and are a dead letter too: replayed, and the letter's removal was not confirmed.
   * They count as stored.
   */
  readonly both: number;
  /** Messages that are nowhere. */
  readonly missing: SeqList;
  /** Messages that have more than one row. */
  readonly doubled: SeqList;
  /** Messages with a number above what was expected. */
  readonly unexpected: SeqList;
  /**
   * Whether every message is in one place: none missing, doubled or unexpected; and there is at least one.
   */
  readonly complete: boolean;
}

const SHOWN_RANGES = 100;

/** Keeps account of the messages of a run by their numbers. Its memory is a few bits a message. */
export class RunAccount {
  readonly #run: string;
  readonly #seen = new SeqSet();
  readonly #stored = new SeqSet();
  /** Those of which the first entry, or the only one, is stored. */
  readonly #first = new SeqSet();
  readonly #doubled = new SeqSet();
  readonly #dead = new SeqSet();

  constructor(run: string) {
    this.#run = run;
  }

  /** Takes down a row; those of other runs are passed over. */
  addRow(eventId: string): void {
    const event = eventOf(this.#run, eventId);
    if (event === undefined) return;
    const { seq, isFirst } = event;
    this.#seen.add(seq);
    this.#stored.add(seq);
    if (isFirst && !this.#first.add(seq)) this.#doubled.add(seq);
  }

  /** Takes down a dead letter; those of other runs are passed over. A letter that is there twice is one. */
  addDeadLetter(eventId: string): void {
    const event = eventOf(this.#run, eventId);
    if (event === undefined) return;
    this.#seen.add(event.seq);
    this.#dead.add(event.seq);
  }

  /** `expected` is how many messages the run should have, if that is known. */
  summary(expected?: number): RunSummary {
    const published = expected ?? this.#seen.highest;
    const deadLettered = this.#seen.size - this.#stored.size;
    const missing = listed(this.#seen.gaps(published));
    const doubled = listed(this.#doubled.ranges());
    const unexpected = listed(this.#seen.ranges(published + 1));
    const amiss = missing.total + doubled.total + unexpected.total;
    return {
      run: this.#run,
      published,
      stored: this.#stored.size,
      deadLettered,
      both: this.#dead.size - deadLettered,
      missing,
      doubled,
      unexpected,
      complete: amiss === 0 && this.#seen.size > 0,
    };
  }
}

function listed(ranges: Iterable<SeqRange>): SeqList {
  const first: SeqRange[] = [];
  let total = 0;
  for (const range of ranges) {
    total += range.last - range.first + 1;
    if (first.length < SHOWN_RANGES) first.push(range);
  }
  return { total, ranges: first };
}
