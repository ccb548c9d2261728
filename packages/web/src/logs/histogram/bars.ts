import type { Histogram } from '../../state/histogram.ts';

export type Bucket = Histogram['buckets'][number];

/** From the ground up: what is worst stands on it, where heights can be compared. */
export const SEVERITIES = ['fatal', 'error', 'warn', 'info', 'debug'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How many of a severity a bucket has. */
export function countOf({ counts }: Bucket, severity: Severity): number {
  return counts?.[severity] ?? 0;
}

/**
 * How high each severity reaches in each bar, from the ground up. What is there is seen: no part is lower than
 * `leastShare` of the highest bar, though it may be one line among a million.
 */
export function stackedHeights(buckets: readonly Bucket[], leastShare: number): number[][] {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const least = most * leastShare;
  const reached = buckets.map(() => 0);
  return SEVERITIES.map((severity) =>
    buckets.map((bucket, index) => {
      const count = countOf(bucket, severity);
      const height = count === 0 ? 0 : Math.max(count, least);
      return (reached[index] = (reached[index] ?? 0) + height);
    }),
  );
}

/** How many lines there are of each severity, and in all. */
export function totals(buckets: readonly Bucket[]): Readonly<Record<Severity | 'all', number>> {
  const sum = { all: 0, fatal: 0, error: 0, warn: 0, info: 0, debug: 0 };
  for (const bucket of buckets) {
    sum.all += bucket.count;
    for (const severity of SEVERITIES) sum[severity] += countOf(bucket, severity);
  }
  return sum;
}

/** The times that a stretch of bars covers. */
export function rangeOf(
  buckets: readonly Bucket[],
  one: number,
  other: number,
): { readonly since: string; readonly until: string } | undefined {
  const first = buckets[Math.max(0, Math.min(one, other))];
  const last = buckets[Math.min(buckets.length - 1, Math.max(one, other))];
  if (first === undefined || last === undefined) return undefined;
  return { since: shortTime(first.from), until: lastTimeBefore(last.to) };
}

/**
 * The last time before another: a second or a microsecond that is named as an end is part of the range, and what
 * comes then stands in the next bar.
 */
function lastTimeBefore(time: string): string {
  const micros = Number(/\.(\d{6})Z$/.exec(time)?.[1] ?? 0);
  if (micros > 0) return `${time.slice(0, 20)}${String(micros - 1).padStart(6, '0')}Z`;
  return `${new Date(Date.parse(time) - 1_000).toISOString().slice(0, 19)}Z`;
}

/** Without the digits that say nothing. */
function shortTime(time: string): string {
  return time.replace(/\.?0+Z$/, 'Z');
}

/** Where labels stand: at most so many, at equal distances. */
export function labelPlaces(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / Math.max(1, most)));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}
