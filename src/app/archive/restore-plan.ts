import { type ArchivedDay, listArchive, type Listing, type Unreadable } from '../../archive/archive.ts';
import { parseManifestName, type PartManifest } from '../../archive/manifest.ts';
import type { Place } from '../../archive/place.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { timeBehind } from '../../query/answers/stretch.ts';
import type { Time, TimeRange } from '../../query/answers/time-range.ts';
import { startOfDay } from './day-entries.ts';

/** What of a day is to be restored. */
export interface DayPlan {
  /** `YYYY-MM-DD`, of UTC. */
  readonly day: string;
  /** Those in which something of the time may be; at least one. */
  readonly parts: readonly PartManifest[];
  /** Of these parts: no more than so many are restored. */
  readonly rows: number;
}

/** What of an archive is to be restored. */
export interface RestorePlan {
  /** At least one, oldest first. */
  readonly days: readonly DayPlan[];
  readonly rows: number;
  /** Manifests of that time that cannot be read: what they tell of is left out. */
  readonly unreadable: readonly Unreadable[];
  /** All that is restored lies in it. */
  readonly time: Time;
}

/**
 * Looks up what an archive holds of a time. Rejects with QUESTION if that is nothing, with ARCHIVE if besides a
 * manifest of that time cannot be read, with ARCHIVE_PLACE if there is no archive, and as the place does.
 */
export async function planRestore(place: Place, range: TimeRange, signal: AbortSignal): Promise<RestorePlan> {
  const listing = await listArchive(place, {}, { signal });
  const days = listing.days.map((day) => planDay(day, range)).filter(({ parts }) => parts.length > 0);
  const parts = days.flatMap((day) => day.parts);
  if (parts.length === 0) throw nothingThere(place, listing, range);
  const firsts = parts.map(({ first }) => first.timestamp);
  const ends = parts.map(({ last }) => timeBehind(last.timestamp));
  return {
    days,
    rows: days.reduce((sum, { rows }) => sum + rows, 0),
    unreadable: listing.unreadable.filter(({ name }) => mayHave(name, range)),
    time: {
      from: latest([earliest(firsts), ...(range.from === undefined ? [] : [range.from])]),
      to: earliest([latest(ends), ...(range.to === undefined ? [] : [range.to])]),
    },
  };
}

function planDay({ day, editions }: ArchivedDay, { from = '', to }: TimeRange): DayPlan {
  const parts = editions
    .flatMap((edition) => edition.parts)
    .filter(({ first, last }) => last.timestamp >= from && (to === undefined || first.timestamp < to));
  return { day, parts, rows: parts.reduce((sum, { rows }) => sum + rows, 0) };
}

/** Whether a manifest, by its name, may tell of something of a time. */
function mayHave(name: string, { from = '', to }: TimeRange): boolean {
  const day = parseManifestName(name)?.day;
  return day === undefined || (day >= from.slice(0, 10) && (to === undefined || startOfDay(day) < to));
}

function nothingThere({ text }: Place, { days, unreadable }: Listing, range: TimeRange): LmsError {
  const [oldest, newest] = [days[0]?.day, days.at(-1)?.day];
  const [damage] = unreadable;
  const besides = damage === undefined ? '' : `; ${damage.name} cannot be read`;
  if (oldest === undefined || newest === undefined)
    return new LmsError('ARCHIVE_PLACE', `there is no archive in ${text}${besides}`);
  const mayBeThere = unreadable.some(({ name }) => mayHave(name, range));
  return new LmsError(
    mayBeThere ? 'ARCHIVE' : 'QUESTION',
    `${text} has nothing of that time: it holds ${oldest} to ${newest} (UTC)${besides}`,
  );
}

function earliest(times: readonly string[]): string {
  return times.reduce((one, other) => (one < other ? one : other));
}

function latest(times: readonly string[]): string {
  return times.reduce((one, other) => (one > other ? one : other));
}
