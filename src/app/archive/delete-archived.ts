import { isDeepStrictEqual } from 'node:util';
import { type ArchivedDay, listArchive, readDay } from '../../archive/archive.ts';
import { damaged, type DayManifest, manifestName } from '../../archive/manifest.ts';
import { isBefore } from '../../archive/part-contents.ts';
import type { Place } from '../../archive/place.ts';
import { verifyPart } from '../../archive/read-part.ts';
import type { EntryKey } from '../../query/answers/ports.ts';
import { basisOf, isOutdated } from '../../retention/basis.ts';
import type { DeletionBasis, DeletionFor, Hold, RowDeleter } from '../../retention/ports.ts';
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
  /** Times of which nothing is deleted for now. */
  readonly holds: () => Promise<readonly Hold[]>;
  /** Told of rows that were read back, and of rows that were deleted. */
  readonly onVerified?: ((rows: number) => void) | undefined;
  readonly onDeleted?: ((rows: number) => void) | undefined;
}

/** What became of the rows of a day. */
export interface DeletedDay {
  readonly deleted: number;
  /** Rows of the day that the archive does not hold: they stay. Not counted where the day is held. */
  readonly left: number;
  /** The hold that keeps the day, or what of it is not deleted yet. */
  readonly hold: Hold | undefined;
}

/**
 * Deletes the rows of a day that are archived, by their keys; one that came late stays. Before that all of the day is
 * read back from its place, manifests too, and is to be what was written. Rejects with ARCHIVE otherwise, with
 * nothing deleted. Ends at a hold that has something of the day, also at one that begins meanwhile. Stopped between
 * two transactions, the next run goes on.
 */
export async function deleteArchived(day: ArchivedDay, parts: DeletingParts): Promise<DeletedDay> {
  const begun = await decisionOf(day, parts);
  if (begun.hold !== undefined) return { deleted: 0, left: 0, hold: begun.hold };
  await verifyStored(day, parts);
  const { deleted, hold } = await deleteKeys(day, begun.basis, parts);
  if (hold !== undefined) return { deleted, left: 0, hold };
  const counts = await databaseCounts({ from: day.day, to: dayAfter(day.day) }, parts);
  return { deleted, left: totalOf(counts), hold };
}

/** What a deletion of a day goes by: which holds there are, and the one that forbids it. */
interface Decision {
  readonly basis: DeletionBasis;
  readonly hold: Hold | undefined;
}

async function decisionOf({ day }: ArchivedDay, parts: Pick<DeletingParts, 'holds'>): Promise<Decision> {
  const holds = await parts.holds();
  const [from, to] = [startOfDay(day), startOfDay(dayAfter(day))];
  const hold = holds.find((each) => each.from < to && from < each.to);
  return { basis: basisOf(undefined, { holds }), hold };
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
    const rows = await verifyPart(place, part, signal);
    onVerified?.(rows);
  }
}

function requireSame(written: DayManifest, stored: DayManifest | undefined): void {
  const name = manifestName(written);
  if (stored === undefined) throw damaged(name, 'it is not there any more');
  if (!isDeepStrictEqual(stored, written)) throw damaged(name, 'it is another than was written');
}

async function deleteKeys(
  day: ArchivedDay,
  basis: DeletionBasis,
  parts: DeletingParts,
): Promise<Pick<DeletedDay, 'deleted' | 'hold'>> {
  const { place, signal } = parts;
  const time = { from: startOfDay(day.day), to: startOfDay(dayAfter(day.day)) };
  const first = await firstEntry(time, parts);
  const deletion = new Deletion(day, basis, parts);
  if (first === undefined) return deletion;
  let keys: EntryKey[] = [];
  for await (const entries of readDay(place, day, signal)) {
    for (const entry of entries) {
      // What is before the first that is left was deleted by a run before.
      if (isBefore(entry, first)) continue;
      keys.push({ timestamp: entry.timestamp, eventId: entry.eventId });
      if (keys.length < ROWS_AT_ONCE) continue;
      if (!(await deletion.goesOn(keys))) return deletion;
      keys = [];
    }
  }
  if (keys.length > 0) await deletion.goesOn(keys);
  return deletion;
}

/** Deletes rows of a day for as long as nothing of it is held. */
class Deletion {
  readonly #day: ArchivedDay;
  readonly #parts: DeletingParts;
  #basis: DeletionBasis;
  #deleted = 0;
  #hold: Hold | undefined;

  constructor(day: ArchivedDay, basis: DeletionBasis, parts: DeletingParts) {
    this.#day = day;
    this.#basis = basis;
    this.#parts = parts;
  }

  get deleted(): number {
    return this.#deleted;
  }

  get hold(): Hold | undefined {
    return this.#hold;
  }

  /** Deletes the rows of these keys, in one transaction. Resolves to false, with nothing deleted, if the day is held. */
  async goesOn(keys: readonly EntryKey[]): Promise<boolean> {
    const { signal, deleter, lease, onDeleted } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      try {
        const count = await deleter.deleteEntries(keys, { lease, basis: this.#basis, signal });
        this.#deleted += count;
        onDeleted?.(count);
        return true;
      } catch (error) {
        if (!isOutdated(error)) throw error;
      }
      // A hold has begun meanwhile, perhaps of another time.
      const { basis, hold } = await decisionOf(this.#day, this.#parts);
      this.#basis = basis;
      this.#hold = hold;
      if (hold !== undefined) return false;
    }
  }
}
