import type { ArchivedDay } from '../../archive/archive.ts';
import type { Place } from '../../archive/place.ts';
import type { Writing } from '../../archive/write-edition.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { DeletionFor, Hold } from '../../retention/ports.ts';
import { archiveDay, type DayToArchive } from './archive-day.ts';
import { databaseCounts, dayAfter, firstEntry, type Rows, startOfDay, totalOf } from './day-entries.ts';
import { type ArchiveDeleter, deleteArchived } from './delete-archived.ts';
import { KnownArchive } from './known-archive.ts';

/** How much of a run is done, in rows. */
export interface ArchiveProgress {
  archived: number;
  verified: number;
  deleted: number;
}

/** What a run works with. */
export interface ArchiveParts extends Rows {
  readonly place: Place;
  readonly release: string;
  readonly now: () => string;
  /** Counted up as it goes. */
  readonly progress: ArchiveProgress;
  /** Deletes what is archived; absent: nothing is. */
  readonly deleter?: ArchiveDeleter | undefined;
  readonly lease?: DeletionFor['lease'];
  /** Times of which nothing is deleted for now: asked before each day is, and whenever others have begun. */
  readonly holds: () => Promise<readonly Hold[]>;
  /** Told why the listing of the archive could not be written: it does without, for now. */
  readonly onUnlisted: (error: unknown) => void;
  readonly partBytes?: number | undefined;
}

/** What became of a day. */
export interface DayReport {
  readonly day: string;
  /** What is archived of it now. */
  readonly rows: number;
  readonly bytes: number;
  readonly parts: number;
  /** Entries that were archived in this run. */
  readonly written: number;
  /** Undefined: nothing was to be deleted, or nothing was, and `kept` says why not. */
  readonly deleted: number | undefined;
  /** Rows that came late, and stay until the next run archives them. */
  readonly left: number;
  /** Why nothing of it was deleted, or no more than that, though it was to be. */
  readonly kept: string | undefined;
  /** ARCHIVE: it could not be archived, or not be relied on, and nothing of it was deleted. */
  readonly failure: LmsError | undefined;
}

/**
 * Archives the days of the database before one (`YYYY-MM-DD`), oldest first, and tells of each. With a deleter, what
 * was archived of a day is verified and deleted before the next day. A day whose archive is damaged is left as it is,
 * and the others go on. Rejects as the database and the place do; what was done before stays.
 */
export async function* runArchive(before: string, parts: ArchiveParts): AsyncGenerator<DayReport, undefined> {
  const archive = await KnownArchive.open(parts.place, parts.signal);
  try {
    for (let day = await nextDay(undefined, before, parts); day !== undefined;) {
      yield await reportOf(day, archive, parts);
      day = await nextDay(day, before, parts);
    }
  } finally {
    await archive.writeListing().catch(parts.onUnlisted);
  }
}

async function reportOf(day: string, archive: KnownArchive, parts: ArchiveParts): Promise<DayReport> {
  try {
    archive.requireReadable(day);
    const report = await doDay(archive.of(day), archive, parts);
    if (report.deleted !== 0 || report.left === 0) return report;
    // As many are there as are archived, and they are others: those were deleted, and these came since.
    return await doDay({ ...archive.of(day), isDoubted: true }, archive, parts);
  } catch (error) {
    if (!(error instanceof LmsError && error.code === 'ARCHIVE')) throw error;
    return { ...sizeOf(archive.of(day)), written: 0, ...NOTHING_DELETED, failure: error };
  }
}

async function doDay(known: DayToArchive, archive: KnownArchive, parts: ArchiveParts): Promise<DayReport> {
  const { day } = known;
  const result = await archiveDay(known, { ...parts, writing: writingOf(parts) });
  archive.add(day, result);
  const stored = { day, editions: result.editions };
  const deletion = await deletionOf(stored, result.compared !== undefined, parts);
  if (deletion.deleted !== undefined) archive.forgetCounts(day);
  return { ...sizeOf(stored), written: rowsOf(result.written), ...deletion, failure: undefined };
}

const NOTHING_DELETED = { deleted: undefined, left: 0, kept: undefined };

async function deletionOf(
  day: ArchivedDay,
  isComplete: boolean,
  parts: ArchiveParts,
): Promise<Pick<DayReport, 'deleted' | 'left' | 'kept'>> {
  const { deleter, lease, progress } = parts;
  if (deleter === undefined) return NOTHING_DELETED;
  if (!isComplete) return { ...NOTHING_DELETED, kept: 'rows keep coming in: the next run goes on' };
  const onVerified = (rows: number) => (progress.verified += rows);
  const onDeleted = (rows: number) => (progress.deleted += rows);
  const done = await deleteArchived(day, { ...parts, deleter, lease, onVerified, onDeleted });
  const { deleted, left, hold } = done;
  if (hold === undefined) return { deleted, left, kept: undefined };
  return { deleted: deleted === 0 ? undefined : deleted, left, kept: `it is held: ${hold.reason}` };
}

function writingOf({ place, release, now, partBytes, progress, signal }: ArchiveParts): Writing {
  const onEntries = (rows: number) => (progress.archived += rows);
  return { place, release, now, partBytes, signal, onEntries };
}

/** The first day behind another that has rows, if it is before the end. */
async function nextDay(last: string | undefined, before: string, rows: Rows): Promise<string | undefined> {
  const from = last === undefined ? undefined : startOfDay(dayAfter(last));
  if (from !== undefined && from >= startOfDay(before)) return undefined;
  const entry = await firstEntry({ from, to: startOfDay(before) }, rows);
  return entry?.timestamp.slice(0, 10);
}

/** How many rows the database counts before a day, and the day of the first. */
export async function rowsBefore(before: string, rows: Rows): Promise<number> {
  const first = await nextDay(undefined, before, rows);
  return first === undefined ? 0 : totalOf(await databaseCounts({ from: first, to: before }, rows));
}

function sizeOf({ day, editions }: ArchivedDay): Pick<DayReport, 'day' | 'rows' | 'bytes' | 'parts'> {
  const bytes = editions.reduce((sum, edition) => sum + edition.bytes, 0);
  const parts = editions.reduce((sum, edition) => sum + edition.parts.length, 0);
  return { day, rows: rowsOf(editions), bytes, parts };
}

function rowsOf(editions: ArchivedDay['editions']): number {
  return editions.reduce((sum, { rows }) => sum + rows, 0);
}
