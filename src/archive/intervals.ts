import type { EntryKey, KeyCount, Stretch } from '../query/answers/ports.ts';
import { placeBefore } from '../query/answers/stretch.ts';
import type { Bounds } from '../query/bounds.ts';
import type { ArchivedDay } from './archive.ts';
import type { PartManifest } from './manifest.ts';
import { isBefore } from './part-contents.ts';

/**
 * The entries between two places in the order of keys, which are no keys themselves, and the parts that may hold some
 * of them: mostly one of each edition. Intervals do not overlap, however editions do.
 */
export interface Interval {
  readonly from: EntryKey;
  /** Undefined: there are none behind it. */
  readonly to: EntryKey | undefined;
  readonly parts: readonly PartManifest[];
}

/** The intervals of days, oldest first: one begins at each time with which a part does. */
export function intervalsOf(days: readonly ArchivedDay[]): readonly Interval[] {
  const open = days.flatMap(({ editions }) => {
    const parts = editions.flatMap((edition) => edition.parts);
    const times = [...new Set(parts.map(({ first }) => first.timestamp))].sort();
    return times.map((time, index) => {
      const next = times[index + 1];
      const own = parts.filter(
        ({ first, last }) => last.timestamp >= time && (next === undefined || first.timestamp < next),
      );
      return { from: placeBefore(time), parts: own };
    });
  });
  return open.map((interval, index) => ({ ...interval, to: open[index + 1]?.from }));
}

/** What is looked for in an interval. */
interface Sought {
  readonly stretch: Stretch;
  readonly bounds: Bounds;
}

/** The parts of an interval in which there may be something of a stretch and within bounds. */
export function partsWith(
  { from, to, parts }: Interval,
  { stretch, bounds }: Sought,
): readonly PartManifest[] {
  const { order, after } = stretch;
  const isPassed =
    after !== undefined &&
    (order === 'newest' ? !isBefore(from, after) : to !== undefined && !isBefore(after, to));
  if (isPassed) return [];
  return parts.filter(
    ({ first, last, counts }) =>
      (stretch.from === undefined || last.timestamp >= stretch.from) &&
      (stretch.to === undefined || first.timestamp < stretch.to) &&
      counts.some((count) => isWithin(count, bounds)),
  );
}

/** Whether an entry belongs to an interval. */
export function isIn({ from, to }: Interval, key: EntryKey): boolean {
  return isBefore(from, key) && (to === undefined || isBefore(key, to));
}

/** Whether rows of a service and severity are within bounds. */
export function isWithin(
  { serviceName, severity }: Pick<KeyCount, 'serviceName' | 'severity'>,
  { services, severities }: Bounds,
): boolean {
  return (services?.includes(serviceName) ?? true) && (severities?.includes(severity) ?? true);
}
