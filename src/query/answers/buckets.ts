import { Temporal } from 'temporal-polyfill';
import { END_OF_TIME } from './ports.ts';

/** How wide the buckets of a histogram are. */
export interface Width {
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

/** From its first time to the first behind it, UTC as a column holds it. */
export interface Bucket {
  readonly from: string;
  readonly to: string;
}

const HOUR_SECONDS = 3_600;

/** Round ones, each with its seconds: of months and years about. */
const WIDTHS: readonly (readonly [Width, number])[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => [{ unit: 'second', count }, count] as const),
  ...[1, 2, 5, 10, 15, 30].map((count) => [{ unit: 'minute', count }, count * 60] as const),
  ...[1, 2, 3, 6, 12].map((count) => [{ unit: 'hour', count }, count * HOUR_SECONDS] as const),
  [{ unit: 'day', count: 1 }, 86_400],
  [{ unit: 'week', count: 1 }, 7 * 86_400],
  ...[1, 3].map((count) => [{ unit: 'month', count }, count * 30 * 86_400] as const),
  ...[1, 10, 100, 1_000].map((count) => [{ unit: 'year', count }, count * 365 * 86_400] as const),
];

/**
 * The narrowest width of which at most `most` buckets cover the time in a zone. Both times as a column holds them,
 * `to` behind `from`.
 */
export function widthFor(from: string, to: string, most: number, zone: string): Width {
  const micros = (instantOf(to).epochNanoseconds - instantOf(from).epochNanoseconds) / 1_000n;
  const fits = ([width, seconds]: (typeof WIDTHS)[number]) => {
    // One more, for the time seldom begins where a bucket does; and where a clock is changed, one may be short.
    const whole = Number((micros - 1n) / (BigInt(seconds) * 1_000_000n)) + 2;
    if (whole < most || seconds < HOUR_SECONDS) return whole <= most;
    return whole === most && bucketsOf(from, to, width, zone).length <= most;
  };
  return (WIDTHS.find(fits) ?? WIDTHS.at(-1) ?? [{ unit: 'year', count: 1_000 }])[0];
}

/**
 * The buckets of a time, oldest first, which begin at round times of a zone: where its clock is changed they
 * are longer or shorter, and never overlap. The first and the last are cut to the time. `to` is after `from`.
 */
export function bucketsOf(from: string, to: string, width: Width, zone: string): Bucket[] {
  const end = instantOf(to);
  const buckets: Bucket[] = [];
  let start = floor(instantOf(from).toZonedDateTimeISO(zone), width);
  while (Temporal.Instant.compare(start.toInstant(), end) < 0) {
    const next = nextAfter(start, width);
    buckets.push({
      from: buckets.length === 0 ? from : textOf(start),
      to: Temporal.Instant.compare(next.toInstant(), end) < 0 ? textOf(next) : to,
    });
    start = next;
  }
  return buckets;
}

function instantOf(time: string): Temporal.Instant {
  // No hour 24 to Temporal: the year 10,000.
  if (time === END_OF_TIME) return Temporal.Instant.from('+010000-01-01T00:00Z');
  return Temporal.Instant.from(`${time.replace(' ', 'T')}Z`);
}

function textOf(time: Temporal.ZonedDateTime): string {
  return time.toInstant().toString({ fractionalSecondDigits: 6 }).replace('T', ' ').slice(0, 26);
}

/** The start of the next bucket: a round time of the zone again, if its clock was changed meanwhile. */
function nextAfter(start: Temporal.ZonedDateTime, width: Width): Temporal.ZonedDateTime {
  const next = start.add({ [`${width.unit}s`]: width.count });
  const round = floor(next, width);
  return Temporal.ZonedDateTime.compare(round, start) > 0 ? round : next;
}

function floor(time: Temporal.ZonedDateTime, { unit, count }: Width): Temporal.ZonedDateTime {
  switch (unit) {
    case 'second':
    case 'minute':
      return time.round({ smallestUnit: unit, roundingIncrement: count, roundingMode: 'floor' });
    case 'hour': {
      // Hours of the clock, not since midnight: a day may have 23 or 25.
      const hour = time.hour - (time.hour % count);
      return atClock(time, hour);
    }
    case 'day':
      return time.startOfDay();
    case 'week':
      return time
        .startOfDay()
        .subtract({ days: time.dayOfWeek - 1 })
        .startOfDay();
    case 'month':
      return time.with({ month: time.month - ((time.month - 1) % count), day: 1 }).startOfDay();
    case 'year':
      return time.with({ year: time.year - (time.year % count), month: 1, day: 1 }).startOfDay();
  }
}

/** The same hour may come twice a day: a time in the second is not put into the first. */
function atClock(time: Temporal.ZonedDateTime, hour: number): Temporal.ZonedDateTime {
  const start = time.with({ minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 });
  return hour === time.hour ? start : start.with({ hour });
}
