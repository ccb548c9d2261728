import type { Filter } from '../filter.ts';
import { matches } from '../predicate.ts';
import type { Bucket } from './buckets.ts';
import type { Spending } from './budget.ts';
import { type GroupBy, groupReader } from './group-by.ts';
import type { EntryReader, MinuteRange, RangeCount } from './ports.ts';
import { Scan } from './scan.ts';
import { minutesEarlier, startOf } from './stretch.ts';
import type { Tally } from './tally.ts';
import { splitAtMinutes } from './time-range.ts';

/** What a counter counts, where, and on whose account. */
export interface Counting {
  readonly filter: Filter;
  readonly by: GroupBy;
  readonly tally: Tally;
  readonly reader: EntryReader;
  readonly spending: Spending;
  readonly signal: AbortSignal;
}

/** Ranges of one statement, and how long one is at most. */
const RANGES_AT_ONCE = 32;
const RANGE_MINUTES = 1_440;
/** Entries of a step: all that a piece has. */
const ALL = Number.MAX_SAFE_INTEGER;

/** Fills a tally within a budget, the newest first, and tells it what it had to leave out. */
export class Counter {
  readonly #counting: Counting;

  constructor(counting: Counting) {
    this.#counting = counting;
  }

  /** Looks at every row that may match. */
  async countRows({ from, to }: Bucket): Promise<void> {
    const { filter, by, tally, reader, spending, signal } = this.#counting;
    const scan = new Scan(reader, { filter, stretch: { order: 'newest', from, to } }, signal);
    const valueOf = groupReader(by);
    while (!scan.isOver) {
      if (spending.isUsedUp) {
        tally.leaveOut(from, scan.position === undefined ? to : behind(scan.position.timestamp, to));
        return;
      }
      const { entries, rowsRead } = await scan.step(ALL);
      spending.spend(Math.max(1, rowsRead));
      for (const entry of entries) tally.add(entry.timestamp, valueOf(entry), 1);
    }
  }

  /** Adds up the counts of whole minutes, and looks at the rows of what is left at both ends. */
  async countMinutes({ from, to }: Bucket): Promise<void> {
    const { before, minutes, behind: rest } = splitAtMinutes(from, to);
    if (rest) await this.countRows(rest);
    if (minutes) await this.#addCounts(rangesOf(this.#counting.tally.buckets, minutes));
    if (before) await this.countRows(before);
  }

  async #addCounts(ranges: readonly MinuteRange[]): Promise<void> {
    const { filter, by, tally, reader, spending, signal } = this.#counting;
    const isMatch = matches(filter);
    const valueOf = groupReader(by);
    for (let start = 0; start < ranges.length; start += RANGES_AT_ONCE) {
      const some = ranges.slice(start, start + RANGES_AT_ONCE);
      const [newest, oldest] = [some[0], ranges.at(-1)];
      if (spending.isUsedUp && newest && oldest) {
        tally.leaveOut(startOf(oldest.from), startOf(newest.to));
        return;
      }
      const counts = await reader.rangeCounts(some, signal);
      spending.spend(counts.length);
      for (const counted of counts) {
        const entry = entryOf(counted, some);
        if (isMatch(entry)) tally.add(entry.timestamp, valueOf(entry), counted.count);
      }
    }
  }
}

/** The buckets' parts of some minutes, none longer than a day, the newest first. */
function rangesOf(buckets: readonly Bucket[], { from, to }: MinuteRange): MinuteRange[] {
  const ranges: MinuteRange[] = [];
  for (const bucket of buckets.toReversed()) {
    const first = later(bucket.from.slice(0, 19), from);
    let end = earlier(bucket.to.slice(0, 19), to);
    while (first < end) {
      const start = later(minutesEarlier(end, RANGE_MINUTES), first);
      ranges.push({ from: start, to: end });
      end = start;
    }
  }
  return ranges;
}

/** Any entry that was counted there: all are alike to the filter. */
function entryOf({ serviceName, severity, range }: RangeCount, ranges: readonly MinuteRange[]) {
  const timestamp = startOf(ranges[range]?.from ?? '');
  return { timestamp, serviceName, severity, eventId: '', payload: '', tags: null };
}

/** Of one time some entries were counted, and perhaps not all. */
function behind(timestamp: string, to: string): string {
  const next = `${timestamp}!`;
  return next < to ? next : to;
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}
