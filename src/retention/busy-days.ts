import type { EntryReader, MinuteRange, RangeCount } from '../query/answers/ports.ts';
import { minuteOf, minutesLater, startOf } from '../query/answers/stretch.ts';
import type { Time } from '../query/answers/time-range.ts';
import type { ServiceSeverity } from './ports.ts';

/** Days that follow each other, and of which services and severities there are rows in them. */
export interface BusyDays {
  readonly time: Time;
  /** At least one. */
  readonly keys: readonly ServiceSeverity[];
  /** How many rows of these there are, as counted. */
  readonly rows: number;
}

/** Sums of one statement, where there are sums of days; and where counts by minute have to be added up. */
const SUMS_AT_ONCE = 400;
const COUNTED_AT_ONCE = 16;
/** Services that a statement names: of more, all are asked for. */
const MAX_SERVICES = 200;

/** What is looked for: rows before a whole minute, of some services and severities. */
export interface Wanted {
  /** As a column holds it. */
  readonly to: string;
  readonly isMeant: (key: ServiceSeverity) => boolean;
}

/**
 * The days with rows that are wanted, oldest first, by the counts alone: where these say that there is none,
 * nothing more is looked at. Rows that came late are counted like all others.
 */
export async function busyDays(
  reader: EntryReader,
  { to, isMeant }: Wanted,
  signal: AbortSignal,
): Promise<readonly BusyDays[]> {
  const end = minuteOf(to);
  const oldest = await reader.minutes({ order: 'oldest', to: end, maxCounts: 1 }, signal);
  const first = oldest.counts[0]?.minute;
  if (first === undefined) return [];
  const sums = await reader.rangeSums({ ranges: [{ from: first, to: end }], by: 'key' }, signal);
  const meant = sums?.filter(isKey).filter((sum) => sum.count > 0 && isMeant(sum));
  if (meant?.length === 0) return [];
  const services = meant && [...new Set(meant.map(({ serviceName }) => serviceName))];
  const named = services !== undefined && services.length <= MAX_SERVICES ? services : undefined;
  const found: BusyDays[] = [];
  for (const ranges of partsOf(days(first, end), sums === undefined ? COUNTED_AT_ONCE : SUMS_AT_ONCE)) {
    const counts = await countsOf(reader, ranges, named, signal);
    found.push(
      ...together(
        ranges,
        counts.filter((each) => each.count > 0 && isMeant(each)),
      ),
    );
  }
  return found;
}

/** From the sums, as long as these can be relied on. */
async function countsOf(
  reader: EntryReader,
  ranges: readonly MinuteRange[],
  services: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly RangeCount[]> {
  const sums = await reader.rangeSums({ ranges, by: 'key', services }, signal);
  return sums?.filter(isKey) ?? reader.rangeCounts(ranges, signal);
}

/** Days with something in them that follow each other are one. */
function* together(ranges: readonly MinuteRange[], counts: readonly RangeCount[]): Generator<BusyDays> {
  const byDay = Map.groupBy(counts, ({ range }) => range);
  let open: RangeCount[] = [];
  let from = 0;
  for (let day = 0; day <= ranges.length; day += 1) {
    const here = byDay.get(day);
    if (here !== undefined) {
      if (open.length === 0) from = day;
      open = [...open, ...here];
      continue;
    }
    const [first, last] = [ranges[from], ranges[day - 1]];
    if (open.length > 0 && first !== undefined && last !== undefined)
      yield { time: { from: startOf(first.from), to: startOf(last.to) }, ...keysOf(open) };
    open = [];
  }
}

function keysOf(counts: readonly RangeCount[]): Pick<BusyDays, 'keys' | 'rows'> {
  const byKey = new Map(
    counts.map(({ serviceName, severity }) => [`${severity} ${serviceName}`, { serviceName, severity }]),
  );
  return { keys: [...byKey.values()], rows: counts.reduce((sum, { count }) => sum + count, 0) };
}

/** Minutes cut at midnights. */
function* days(from: string, to: string): Generator<MinuteRange> {
  for (let start = from; start < to;) {
    const midnight = minutesLater(`${start.slice(0, 10)} 00:00:00`, MINUTES_OF_A_DAY);
    const end = midnight === undefined || midnight > to ? to : midnight;
    yield { from: start, to: end };
    start = end;
  }
}

const MINUTES_OF_A_DAY = 1_440;

function* partsOf(ranges: Iterable<MinuteRange>, most: number): Generator<readonly MinuteRange[]> {
  let part: MinuteRange[] = [];
  for (const range of ranges) {
    part.push(range);
    if (part.length < most) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function isKey<T extends { readonly severity: unknown }>(sum: T): sum is T & RangeCount {
  return sum.severity !== undefined;
}
