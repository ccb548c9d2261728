import { formatInstant } from '../logs/instant-text.ts';
import { msOf } from '../query/answers/column-time.ts';
import type { SizeMark } from './ports.ts';

const HOUR_MS = 3_600_000;
/** Of fewer rows nothing is deleted: what is large then is something else. */
const LEAST_ROWS = 10_000;
/** What is younger stays, whatever it takes: whoever looks for what happens now finds it. */
export const MIN_AGE_HOURS = 1;
/**
 * No run deletes more of all rows: a limit that is wrong by a digit, or a server that is wrong about its sizes, is
 * noticed before all is gone.
 */
const MOST_OF_ALL = 0.25;
/** A server that removes in the background what was deleted, and counts its pages, is done with it then. */
const SETTLED_MS = 600_000;
/** Fewer rows than so much of those before: somebody has deleted some. */
const SHRUNK = 0.98;

/** The table of entries, as it is measured. */
export interface Measured {
  /** Data and indexes, as the server has them: it looks again once a tenth of the rows has changed, or so. */
  readonly bytes: number;
  /** By the counts, at this moment. */
  readonly rows: number;
  /** By the database's clock, as a column holds it. */
  readonly now: string;
}

/**
 * What is known of the size of a row, from what is measured and what was known before; undefined of few rows.
 *
 * After a deletion the server says the same number of bytes for a while, and then one that has a part of what was
 * deleted still in it. Taken at its word, the rows that are left would seem to be larger, and more would be deleted,
 * again and again. So a row counts as being as large as before for as long as the server has not measured anew, and
 * as no larger for as long as it may have measured too soon.
 */
export function markOf({ bytes, rows, now }: Measured, before: SizeMark | undefined): SizeMark | undefined {
  if (rows < LEAST_ROWS || bytes === 0) return undefined;
  const hasShrunk = before !== undefined && rows < before.rows * SHRUNK;
  const shrunkAt = hasShrunk ? now : before?.shrunkAt;
  const bytesPerRow = sizeOfRow(bytes / rows, { bytes, shrunkAt }, before);
  return { seenBytes: bytes, rows, bytesPerRow, seenAt: now, shrunkAt };
}

function sizeOfRow(
  measured: number,
  { bytes, shrunkAt }: { readonly bytes: number; readonly shrunkAt: string | undefined },
  before: SizeMark | undefined,
): number {
  if (before === undefined) return measured;
  if (bytes === before.seenBytes) return before.bytesPerRow;
  // It was measured after the look before.
  const isSettled = shrunkAt === undefined || msOf(before.seenAt) - msOf(shrunkAt) >= SETTLED_MS;
  return isSettled ? measured : Math.min(measured, before.bytesPerRow);
}

/** How many rows are to go. */
export interface Excess {
  /** Of all of them, as many as their number and the size of one make it. */
  readonly bytes: number;
  /** So many in this run: 0 if the limit holds. */
  readonly rows: number;
  /** Whether that is all; otherwise a later run goes on. */
  readonly isAll: boolean;
}

/** How many of so many rows are to go, so that no more is left than the limit. */
export function excessOf(
  rows: number,
  { bytesPerRow }: Pick<SizeMark, 'bytesPerRow'>,
  maxBytes: number,
): Excess {
  const bytes = Math.round(rows * bytesPerRow);
  if (bytes <= maxBytes) return { bytes, rows: 0, isAll: true };
  const all = Math.ceil((bytes - maxBytes) / bytesPerRow);
  const most = Math.floor(rows * MOST_OF_ALL);
  return { bytes, rows: Math.min(all, most), isAll: all <= most };
}

/** The first time that stays in any case: the beginning of an hour; undefined where no column holds it. */
export function floorOf(now: string): string | undefined {
  const ms = Math.floor(msOf(now) / HOUR_MS - MIN_AGE_HOURS) * HOUR_MS;
  return formatInstant({ seconds: ms / 1_000, nanos: 0 }) ?? undefined;
}
