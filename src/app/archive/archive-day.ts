import { countsOf, readDay } from '../../archive/archive.ts';
import { lateEntries } from '../../archive/late-entries.ts';
import { countsDigest } from '../../archive/listing.ts';
import { type DayManifest, parsePartName, type PartManifest, partsPrefix } from '../../archive/manifest.ts';
import { isBefore } from '../../archive/part-contents.ts';
import { partOf } from '../../archive/read-part.ts';
import { writeEdition, type Writing } from '../../archive/write-edition.ts';
import type { KeyCount } from '../../query/answers/ports.ts';
import { databaseCounts, dayAfter, dayEntries, type Rows, startOfDay } from './day-entries.ts';

/** Rows that come while a day is archived are archived, too; those that come for ever are left to the next run. */
const MAX_EDITIONS_A_RUN = 3;

/** A day, and what there is of it already. */
export interface DayToArchive {
  readonly day: string;
  /** Oldest first; none if it is not archived yet. */
  readonly editions: readonly DayManifest[];
  /** Of the counts that it had when it was last compared. */
  readonly compared: string | undefined;
  /** Its rows are compared with the archive's, whatever the counts say. */
  readonly isDoubted?: boolean | undefined;
}

/** What archiving a day works with. */
export interface DayParts extends Rows {
  readonly writing: Writing;
}

/** What became of a day. */
export interface ArchivedDayResult {
  /** All that there are now. */
  readonly editions: readonly DayManifest[];
  /** Those of them that were written. */
  readonly written: readonly DayManifest[];
  /** Of its counts in the database, if nothing that they count is missing in the archive; undefined if that is not known. */
  readonly compared: string | undefined;
}

/**
 * Archives what the database holds of a day and the archive does not. Goes on with parts that were written before
 * and have no manifest; as long as the counts are those of the archive, or those that were compared, nothing is
 * read.
 */
export async function archiveDay(
  { day, editions: before, compared, isDoubted = false }: DayToArchive,
  parts: DayParts,
): Promise<ArchivedDayResult> {
  const editions = [...before];
  const written: DayManifest[] = [];
  for (;;) {
    const counts = await databaseCounts({ from: day, to: dayAfter(day) }, parts);
    const digest = countsDigest(counts);
    // Without an edition counts say nothing: there is a row, whatever they are.
    const isKnown = editions.length > 0 && (isComplete(counts, editions) || digest === compared);
    if (isKnown && (!isDoubted || written.length > 0)) return { editions, written, compared: digest };
    if (written.length === MAX_EDITIONS_A_RUN) return { editions, written, compared: undefined };
    const edition = await (editions.length === 0
      ? firstEdition(day, parts)
      : lateEdition(day, editions, parts));
    if (edition === undefined) return { editions, written, compared: digest };
    editions.push(edition);
    written.push(edition);
  }
}

function isComplete(counts: readonly KeyCount[], editions: readonly DayManifest[]): boolean {
  return countsDigest(counts) === countsDigest(countsOf({ editions }));
}

async function firstEdition(day: string, parts: DayParts): Promise<DayManifest | undefined> {
  const { writing, signal } = parts;
  const found = await begunParts(day, parts);
  const last = found.at(-1)?.last;
  for (const { rows } of found) writing.onEntries?.(rows);
  const entries = dayEntries(day, parts, last);
  return writeEdition({ day, edition: 1, entries, parts: found }, { ...writing, signal });
}

/** Small, as a rule: what was begun of it is begun anew. */
async function lateEdition(
  day: string,
  editions: readonly DayManifest[],
  parts: DayParts,
): Promise<DayManifest | undefined> {
  const { writing, signal } = parts;
  const edition = Math.max(...editions.map((each) => each.edition)) + 1;
  await removeParts(day, edition, 1, parts);
  const archived = readDay(writing.place, { editions }, signal);
  const entries = lateEntries(dayEntries(day, parts), archived);
  return writeEdition({ day, edition, entries }, { ...writing, signal });
}

/**
 * The parts of a first edition whose writing was broken off: those that are whole and follow each other. What comes
 * behind them is removed.
 */
async function begunParts(day: string, parts: DayParts): Promise<readonly PartManifest[]> {
  const { place } = parts.writing;
  const found: PartManifest[] = [];
  const [from, to] = [startOfDay(day), startOfDay(dayAfter(day))];
  for (const { name } of await place.list(partsPrefix(day), parts.signal)) {
    const at = parsePartName(name);
    if (at?.edition !== 1 || at.part !== found.length + 1) continue;
    const part = await partOf(place, name, parts.signal);
    if (part === undefined || part.first.timestamp < from || part.last.timestamp >= to) break;
    const before = found.at(-1);
    if (before !== undefined && !isBefore(before.last, part.first)) break;
    found.push(part);
  }
  await removeParts(day, 1, found.length + 1, parts);
  return found;
}

/** Removes the parts of an edition from one on, and what else was left of its writing. */
async function removeParts(
  day: string,
  edition: number,
  from: number,
  { writing: { place }, signal }: DayParts,
): Promise<void> {
  await place.removeLeftovers(partsPrefix(day));
  for (const { name } of await place.list(partsPrefix(day), signal)) {
    const at = parsePartName(name);
    if (at?.edition === edition && at.part >= from) await place.remove(name, signal);
  }
}
