import { isDeepStrictEqual } from 'node:util';
import { type ArchivedDay, listArchive, readDay } from '../../archive/archive.ts';
import { damaged, type DayManifest, manifestName } from '../../archive/manifest.ts';
import { isBefore } from '../../archive/part-contents.ts';
import type { Place } from '../../archive/place.ts';
import { verifyPart } from '../../archive/read-part.ts';
import type { EntryKey } from '../../query/answers/ports.ts';
import type { DeletionFor, RowDeleter } from '../../retention/ports.ts';
import { databaseCounts, dayAfter, firstEntry, type Rows, startOfDay, totalOf } from './day-entries.ts';

/** Rows of a transaction. */
const ROWS_AT_ONCE = 1_000;

/** What deletes. */
export type ArchiveDeleter = Pick<RowDeleter, 'deleteEntries'>;

/** What deleting takes. */
export interface DeletingParts extends Rows {
  readonly place: Place;
  readonly deleter: ArchiveDeleter;
  readonly lease: DeletionFor['lease'];
  /** Told of rows that were read back, and of rows that were deleted. */
  readonly onVerified?: ((rows: number) => void) | undefined;
  readonly onDeleted?: ((rows: number) => void) | undefined;
}

/** What became of the rows of a day. */
export interface DeletedDay {
  readonly deleted: number;
  /** Rows of the day that the archive does not hold: they stay. */
  readonly left: number;
}

/**
 * Deletes the rows of a day that are archived, by their keys; one that came late stays. Before that all of the day is
 * read back from its place, manifests too, and is to be what was written. Rejects with ARCHIVE otherwise, with
 * nothing deleted. Stopped between two transactions, the next run goes on.
 */
export async function deleteArchived(day: ArchivedDay, parts: DeletingParts): Promise<DeletedDay> {
  await verifyStored(day, parts);
  const deleted = await deleteKeys(day, parts);
  const counts = await databaseCounts({ from: day.day, to: dayAfter(day.day) }, parts);
  return { deleted, left: totalOf(counts) };
}

/** Reads back a day that is about to be deleted elsewhere. */
async function verifyStored({ day, editions }: ArchivedDay, parts: DeletingParts): Promise<void> {
  const { place, signal, onVerified } = parts;
  const { days, unreadable } = await listArchive(
    place,
    { from: day, to: dayAfter(day) },
    { fresh: true, signal },
  );
  const [fault] = unreadable;
  if (fault !== undefined) throw fault.error;
  const stored = new Map(days[0]?.editions.map((each) => [manifestName(each), each]));
  for (const edition of editions) requireSame(edition, stored.get(manifestName(edition)));
  for (const part of editions.flatMap((edition) => edition.parts)) {
    onVerified?.(await verifyPart(place, part, signal));
  }
}

function requireSame(written: DayManifest, stored: DayManifest | undefined): void {
  const name = manifestName(written);
  if (stored === undefined) throw damaged(name, 'it is not there any more');
  if (!isDeepStrictEqual(stored, written)) throw damaged(name, 'it is another than was written');
}

async function deleteKeys(day: ArchivedDay, parts: DeletingParts): Promise<number> {
  const { place, signal, deleter, lease, onDeleted } = parts;
  const time = { from: startOfDay(day.day), to: startOfDay(dayAfter(day.day)) };
  const first = await firstEntry(time, parts);
  if (first === undefined) return 0;
  let deleted = 0;
  let keys: EntryKey[] = [];
  const flush = async () => {
    signal.throwIfAborted();
    const count = await deleter.deleteEntries(keys, { lease });
    deleted += count;
    onDeleted?.(count);
    keys = [];
  };
  for await (const entries of readDay(place, day, signal)) {
    for (const entry of entries) {
      // What is before the first that is left was deleted by a run before.
      if (isBefore(entry, first)) continue;
      keys.push({ timestamp: entry.timestamp, eventId: entry.eventId });
      if (keys.length === ROWS_AT_ONCE) await flush();
    }
  }
  if (keys.length > 0) await flush();
  return deleted;
}
