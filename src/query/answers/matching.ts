import { allOf, type Filter } from '../filter.ts';
import { countedRange } from './counted-range.ts';
import { countEntries } from './histogram.ts';
import { type Means, readPage, unlimited } from './page.ts';
import type { Order } from './ports.ts';
import type { Time } from './time-range.ts';

/** What there is to delete. */
export interface Matching {
  readonly count: number;
  /** The times of the oldest and the newest that match, as a column holds them. */
  readonly first: string;
  readonly last: string;
}

/**
 * Counts what matches before it is deleted, however long that takes; undefined if nothing does. Stopped by the
 * budget's `end`, it says too little.
 */
export async function findMatching(
  filter: Filter,
  means: Means,
  nowMs: number,
): Promise<Matching | undefined> {
  const time = await countedRange(filter, means, nowMs);
  if (time === undefined) return undefined;
  const whole = unlimited(means);
  const { count } = await countEntries({ filter, ...time }, whole);
  if (count === 0) return undefined;
  const first = await timeOfFirst(filter, { order: 'oldest', ...time }, whole);
  const last = await timeOfFirst(filter, { order: 'newest', ...time }, whole);
  return first === undefined || last === undefined ? undefined : { count, first, last };
}

async function timeOfFirst(
  filter: Filter,
  stretch: Time & { readonly order: Order },
  means: Means,
): Promise<string | undefined> {
  const { entries } = await readPage({ filter, stretch, limit: 1 }, means);
  return entries[0]?.timestamp;
}

/** The filter within the times that somebody was told of: nothing outside of them is deleted. */
export function withinTold(filter: Filter, { first, last }: Pick<Matching, 'first' | 'last'>): Filter {
  return allOf([filter, { kind: 'time', op: '>=', at: first }, { kind: 'time', op: '<=', at: last }]);
}
