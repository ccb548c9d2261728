import type { Bucket } from './buckets.ts';

/** A bucket with what was counted in it. */
export interface CountedBucket extends Bucket {
  /** By value; values without any are left out. */
  readonly counts: ReadonlyMap<string, number>;
  /** Otherwise something of it was not counted: there are at least so many. */
  readonly isExact: boolean;
}

/** Stands for all values that are not told apart. No stored text can be it: it is half a character. */
export const OTHER = '\ud800';
/** Values whose counts are kept while counting goes on; further ones are other ones from the beginning. */
const MAX_KEPT_VALUES = 10_000;

/** Counts by bucket and value. */
export class Tally {
  readonly buckets: readonly Bucket[];
  readonly #counts: Map<string, number>[];
  readonly #totals = new Map<string, number>();
  /** Where the last time lay: most that are added are of the same bucket. */
  #last = 0;
  /** What lies in it was not counted. */
  #uncounted: Bucket | undefined;

  /** The buckets follow each other, oldest first. */
  constructor(buckets: readonly Bucket[]) {
    this.buckets = buckets;
    this.#counts = buckets.map(() => new Map<string, number>());
  }

  /** Adds to the bucket of a time. */
  add(timestamp: string, value: string, count: number): void {
    const counts = this.#counts[this.#indexOf(timestamp)];
    if (counts === undefined) return;
    const isKept = this.#totals.has(value) || this.#totals.size < MAX_KEPT_VALUES;
    const kept = isKept ? value : OTHER;
    counts.set(kept, (counts.get(kept) ?? 0) + count);
    this.#totals.set(kept, (this.#totals.get(kept) ?? 0) + count);
  }

  /** Notes that from the first time to before the second nothing was counted, or not all. */
  leaveOut(from: string, to: string): void {
    const { from: start = from, to: end = to } = this.#uncounted ?? {};
    this.#uncounted = { from: from < start ? from : start, to: to > end ? to : end };
  }

  /** The most frequent values, without `OTHER`. */
  topValues(most: number): string[] {
    const known = [...this.#totals].filter(([value]) => value !== OTHER);
    const sorted = known.sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
    return sorted.slice(0, most).map(([value]) => value);
  }

  /** What was counted, with these values told apart. */
  result(values: readonly string[]): readonly CountedBucket[] {
    const told = new Set(values);
    return this.buckets.map((bucket, index) => {
      const counts = new Map<string, number>();
      for (const [value, count] of this.#counts[index] ?? []) {
        const shown = told.has(value) ? value : OTHER;
        counts.set(shown, (counts.get(shown) ?? 0) + count);
      }
      return { ...bucket, counts, isExact: !this.#isUncounted(bucket) };
    });
  }

  #isUncounted({ from, to }: Bucket): boolean {
    return this.#uncounted !== undefined && from < this.#uncounted.to && to > this.#uncounted.from;
  }

  /** Of the bucket that a time lies in; -1 if it lies in none. */
  #indexOf(timestamp: string): number {
    if (this.#isIn(this.#last, timestamp)) return this.#last;
    let [low, high] = [0, this.buckets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.buckets[middle]?.to ?? '') > timestamp) high = middle;
      else low = middle + 1;
    }
    if (!this.#isIn(low, timestamp)) return -1;
    this.#last = low;
    return low;
  }

  #isIn(index: number, timestamp: string): boolean {
    const bucket = this.buckets[index];
    return bucket !== undefined && bucket.from <= timestamp && timestamp < bucket.to;
  }
}
