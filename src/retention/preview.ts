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

async function countTimes(
  filter: Filter,
  times: readonly Time[],
  means: Means,
): Promise<Pick<RulePreview, 'rows' | 'oldest' | 'newest'>> {
  let found: Pick<RulePreview, 'rows' | 'oldest' | 'newest'> = {
    rows: 0,
    oldest: undefined,
    newest: undefined,
  };
  for (const time of times) {
    const { count } = await countEntries({ filter, ...time }, means);
    if (count === 0) continue;
    found = {
      rows: found.rows + count,
      oldest: found.oldest ?? (await timeOfFirst(filter, time, 'oldest', means)),
      newest: (await timeOfFirst(filter, time, 'newest', means)) ?? found.newest,
    };
  }
  return found;
}

async function timeOfFirst(
  filter: Filter,
  time: Time,
  order: Order,
  means: Means,
): Promise<string | undefined> {
  const { entries } = await readPage({ filter, stretch: { order, ...time }, limit: 1 }, means);
  return entries[0]?.timestamp;
}
