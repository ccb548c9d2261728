import { type ArchivedDay, type DayRange, listArchive } from '../../archive/archive.ts';
import { readListing } from '../../archive/listing.ts';
import {
  damaged,
  manifestName,
  MANIFESTS,
  parseManifestName,
  parsePartName,
  type PartManifest,
  PARTS,
} from '../../archive/manifest.ts';
import type { Place, PlacedFile } from '../../archive/place.ts';
import { verifyPart } from '../../archive/read-part.ts';
import { LmsError } from '../../errors/catalogue.ts';

/** So many files after each other that the place does not give: it is no fault of theirs. */
const MAX_UNREAD = 3;

/** What was found out about a day. */
export interface VerifiedDay {
  readonly day: string;
  /** In parts that are what their manifests say. */
  readonly rows: number;
  readonly parts: number;
  readonly bytes: number;
  /** ARCHIVE or ARCHIVE_PLACE, one for each file that is not. */
  readonly faults: readonly LmsError[];
  /** Files of parts in no manifest: their writing broke off, and the next run goes on with them. */
  readonly unfinished: readonly string[];
}

/** How an archive is verified. */
export interface Verifying {
  readonly range?: DayRange;
  readonly signal: AbortSignal;
  /** Told of rows that are verified. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/**
 * Reads all of an archive and compares it with its manifests, day by day, oldest first; the faults of one file keep
 * no other from being read. Rejects as the place does, once it gives one file after another no more.
 */
export async function* verifyArchive(
  place: Place,
  { range = {}, signal, onRows }: Verifying,
): AsyncGenerator<VerifiedDay, undefined> {
  const { days, unreadable } = await listArchive(place, range, { fresh: true, signal });
  const faults = unreadable.map(({ name, error }) => ({ name, error: asLmsError(name, error) }));
  const editions = new Map(days.map((each) => [each.day, each]));
  const files = Map.groupBy(await place.list(PARTS, signal), ({ name }) => parsePartName(name)?.day);
  const missing = await missingManifests(place, days, { range, signal });
  const all = new Set([
    ...editions.keys(),
    ...dayNames(faults),
    ...dayNames(missing),
    ...daysWithin(files, range),
  ]);
  const reading: Reading = { place, signal, onRows, unread: 0 };
  for (const day of [...all].sort()) {
    const known = [...faults, ...missing].filter(({ name }) => parseManifestName(name)?.day === day);
    const stored = { day, editions: editions.get(day)?.editions ?? [] };
    yield await verifyDay(
      stored,
      { files: files.get(day) ?? [], known: known.map(({ error }) => error) },
      reading,
    );
  }
}

interface Reading extends Pick<Verifying, 'signal' | 'onRows'> {
  readonly place: Place;
  /** Files that could not be read, after each other. */
  unread: number;
}

interface NamedFault {
  readonly name: string;
  readonly error: LmsError;
}

async function verifyDay(
  { day, editions }: ArchivedDay,
  { files, known }: { readonly files: readonly PlacedFile[]; readonly known: readonly LmsError[] },
  reading: Reading,
): Promise<VerifiedDay> {
  const there = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const parts = editions.flatMap((edition) => edition.parts);
  const faults = [...known];
  let [rows, bytes] = [0, 0];
  for (const part of parts) {
    const fault = await faultOf(part, there.get(part.name), reading);
    if (fault !== undefined) {
      faults.push(fault);
      continue;
    }
    rows += part.rows;
    bytes += part.bytes;
  }
  const inManifests = new Set(parts.map(({ name }) => name));
  const unfinished = [...there.keys()].filter((name) => !inManifests.has(name));
  return { day, rows, parts: parts.length, bytes, faults, unfinished };
}

async function faultOf(
  part: PartManifest,
  bytes: number | undefined,
  reading: Reading,
): Promise<LmsError | undefined> {
  if (bytes === undefined) return damaged(part.name, 'it is not there');
  try {
    reading.onRows?.(await verifyPart(reading.place, part, reading.signal));
    reading.unread = 0;
    return undefined;
  } catch (error) {
    if (!(error instanceof LmsError)) throw error;
    reading.unread = error.code === 'ARCHIVE_PLACE' ? reading.unread + 1 : 0;
    if (reading.unread === MAX_UNREAD) throw error;
    return error;
  }
}

/** Manifests that were there once: others of their day are, or the listing has them. */
async function missingManifests(
  place: Place,
  days: readonly ArchivedDay[],
  { range, signal }: { readonly range: DayRange; readonly signal: AbortSignal },
): Promise<readonly NamedFault[]> {
  const there = new Set((await place.list(MANIFESTS, signal)).map(({ name }) => name));
  const listed = [...(await readListing(place, signal)).manifests.values()].filter(({ day }) =>
    isWithin(day, range),
  );
  const earlier = days.flatMap(({ day, editions }) => {
    const last = Math.max(...editions.map(({ edition }) => edition));
    return Array.from({ length: last }, (_, index) => ({ day, edition: index + 1 }));
  });
  const names = new Set([...listed, ...earlier].map(manifestName));
  return [...names]
    .filter((name) => !there.has(name))
    .map((name) => ({ name, error: damaged(name, 'it is not there any more') }));
}

function dayNames(faults: readonly NamedFault[]): readonly string[] {
  return faults.flatMap(({ name }) => parseManifestName(name)?.day ?? []);
}

function daysWithin(files: ReadonlyMap<string | undefined, unknown>, range: DayRange): readonly string[] {
  return [...files.keys()].filter((day) => day !== undefined && isWithin(day, range)) as string[];
}

function isWithin(day: string, { from, to }: DayRange): boolean {
  return day >= (from ?? day) && (to === undefined || day < to);
}

function asLmsError(name: string, error: unknown): LmsError {
  return error instanceof LmsError ? error : damaged(name, String(error), error);
}
