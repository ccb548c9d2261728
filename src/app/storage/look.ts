import type { Settings } from '../../config/settings.ts';
import { formatInstant } from '../../logs/instant-text.ts';
import type { Log } from '../../pipeline/ports.ts';
import { msOf } from '../../query/answers/column-time.ts';
import type { EntryReader, MinuteRange } from '../../query/answers/ports.ts';
import { type Forecast, forecast } from '../../retention/forecast.ts';
import { type CountedTimes, growthOf, type ObservedRows } from '../../retention/growth.ts';
import type { RetentionBook, StoredSize } from '../../retention/ports.ts';
import { openRetentionBook, openStorage } from '../../store/open.ts';
import type { Storage } from '../../store/storage.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Whole days that are counted: a week has one weekend. */
const DAYS = 7;

/** A database, opened to be looked at. */
export interface Looked {
  readonly storage: Storage;
  readonly book: Pick<RetentionBook, 'state' | 'close'>;
}

/** Opens the database of the settings. Rejects with `LmsError`. */
export async function openToLook({ database }: Pick<Settings, 'database'>, log: Log): Promise<Looked> {
  return { storage: await openStorage(database, { log }), book: openRetentionBook(database, { log }) };
}

/** Closes what was opened. */
export async function closeLooked({ storage, book }: Looked): Promise<void> {
  await book.close();
  await storage.close();
}

/** What is read of a database at one look. */
export interface StorageLook {
  readonly size: StoredSize | undefined;
  /** By the counts. */
  readonly rows: number;
  readonly counted: CountedTimes;
  /** Whether rules of retention are in force. */
  readonly hasRules: boolean;
}

/** Looks at sizes and counts, and at no row. Rejects with `LmsError`. */
export async function lookAt({ storage, book }: Looked, signal: AbortSignal): Promise<StorageLook> {
  const { reader } = storage;
  const size = await storage.size();
  const counts = await reader.keyCounts(signal);
  const { now, ruleSet } = await book.state();
  return {
    size,
    rows: counts.reduce((sum, { count }) => sum + count, 0),
    counted: await countedTimes(reader, msOf(now), signal),
    hasRules: ruleSet !== undefined && ruleSet.rules !== '',
  };
}

/** What follows from a look, and from those before it. */
export function forecastOf(
  { size, rows, counted, hasRules }: StorageLook,
  { observed, maxBytes }: { readonly observed: ObservedRows; readonly maxBytes?: number | undefined },
): Forecast {
  return forecast({
    size,
    rows,
    growth: growthOf(counted, observed),
    hasRules,
    rowsPerDayOfHour: observed.perDayOfHour,
    maxBytes,
  });
}

/** By the database's clock, whose days are those of its rows. */
async function countedTimes(reader: EntryReader, nowMs: number, signal: AbortSignal): Promise<CountedTimes> {
  const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const days = rangesBack(midnightMs, DAY_MS, DAYS);
  const hours = rangesBack(hourMs + HOUR_MS, HOUR_MS, (hourMs - midnightMs) / HOUR_MS + 1);
  const counts = await countsOf(reader, [...days, ...hours], signal);
  return {
    days: counts.slice(0, days.length),
    hours: counts.slice(days.length),
    hourShare: (nowMs - hourMs) / HOUR_MS,
  };
}

/** Ranges of a length up to a time, the last first. */
function rangesBack(endMs: number, lengthMs: number, ranges: number): MinuteRange[] {
  return Array.from({ length: ranges }, (_, index) => ({
    from: minuteText(endMs - (index + 1) * lengthMs),
    to: minuteText(endMs - index * lengthMs),
  }));
}

function minuteText(ms: number): string {
  const text = formatInstant({ seconds: ms / 1_000, nanos: 0 });
  if (text === null) throw new RangeError('no column holds the time of the database’s clock');
  return text.slice(0, 'YYYY-MM-DD HH:MM:SS'.length);
}

/** From the sums of hours and days; where the database cannot rely on them, from the counts of a week’s minutes. */
async function countsOf(
  reader: EntryReader,
  ranges: readonly MinuteRange[],
  signal: AbortSignal,
): Promise<number[]> {
  const sums =
    (await reader.rangeSums({ ranges, by: 'severity' }, signal)) ??
    (await reader.rangeCounts(ranges, signal));
  const counts = ranges.map(() => 0);
  for (const { range, count } of sums) counts[range] = (counts[range] ?? 0) + count;
  return counts;
}
