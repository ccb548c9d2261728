import type { Filter } from '../filter.ts';
import { bucketsOf, type Width, widthFor } from './buckets.ts';
import { Spending } from './budget.ts';
import { Counter } from './counter.ts';
import type { GroupBy } from './group-by.ts';
import type { Means } from './page.ts';
import { type CountedBucket, Tally } from './tally.ts';
import { isCountable, ranged, within } from './time-range.ts';

/** What a histogram is asked for. */
export interface HistogramRequest {
  readonly filter: Filter;
  /** The time to be covered, as a column holds it: from the first time to before the second, which is later. */
  readonly from: string;
  readonly to: string;
  readonly by: GroupBy;
  /** At most so many buckets, of a width that is chosen; at least 2. */
  readonly maxBuckets: number;
  /** An IANA name: where buckets begin at round times. */
  readonly zone: string;
}

/** Counts over time. */
export interface Histogram {
  readonly width: Width;
  /** Oldest first, empty ones too. */
  readonly buckets: readonly CountedBucket[];
  /** The values that are told apart, the most frequent first; all others are `OTHER` in the buckets. */
  readonly values: readonly string[];
  /** Whether every bucket is exact. */
  readonly isComplete: boolean;
  readonly cost: CountCost;
}

/** What counting took, and what was counted. */
export interface CountCost {
  readonly from: 'counts' | 'rows';
  readonly rowsRead: number;
  readonly ms: number;
}

/** Values that are told apart in a histogram. */
const MAX_VALUES = 10;

/** Counts what matches by buckets of time: from the counts if these decide the filter, else row by row. */
export async function readHistogram(request: HistogramRequest, means: Means): Promise<Histogram> {
  const { from, to, maxBuckets, zone } = request;
  const width = widthFor(from, to, maxBuckets, zone);
  const tally = new Tally(bucketsOf(from, to, width, zone));
  const cost = await fillTally(tally, { ...request, isByMinutes: width.unit !== 'second' }, means);
  const values = tally.topValues(MAX_VALUES);
  const buckets = tally.result(values);
  return { width, buckets, values, isComplete: buckets.every(({ isExact }) => isExact), cost };
}

/** How many entries match in a time. */
export interface Count {
  readonly count: number;
  /** Otherwise the budget ended before all were counted: there are at least so many. */
  readonly isExact: boolean;
  readonly cost: CountCost;
}

/** Counts what matches in a time: from the first to before the second, which is later. */
export async function countEntries(
  request: Pick<HistogramRequest, 'filter' | 'from' | 'to'>,
  means: Means,
): Promise<Count> {
  const { from, to } = request;
  const tally = new Tally([{ from, to }]);
  const cost = await fillTally(tally, { ...request, by: { kind: 'nothing' }, isByMinutes: true }, means);
  const [bucket] = tally.result(['']);
  return { count: bucket?.counts.get('') ?? 0, isExact: bucket?.isExact ?? true, cost };
}

/** Counts what matches in a time into a tally that covers it. */
export async function fillTally(
  tally: Tally,
  request: Pick<HistogramRequest, 'filter' | 'from' | 'to' | 'by'> & {
    /** Whether buckets begin and end at whole minutes, but for the first and the last. */
    readonly isByMinutes: boolean;
  },
  { reader, budget, now, signal }: Means,
): Promise<CountCost> {
  const { filter, by, isByMinutes } = request;
  const spending = new Spending(budget, now);
  const { range, rest } = ranged(filter);
  const isByCounts = isByMinutes && by.kind !== 'tag' && isCountable(rest);
  const time = within(request, range);
  if (time !== undefined) {
    const counter = new Counter({ filter: rest, by, tally, reader, spending, signal });
    await (isByCounts ? counter.countMinutes(time) : counter.countRows(time));
  }
  return { from: isByCounts ? 'counts' : 'rows', rowsRead: spending.rows, ms: spending.ms };
}
