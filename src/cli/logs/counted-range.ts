import { formatInstant } from '../../logs/timestamp.ts';
import type { Means } from '../../query/answers/page.ts';
import { storedRange } from '../../query/answers/stored-range.ts';
import { ranged, type Time } from '../../query/answers/time-range.ts';
import type { Filter } from '../../query/filter.ts';

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
  const now = formatInstant({ seconds: Math.ceil(nowMs / 1_000), nanos: 0 }) ?? stored.to;
  const from = range.from ?? stored.from;
  const to = range.to ?? (range.from !== undefined && now > stored.to ? now : stored.to);
  return from < to ? { from, to } : undefined;
}
