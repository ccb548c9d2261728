import type { JsonObject } from '../../logs/json.ts';
import { isJsonObject } from '../../logs/json.ts';
import type { Filter } from '../filter.ts';
import { findTag, parseTags, textOf } from '../tags.ts';
import { Spending } from './budget.ts';
import { groupByName } from './group-by.ts';
import { fillTally } from './histogram.ts';
import type { Means } from './page.ts';
import type { Stretch } from './ports.ts';
import { Scan } from './scan.ts';
import { storedRange } from './stored-range.ts';
import { Tally } from './tally.ts';
import { isCountable, ranged, type TimeRange, within } from './time-range.ts';

/** Which values are asked for. */
export type ValuesOf =
  { readonly kind: 'service' | 'severity' | 'tag names' } | { readonly kind: 'tag'; readonly name: string };

/** The values that a name asks for: of service, severity or a tag, or `tags` for their names; undefined of another field. */
export function valuesOfName(name: string): ValuesOf | undefined {
  if (name === 'tags') return { kind: 'tag names' };
  const by = groupByName(name);
  return by === undefined || by.kind === 'tag' ? by : by.kind === 'nothing' ? undefined : { kind: by.kind };
}

export interface ValuesRequest {
  readonly filter: Filter;
  readonly of: ValuesOf;
  readonly range: TimeRange;
  /** At most so many. */
  readonly limit: number;
}

/** Values with how many entries have them, the most frequent first. */
export interface Values {
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** All entries that match were counted, or only the newest of them. */
  readonly from: 'counts' | 'newest entries';
  /** How many entries that is. */
  readonly entries: number;
  /** Whether these are all entries that match. */
  readonly isComplete: boolean;
}

/** Entries that are looked at where the counts don't say it. */
const NEWEST_ENTRIES = 10_000;
/** Objects in tags are walked into so deep. */
const MAX_NAME_DEPTH = 4;

/** The values of a field: from the counts where these know it, else of the newest 10,000 entries that match. */
export async function readValues(request: ValuesRequest, means: Means): Promise<Values> {
  const { filter, of, range } = request;
  const parts = ranged(filter);
  const isCounted = (of.kind === 'service' || of.kind === 'severity') && isCountable(parts.rest);
  const stored = await storedRange(means.reader, means.signal);
  const asked = stored && within(stored, range);
  const time = asked && within(asked, parts.range);
  if (time === undefined) return NO_VALUES;
  if (!isCounted) return valuesOfNewest(request, means);
  const tally = new Tally([time]);
  const by = of.kind === 'service' ? 'service' : 'severity';
  await fillTally(tally, { filter: parts.rest, ...time, by: { kind: by }, isByMinutes: true }, means);
  const [bucket] = tally.result(tally.topValues(Infinity));
  const all = sorted([...(bucket?.counts ?? [])]);
  return {
    values: all.slice(0, request.limit),
    from: 'counts',
    entries: all.reduce((sum, { count }) => sum + count, 0),
    isComplete: bucket?.isExact ?? true,
  };
}

const NO_VALUES: Values = { values: [], from: 'counts', entries: 0, isComplete: true };

async function valuesOfNewest({ filter, of, range, limit }: ValuesRequest, means: Means): Promise<Values> {
  const { reader, budget, now, signal } = means;
  const spending = new Spending(budget, now);
  const stretch: Stretch = { order: 'newest', ...range };
  const scan = new Scan(reader, { filter, stretch }, signal);
  const counts = new Map<string, number>();
  let entries = 0;
  while (!scan.isOver && entries < NEWEST_ENTRIES && !spending.isUsedUp) {
    const step = await scan.step(NEWEST_ENTRIES - entries);
    spending.spend(Math.max(1, step.rowsRead));
    entries += step.entries.length;
    for (const entry of step.entries)
      for (const value of valuesIn(entry, of)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return {
    values: sorted([...counts]).slice(0, limit),
    from: 'newest entries',
    entries,
    isComplete: scan.isOver,
  };
}

/** Each value of an entry once. */
function valuesIn(
  { serviceName, severity, tags }: { serviceName: string; severity: string; tags: string | null },
  of: ValuesOf,
): ReadonlySet<string> {
  switch (of.kind) {
    case 'service':
      return new Set([serviceName]);
    case 'severity':
      return new Set([severity]);
    case 'tag names':
      return new Set(namesIn(parseTags(tags), '', 0));
    case 'tag': {
      const value = findTag(parseTags(tags), of.name);
      const texts = (Array.isArray(value) ? value : [value]).map(textOf);
      return new Set(texts.filter((text) => text !== undefined));
    }
  }
}

/** The names that a filter can ask for: those of objects within objects with dots. */
function* namesIn(object: JsonObject, prefix: string, depth: number): Generator<string> {
  for (const [name, value] of Object.entries(object)) {
    if (isJsonObject(value) && depth < MAX_NAME_DEPTH) yield* namesIn(value, `${prefix}${name}.`, depth + 1);
    else yield `${prefix}${name}`;
  }
}

function sorted(counts: readonly (readonly [string, number])[]): { value: string; count: number }[] {
  return counts
    .map(([value, count]) => ({ value, count }))
    .toSorted((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
}
