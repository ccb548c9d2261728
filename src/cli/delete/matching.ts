import { countedRange } from '../../query/answers/counted-range.ts';
import { countEntries } from '../../query/answers/histogram.ts';
import { type Means, readPage } from '../../query/answers/page.ts';
import type { Order } from '../../query/answers/ports.ts';
import type { Time } from '../../query/answers/time-range.ts';
import { allOf, type Filter } from '../../query/filter.ts';
import type { ZoneClock } from '../../query/zone-clock.ts';
import { unlimited } from '../logs/answer.ts';
import { count as counted } from '../output/numbers.ts';

/** What there is to delete. */
export interface Matching {
  readonly count: number;
  /** The times of the oldest and the newest that match, as a column holds them. */
  readonly first: string;
  readonly last: string;
}

/** Counts what matches; undefined if nothing does. Stopped by the budget's `end`, it says too little. */
export async function findMatching(
  filter: Filter,
  means: Means,
  nowMs: number,
): Promise<Matching | undefined> {
  const time = await countedRange(filter, means, nowMs);
  if (time === undefined) return undefined;
  const { count } = await countEntries({ filter, ...time }, unlimited(means));
  if (count === 0) return undefined;
  const first = await timeOfFirst(filter, { order: 'oldest', ...time }, means);
  const last = await timeOfFirst(filter, { order: 'newest', ...time }, means);
  return first === undefined || last === undefined ? undefined : { count, first, last };
}

async function timeOfFirst(
  filter: Filter,
  stretch: Time & { readonly order: Order },
  means: Means,
): Promise<string | undefined> {
  const { entries } = await readPage({ filter, stretch, limit: 1 }, unlimited(means));
  return entries[0]?.timestamp;
}

/** The filter within the times that a person was told of: nothing outside of them is deleted. */
export function withinTold(filter: Filter, { first, last }: Matching): Filter {
  return allOf([filter, { kind: 'time', op: '>=', at: first }, { kind: 'time', op: '<=', at: last }]);
}

/** For a person: `1,234 entries from … to … match`. */
export function matchingText({ count, first, last }: Matching, clock: ZoneClock): string {
  const [from, to] = [first, last].map((time) => {
    const { local, offset } = clock.at(time);
    return `${local.replace(' ', 'T')}${offset}`;
  });
  if (count === 1) return `1 entry of ${String(from)} matches`;
  return `${counted(count)} entries from ${String(from)} to ${String(to)} match`;
}
