import type { Filter } from '../filter.ts';
import type { EntryKey, EntryReader, Stretch } from './ports.ts';
import { Scan } from './scan.ts';

/** What deletes: the write side of the database. */
export interface EntryDeleter {
  /** Deletes the rows of these keys that are still there, with their counts; resolves to their number. */
  deleteEntries(keys: readonly EntryKey[]): Promise<number>;
}

/** What a deletion works with. */
export interface DeletionParts {
  readonly reader: EntryReader;
  readonly deleter: EntryDeleter;
  /** Aborted, what is being read is given up. */
  readonly signal: AbortSignal;
  /** Aborted, no other transaction begins. */
  readonly end?: AbortSignal | undefined;
}

/** How far a deletion has come. Stopped here and begun again, it goes on: what is deleted stays deleted. */
export interface Progress {
  readonly deleted: number;
  readonly rowsRead: number;
  /** All up to here is done, oldest first; undefined if nothing is left to do from the beginning. */
  readonly position: EntryKey | undefined;
  /** Whether all of it is done. */
  readonly isOver: boolean;
}

/** Rows of a transaction. */
const ROWS_AT_ONCE = 1_000;

/**
 * Deletes what matches, oldest first, in transactions of a bounded size: counts and rows are in step at every
 * moment. Entries that come in meanwhile behind its position are left. Reports after each.
 */
export async function* deleteMatching(
  filter: Filter,
  range: Pick<Stretch, 'from' | 'to'>,
  { reader, deleter, signal, end }: DeletionParts,
): AsyncGenerator<Progress> {
  const scan = new Scan(reader, { filter, stretch: { ...range, order: 'oldest' } }, signal);
  let [deleted, rowsRead] = [0, 0];
  while (!scan.isOver) {
    const step = await scan.step(ROWS_AT_ONCE);
    if (end?.aborted) return;
    rowsRead += step.rowsRead;
    if (step.entries.length > 0) deleted += await deleter.deleteEntries(step.entries);
    yield { deleted, rowsRead, position: scan.position, isOver: scan.isOver };
  }
}
