import { LmsError } from '../../errors/catalogue.ts';
import type { StoredEntry } from '../../logs/entry.ts';
import { retry } from '../../pipeline/retry.ts';
import type { EntryKey, EntryReader, KeyCount, Piece, Stretch } from '../../query/answers/ports.ts';
import { EVERYTHING } from '../../query/filter.ts';

/** Rows that are read at once, of at most 32 MB: while some are written, the next are read. */
const ROWS_AT_ONCE = 4_000;
const BACKOFF = { baseMs: 200, capMs: 5_000 };
const RETRY_TOTAL_MS = 60_000;

/** What is read of, and until when. */
export interface Rows {
  readonly reader: EntryReader;
  readonly signal: AbortSignal;
}

/** The beginning of a day, as a column holds it. */
export function startOfDay(day: string): string {
  return `${day} 00:00:00.000000`;
}

/** The day after another, `YYYY-MM-DD`, before the year 10000. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/**
 * The entries of a day that the database holds, oldest first, behind a key; some at a time, each read while the ones
 * before are worked on. An outage is waited for, a minute long.
 */
export async function* dayEntries(
  day: string,
  rows: Rows,
  after?: EntryKey,
): AsyncGenerator<readonly StoredEntry[], undefined> {
  const from = startOfDay(day);
  const to = startOfDay(dayAfter(day));
  let next: Promise<Piece> | undefined = readPiece({ order: 'oldest', from, to, after }, rows);
  while (next !== undefined) {
    const { entries, end }: Piece = await next;
    next = end && readPiece({ order: 'oldest', from, to, after: end }, rows);
    // Whoever waits for it is told, if somebody still does.
    next?.catch(() => undefined);
    if (entries.length > 0) yield entries;
  }
}

/** The first entry of a time. */
export async function firstEntry(
  time: Pick<Stretch, 'from' | 'to'>,
  rows: Rows,
): Promise<StoredEntry | undefined> {
  const { entries } = await readPiece({ order: 'oldest', ...time }, rows, 1);
  return entries[0];
}

/** How many rows of each service and severity the database counts from a day to before another. */
export async function databaseCounts(
  days: { readonly from: string; readonly to: string },
  { reader, signal }: Rows,
): Promise<readonly KeyCount[]> {
  const range = { from: `${days.from} 00:00:00`, to: `${days.to} 00:00:00` };
  const counts = await patiently(signal, async () => {
    const sums = await reader.rangeSums({ ranges: [range], by: 'key' }, signal);
    return sums ?? (await reader.rangeCounts([range], signal));
  });
  return counts.flatMap(({ serviceName, severity, count }) =>
    severity === undefined || count === 0 ? [] : [{ serviceName, severity, count }],
  );
}

/** The number of rows that counts add up to. */
export function totalOf(counts: readonly KeyCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function readPiece(stretch: Stretch, { reader, signal }: Rows, maxEntries = ROWS_AT_ONCE): Promise<Piece> {
  const request = { stretch, path: { kind: 'key' } as const, filter: EVERYTHING, maxEntries };
  return patiently(signal, () => reader.piece(request, signal));
}

function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const isTransient = (error: unknown) =>
    error instanceof LmsError &&
    (error.code === 'DATABASE_UNREACHABLE' || error.code === 'DATABASE_TOO_SLOW');
  return retry(work, { backoff: BACKOFF, totalMs: RETRY_TOTAL_MS, isTransient, signal });
}
