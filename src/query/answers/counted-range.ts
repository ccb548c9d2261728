import type { Filter } from '../filter.ts';
import { columnNow, msOf } from './column-time.ts';
import type { Means } from './page.ts';
import { storedRange } from './stored-range.ts';
import { ranged, type Time } from './time-range.ts';

/**
 * The time that a filter is asked for, with both ends: where it has none, that of what is stored. If it has a
 * beginning it reaches to now at least. Undefined: nothing can lie in it.
 */
export async function countedRange(
  filter: Filter,
  { reader, signal }: Means,
  nowMs: number,
): Promise<Time | undefined> {
  const { range } = ranged(filter);
  const stored = await storedRange(reader, signal);
  if (stored === undefined) return undefined;
  const now = columnNow(nowMs) ?? stored.to;
  const from = range.from ?? stored.from;
  const to = range.to ?? (range.from !== undefined && now > stored.to ? now : stored.to);
  return from < to ? { from, to } : undefined;
}

/** The time that bars cover. */
export interface BarsRange extends Time {
  /** What is stored behind it, and was not asked for by its time; undefined: nothing. */
  readonly ahead: Time | undefined;
}

/**
 * The time to be covered by bars. One clock that is years ahead would make them months wide: where no end is
 * asked for they end now, unless what is stored ahead of now takes less than a bar.
 */
export async function barsRange(
  filter: Filter,
  means: Means,
  { nowMs, maxBuckets }: { readonly nowMs: number; readonly maxBuckets: number },
): Promise<BarsRange | undefined> {
  const time = await countedRange(filter, means, nowMs);
  if (time === undefined) return undefined;
  const { from, to } = time;
  const now = columnNow(nowMs);
  if (ranged(filter).range.to !== undefined || now === undefined || now <= from || now >= to)
    return { ...time, ahead: undefined };
  const isShort = msOf(to) - msOf(now) <= (msOf(now) - msOf(from)) / maxBuckets;
  return isShort ? { ...time, ahead: undefined } : { from, to: now, ahead: { from: now, to } };
}
