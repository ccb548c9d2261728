import { formatInstant } from '../../logs/instant-text.ts';
import { fillTally } from '../../query/answers/histogram.ts';
import { END_OF_TIME } from '../../query/answers/ports.ts';
import { Tally } from '../../query/answers/tally.ts';
import { isCountable, ranged } from '../../query/answers/time-range.ts';
import type { Filter } from '../../query/filter.ts';
import type { Ask } from '../route.ts';
import { pagesOf } from './reading.ts';

/** More would not fit an answer. */
export const MAX_INTERVALS = 10_000;

/** What is counted, and between which times. */
export interface Intervals {
  readonly filter: Filter;
  /** Both included, as a column holds them; the first is not later than the second. */
  readonly from: string;
  readonly to: string;
  /** How many, at least 2. */
  readonly count: number;
}

/** How many there are of an interval that begins at this time. */
export interface IntervalCount {
  readonly from: string;
  readonly count: number;
}

/**
 * Counts what matches by intervals of one width: the first begins at the beginning, the last at the end. Empty
 * ones are there, too. All are counted, however many: from the counts by minute where these decide it, else by the
 * rows, page by page.
 */
export async function countByIntervals(
  { filter, from, to, count }: Intervals,
  ask: Ask,
): Promise<readonly IntervalCount[]> {
  const starts = startsOf(from, to, count);
  const buckets = starts.map((start, index) => ({ from: start, to: starts[index + 1] ?? `${start}!` }));
  const byMinutes = new Tally(buckets);
  const isByMinutes =
    starts.every((start) => start.endsWith(':00.000000')) && isCountable(ranged(filter).rest);
  if (isByMinutes) {
    // The filter says where it ends.
    const time = { from, to: END_OF_TIME };
    const request = { filter, ...time, by: { kind: 'nothing' } as const, isByMinutes };
    await ask((means) => fillTally(byMinutes, request, means));
    const counted = byMinutes.result(['']);
    if (counted.every(({ isExact }) => isExact)) return shown(counted);
  }
  const byRows = new Tally(buckets);
  for await (const { entries } of pagesOf({ filter, stretch: { order: 'oldest' } }, { ask }))
    for (const { timestamp } of entries) byRows.add(timestamp, '', 1);
  return shown(byRows.result(['']));
}

function shown(counted: ReturnType<Tally['result']>): IntervalCount[] {
  return counted.map(({ from, counts }) => ({ from, count: counts.get('') ?? 0 }));
}

/** Times from one to another, both included, in steps of one width, to the microsecond. */
export function startsOf(from: string, to: string, count: number): string[] {
  const [first, last] = [microsOf(from), microsOf(to)];
  const steps = BigInt(count - 1);
  return Array.from({ length: count }, (_none, index) =>
    columnTime(first + ((last - first) * BigInt(index)) / steps),
  );
}

const MICROS = 1_000_000n;

function microsOf(time: string): bigint {
  return BigInt(Date.parse(`${time.slice(0, 19).replace(' ', 'T')}Z`)) * 1_000n + BigInt(time.slice(20));
}

/** Of a time between two that a column holds. */
function columnTime(micros: bigint): string {
  const ofSecond = ((micros % MICROS) + MICROS) % MICROS;
  const seconds = Number((micros - ofSecond) / MICROS);
  return formatInstant({ seconds, nanos: Number(ofSecond) * 1_000 }) ?? '';
}
