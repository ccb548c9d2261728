import type { Bounds } from '../query/bounds.ts';
import type { EntryKey, KeyCount, Stretch } from '../query/answers/ports.ts';
import type { ArchivedDay } from './archive.ts';
import type { PartManifest } from './manifest.ts';
import { isBefore } from './part-contents.ts';

/**
 * The entries of a day from one key on to before another, and the parts that may hold some of them: one of each
 * edition, or two. Intervals do not overlap, however editions do.
 */
export interface Interval {
  readonly from: EntryKey;
  /** Undefined: the last of the day. */
  readonly to: EntryKey | undefined;
  readonly parts: readonly PartManifest[];
}

/** The intervals of days, oldest first: one begins where a part does. */
export function intervalsOf(days: readonly ArchivedDay[]): readonly Interval[] {
  return days.flatMap(({ editions }) => {
    const parts = editions.flatMap((edition) => edition.parts);
    const starts = parts.map(({ first }) => first).sort((one, other) => (isBefore(one, other) ? -1 : 1));
    const distinct = starts.filter((start, index) => index === 0 || isBefore(starts[index - 1] ?? start, start));
    return distinct.map((from, index) => intervalOf(from, distinct[index + 1], parts));
  });
}

function intervalOf(from: EntryKey, to: EntryKey | undefined, all: readonly PartManifest[]): Interval {
  const parts = all.filter(
    ({ first, last }) => !isBefore(last, from) && (to === undefined || isBefore(first, to)),
  );
  return { from, to, parts };
}

/** Whether an entry of an interval, of which the last is known or not, may lie in a stretch and within bounds. */
export function mayHold(
  interval: Interval,
  { stretch, bounds, last = interval.to ?? lastOf(interval) }: Sought,
): boolean {
  const { from, parts } = interval;
  const { order, after } = stretch;
  if (stretch.from !== undefined && last.timestamp < stretch.from) return false;
  if (stretch.to !== undefined && from.timestamp >= stretch.to) return false;
  if (after !== undefined && !(order === 'newest' ? isBefore(from, after) : isBefore(after, last))) return false;
  return parts.some(({ counts }) => counts.some((each) => isWithin(each, bounds)));
}

/** What is looked for in an interval. */
export interface Sought {
  readonly stretch: Stretch;
  readonly bounds: Bounds;
  /** The last key in it, where it was read before. */
  readonly last?: EntryKey | undefined;
}

/** Whether a key belongs to an interval. */
export function isIn({ from, to }: Interval, key: EntryKey): boolean {
  return !isBefore(key, from) && (to === undefined || isBefore(key, to));
}

function lastOf({ parts }: Interval): EntryKey {
  return parts.map(({ last }) => last).reduce((one, other) => (isBefore(one, other) ? other : one));
}

/** Whether rows of a service and severity are within bounds. */
export function isWithin({ serviceName, severity }: KeyCount, { services, severities }: Bounds): boolean {
  return (services?.includes(serviceName) ?? true) && (severities?.includes(severity) ?? true);
}
