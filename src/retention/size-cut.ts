import type { EntryReader, MinuteRange } from '../query/answers/ports.ts';
import { minuteOf, minutesLater, startOf } from '../query/answers/stretch.ts';
import type { Hold } from './ports.ts';
import { timeWithout } from './time-without.ts';

const MINUTES_OF_AN_HOUR = 60;
const MINUTES_OF_A_DAY = 1_440;
/** Days that one statement adds up. */
const DAYS_AT_ONCE = 60;

/** Up to where the oldest rows go. */
export interface SizeCut {
  /** The first time that stays: the beginning of an hour, but where the end of what may go lies. */
  readonly cutoff: string;
  /** So many go, as counted. */
  readonly rows: number;
}

/** What is to be cut off. */
export interface CutRequest {
  /** At least so many rows are to go. */
  readonly rows: number;
  /** The first time that stays in any case: a whole minute. */
  readonly to: string;
  /** What is held stays, and does not count. */
  readonly holds: readonly Pick<Hold, 'from' | 'to'>[];
}

/**
 * Up to which hour the oldest rows have to go, by the counts alone; all that may go, if these are not enough.
 * Undefined: there is nothing that may go.
 */
export async function cutOldest(
  reader: EntryReader,
  { rows: wanted, to, holds }: CutRequest,
  signal: AbortSignal,
): Promise<SizeCut | undefined> {
  let rows = 0;
  let cutoff: string | undefined;
  for (const time of timeWithout({ from: FIRST_TIME, to }, holds.map(wholeMinutes))) {
    for await (const day of daysWithRows(
      reader,
      { from: minuteOf(time.from), to: minuteOf(time.to) },
      signal,
    )) {
      if (rows + day.rows < wanted) {
        rows += day.rows;
        cutoff = day.to;
        continue;
      }
      for (const hour of await counted(reader, cutAt(day, MINUTES_OF_AN_HOUR), signal)) {
        rows += hour.rows;
        if (rows >= wanted) return { cutoff: startOf(hour.to), rows };
      }
    }
  }
  return cutoff === undefined ? undefined : { cutoff: startOf(cutoff), rows };
}

/** No column holds an earlier one. */
const FIRST_TIME = '1000-01-01 00:00:00.000000';

/** Of a minute that is held in part, nothing counts. */
function wholeMinutes({ from, to }: Pick<Hold, 'from' | 'to'>): Pick<Hold, 'from' | 'to'> {
  const end = minuteOf(to);
  const next = startOf(end) === to ? end : minutesLater(end, 1);
  return { from: startOf(minuteOf(from)), to: next === undefined ? to : startOf(next) };
}

interface CountedRange extends MinuteRange {
  readonly rows: number;
}

/** Days in a time, oldest first, by midnights; where there are no rows for long, nothing is looked at. */
async function* daysWithRows(
  reader: EntryReader,
  { from, to }: MinuteRange,
  signal: AbortSignal,
): AsyncGenerator<CountedRange> {
  for (let start = from; start < to;) {
    const { counts } = await reader.minutes({ order: 'oldest', from: start, to, maxCounts: 1 }, signal);
    const first = counts[0]?.minute;
    if (first === undefined) return;
    const days = cutAt({ from: first, to }, MINUTES_OF_A_DAY, DAYS_AT_ONCE);
    yield* (await counted(reader, days, signal)).filter(({ rows }) => rows > 0);
    start = days.at(-1)?.to ?? to;
  }
}

/** A range cut where days or hours begin, in at most so many parts. */
function cutAt({ from, to }: MinuteRange, minutes: number, most = Infinity): MinuteRange[] {
  const parts: MinuteRange[] = [];
  for (let start = from; start < to && parts.length < most;) {
    const begin =
      minutes === MINUTES_OF_A_DAY ? `${start.slice(0, 10)} 00:00:00` : `${start.slice(0, 13)}:00:00`;
    const next = minutesLater(begin, minutes);
    const end = next === undefined || next > to ? to : next;
    parts.push({ from: start, to: end });
    start = end;
  }
  return parts;
}

/** From the sums of hours and days, as long as these can be relied on. */
async function counted(
  reader: EntryReader,
  ranges: readonly MinuteRange[],
  signal: AbortSignal,
): Promise<CountedRange[]> {
  if (ranges.length === 0) return [];
  const sums =
    (await reader.rangeSums({ ranges, by: 'severity' }, signal)) ??
    (await reader.rangeCounts(ranges, signal));
  const rows = ranges.map(() => 0);
  for (const { range, count } of sums) rows[range] = (rows[range] ?? 0) + count;
  return ranges.map((range, index) => ({ ...range, rows: rows[index] ?? 0 }));
}
