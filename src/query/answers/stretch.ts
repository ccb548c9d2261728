import { type Bounds, nextMicrosecond } from '../bounds.ts';
import { END_OF_TIME, type EntryKey, type Stretch } from './ports.ts';

/** What of a stretch may hold something within the bounds; undefined: nothing of it. */
export function narrowed(stretch: Stretch, { from, to, services, severities }: Bounds): Stretch | undefined {
  if (services?.length === 0 || severities?.length === 0) return undefined;
  const later = [stretch.from, from].filter((time) => time !== undefined).sort();
  const earlier = [stretch.to, to].filter((time) => time !== undefined).sort();
  const narrow = { ...stretch, from: later.at(-1), to: earlier[0] };
  return isEmpty(narrow) ? undefined : narrow;
}

function isEmpty({ order, after, from, to }: Stretch): boolean {
  if (from !== undefined && to !== undefined && from >= to) return true;
  if (after === undefined) return false;
  return order === 'newest'
    ? from !== undefined && after.timestamp < from
    : to !== undefined && after.timestamp >= to;
}

/**
 * The place in the order of keys before all entries of a time: behind it come those of the time and later ones
 * if the oldest are first, and earlier ones if the newest are.
 */
export function placeBefore(timestamp: string): EntryKey {
  return { timestamp, eventId: '' };
}

/** The first time behind a time. */
export function timeBehind(timestamp: string): string {
  return nextMicrosecond(timestamp) ?? END_OF_TIME;
}

/** The start of the minute of a time, as counts have it. */
export function minuteOf(timestamp: string): string {
  return `${timestamp.slice(0, 16)}:00`;
}

/** The same minute as a time. */
export function startOf(minute: string): string {
  return `${minute}.000000`;
}

/** The first and the last minute that a column holds. */
const FIRST_MINUTE = '1000-01-01 00:00:00';
const LAST_MINUTE = '9999-12-31 23:59:00';

/** A minute some minutes later; undefined if it would be after the last. */
export function minutesLater(minute: string, minutes: number): string | undefined {
  return minutes > minutesBetween(minute, LAST_MINUTE) ? undefined : shifted(minute, minutes);
}

/** A minute some minutes earlier, or the first. */
export function minutesEarlier(minute: string, minutes: number): string {
  return minutes > minutesBetween(FIRST_MINUTE, minute) ? FIRST_MINUTE : shifted(minute, -minutes);
}

/** From one minute to a later one. */
function minutesBetween(one: string, other: string): number {
  return (msOf(other) - msOf(one)) / MINUTE_MS;
}

const MINUTE_MS = 60_000;

function shifted(minute: string, minutes: number): string {
  return new Date(msOf(minute) + minutes * MINUTE_MS).toISOString().slice(0, 19).replace('T', ' ');
}

function msOf(minute: string): number {
  return Date.parse(`${minute.replace(' ', 'T')}Z`);
}
