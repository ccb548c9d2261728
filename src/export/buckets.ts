import { rfc3339 } from '../logs/entry-json.ts';
import { type GroupBy, NONE } from '../query/answers/group-by.ts';
import { type CountedBucket, OTHER } from '../query/answers/tally.ts';

/** A bucket of a histogram as JSON has it. Times are in RFC 3339. */
export interface ShownBucket {
  readonly from: string;
  /** The first time behind it. */
  readonly to: string;
  readonly count: number;
  /** Otherwise there are at least so many. */
  readonly exact: boolean;
  /** By value; absent if nothing is told apart. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Those of all other values, and those that have none; absent if there are none. */
  readonly other?: number | undefined;
  readonly none?: number | undefined;
}

/** What programs get of a bucket. */
export function shownBucket({ from, to, counts, isExact }: CountedBucket, by: GroupBy): ShownBucket {
  const count = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const bucket = { from: rfc3339(from), to: rfc3339(to), count, exact: isExact };
  if (by.kind === 'nothing') return bucket;
  const told = [...counts].filter(([value]) => value !== OTHER && value !== NONE);
  return {
    ...bucket,
    counts: Object.fromEntries(told),
    other: counts.get(OTHER),
    none: counts.get(NONE),
  };
}
