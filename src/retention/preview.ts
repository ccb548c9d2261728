import type { StoredEntry } from '../logs/entry.ts';
import { countEntries } from '../query/answers/histogram.ts';
import { type Means, readPage, unlimited } from '../query/answers/page.ts';
import type { Order } from '../query/answers/ports.ts';
import { storedRange } from '../query/answers/stored-range.ts';
import type { Time } from '../query/answers/time-range.ts';
import type { Filter } from '../query/filter.ts';
import type { Hold } from './ports.ts';
import { cutoffOf, ownSelection } from './rule-plan.ts';
import { printRule, type Rule } from './rules.ts';
import { timeWithout } from './time-without.ts';

/** What a rule would delete now. */
export interface RulePreview {
  readonly place: number;
  /** As `printRule` writes it. */
  readonly rule: string;
  /** What is older goes, but for what is held; undefined: it keeps for ever. */
  readonly cutoff: string | undefined;
  readonly rows: number;
  /** The times of the first and the last of them, as a column holds them; undefined if there are none. */
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
  /** About what they take in the table, by those of them at both ends of their time: an estimate. */
  readonly bytes: number;
}

/** As of when, and what is left out. */
export interface AsOf {
  readonly now: string;
  readonly holds: readonly Hold[];
}

/** Counts rule by rule what these would delete, however long that takes. Changes nothing. */
export async function* previewRules(
  rules: readonly Rule[],
  { now, holds }: AsOf,
  means: Means,
): AsyncGenerator<RulePreview> {
  const stored = await storedRange(means.reader, means.signal);
  for (const [place, rule] of rules.entries()) {
    const cutoff = cutoffOf(rule, now);
    const filter = ownSelection(rules, place);
    const times =
      stored === undefined || cutoff === undefined || stored.from >= cutoff
        ? []
        : timeWithout({ from: stored.from, to: cutoff }, holds);
    const found = await countTimes(filter, times, unlimited(means));
    yield { place, rule: printRule(rule), cutoff, ...found };
  }
}

/** What a rule finds. */
type Found = Pick<RulePreview, 'rows' | 'oldest' | 'newest' | 'bytes'>;

/** Entries at each end whose size is looked at. */
const SAMPLE = 50;
/** What a row takes besides its texts: the other columns, their places in it, and the index by service. */
const ROW_BYTES = 120;

async function countTimes(filter: Filter, times: readonly Time[], means: Means): Promise<Found> {
  let found: Found = { rows: 0, oldest: undefined, newest: undefined, bytes: 0 };
  for (const time of times) {
    const { count } = await countEntries({ filter, ...time }, means);
    if (count === 0) continue;
    const oldest = await firstOf(filter, time, 'oldest', means);
    const newest = await firstOf(filter, time, 'newest', means);
    found = {
      rows: found.rows + count,
      oldest: found.oldest ?? oldest[0]?.timestamp,
      newest: newest[0]?.timestamp ?? found.newest,
      bytes: found.bytes + Math.round(count * averageBytes([...oldest, ...newest])),
    };
  }
  return found;
}

async function firstOf(
  filter: Filter,
  time: Time,
  order: Order,
  means: Means,
): Promise<readonly StoredEntry[]> {
  return (await readPage({ filter, stretch: { order, ...time }, limit: SAMPLE }, means)).entries;
}

function averageBytes(entries: readonly StoredEntry[]): number {
  const texts = entries.reduce(
    (sum, { payload, tags, serviceName, eventId }) =>
      sum + Buffer.byteLength(`${payload}${tags ?? ''}${serviceName}${serviceName}${eventId}${eventId}`),
    0,
  );
  return ROW_BYTES + texts / Math.max(1, entries.length);
}
