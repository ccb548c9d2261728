import { boundsOf } from '../bounds.ts';
import type { Filter } from '../filter.ts';
import { matches } from '../predicate.ts';
import type { Bucket } from './buckets.ts';
import type { Spending } from './budget.ts';
import { type GroupBy, groupReader } from './group-by.ts';
import { piecesOf } from './pieces.ts';
import type { EntryReader, MinuteRange, RangeSum } from './ports.ts';
import { Scan } from './scan.ts';
import { storedRange } from './stored-range.ts';
import { minuteOf, startOf } from './stretch.ts';
import type { Tally } from './tally.ts';
import { splitAtMinutes, within } from './time-range.ts';

/** What a counter counts, where, and on whose account. */
export interface Counting {
  readonly filter: Filter;
  readonly by: GroupBy;
  readonly tally: Tally;
  readonly reader: EntryReader;
  readonly spending: Spending;
  readonly signal: AbortSignal;
}

/** Ranges of one statement. */
const RANGES_AT_ONCE = 32;
/** Of sums, which are read with the proof that they are right, more: as many as a statement of SQLite has parts. */
const SUMS_AT_ONCE = 400;
/** Where ranges are made of several sums each. */
const MIXED_SUMS_AT_ONCE = 64;
/** Counts that are added up between two looks at the budget: tens of milliseconds. */
const COUNTS_AT_ONCE = 50_000;
/** To add up so many counts costs what looking at a row does. */
const COUNTS_OF_A_ROW = 10;
/** Services that a statement names. */
const MAX_SERVICES = 1_000;
const BY_SEVERITY = { by: 'severity' } as const;
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
    if (minutes) await this.#countWholeMinutes(minutes);
    if (before) await this.countRows(before);
  }

  /** From sums of hours and days as far as they can be had, else minute by minute, where something is stored. */
  async #countWholeMinutes(minutes: MinuteRange): Promise<void> {
    const left = await this.#addSums(minutes);
    if (left === undefined) return;
    const { reader, signal } = this.#counting;
    const stored = await storedRange(reader, signal);
    const time = stored && within({ from: startOf(left.from), to: startOf(left.to) }, stored);
    if (time) await this.#countByMinutes({ from: minuteOf(time.from), to: minuteOf(time.to) });
  }

  /** Resolves to what is left to be counted, if there are no sums to be trusted. */
  async #addSums({ from, to }: MinuteRange): Promise<MinuteRange | undefined> {
    const { filter, by, tally, reader, spending, signal } = this.#counting;
    const needsServices = by.kind === 'service' || asksFor('service', filter);
    const needsSeverities = by.kind === 'severity' || asksFor('severity', filter);
    const { services } = boundsOf(filter);
    const named = services !== undefined && services.length <= MAX_SERVICES ? services : undefined;
    const all = rangesOf(tally.buckets, { from, to });
    const isPlain = all.slice(1, -1).every((range) => piecesOf(range).length === 1);
    const parts = [...partsOf(all, isPlain ? SUMS_AT_ONCE : MIXED_SUMS_AT_ONCE)];
    for (const ranges of parts.reverse()) {
      const end = ranges.at(-1)?.to ?? to;
      if (spending.isUsedUp) {
        tally.leaveOut(startOf(from), startOf(end));
        return undefined;
      }
      const request = needsServices
        ? ({ by: needsSeverities ? 'key' : 'service', services: named } as const)
        : BY_SEVERITY;
      const sums = await reader.rangeSums({ ranges, ...request }, signal);
      if (sums === undefined) return { from, to: end };
      this.#add(sums, ranges);
      spending.spend(ranges.length);
    }
    return undefined;
  }

  /** In parts of about so many counts each, however long the time is that they cover. */
  async #countByMinutes({ from, to }: MinuteRange): Promise<void> {
    const { tally, reader, spending, signal } = this.#counting;
    for (let end = to; from < end;) {
      if (spending.isUsedUp) {
        tally.leaveOut(startOf(from), startOf(end));
        return;
      }
      const request = { order: 'newest', from, to: end, maxCounts: COUNTS_AT_ONCE } as const;
      const last = await reader.lastMinute(request, signal);
      const start = last ?? from;
      for (const ranges of partsOf(rangesOf(tally.buckets, { from: start, to: end })))
        await this.#addCounts(ranges);
      spending.spend(last === undefined ? 1 : COUNTS_AT_ONCE / COUNTS_OF_A_ROW);
      end = start;
    }
  }

  async #addCounts(ranges: readonly MinuteRange[]): Promise<void> {
    const { reader, signal } = this.#counting;
    this.#add(await reader.rangeCounts(ranges, signal), ranges);
  }

  #add(counts: readonly RangeSum[], ranges: readonly MinuteRange[]): void {
    const { filter, by, tally } = this.#counting;
    const isMatch = matches(filter);
    const valueOf = groupReader(by);
    // Once for each range: a text that is put together is slow to compare.
    const times = ranges.map(({ from }) => startOf(from));
    for (const counted of counts) {
      const entry = entryOf(counted, times);
      if (isMatch(entry)) tally.add(entry.timestamp, valueOf(entry), counted.count);
    }
  }
}

/** Whether it matters to the filter of which service, or severity, an entry is. */
function asksFor(what: 'service' | 'severity', filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.of.some((part) => asksFor(what, part));
  if (filter.kind === 'not') return asksFor(what, filter.of);
  return filter.kind === 'severity'
    ? what === 'severity'
    : filter.kind === 'column' && filter.column === 'service' && what === 'service';
}

function* partsOf(ranges: readonly MinuteRange[], most = RANGES_AT_ONCE): Generator<readonly MinuteRange[]> {
  for (let start = 0; start < ranges.length; start += most) yield ranges.slice(start, start + most);
}

/** The buckets' parts of some minutes. */
function rangesOf(buckets: readonly Bucket[], { from, to }: MinuteRange): MinuteRange[] {
  return buckets
    .map((bucket) => ({
      from: later(bucket.from.slice(0, 19), from),
      to: earlier(bucket.to.slice(0, 19), to),
    }))
    .filter((range) => range.from < range.to);
}

/** Any entry that was counted there: all are alike to the filter. */
function entryOf({ serviceName, severity = 'info', range }: RangeSum, times: readonly string[]) {
  return { timestamp: times[range] ?? '', serviceName, severity, eventId: '', payload: '', tags: null };
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
