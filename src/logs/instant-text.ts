import { dateText, dayNumber, twoDigits } from './calendar.ts';
import type { Instant } from './message.ts';

export const DAY_SECONDS = 86_400;
/** The range of a DATETIME column, in Unix seconds: the years 1000 to 9999. */
const FIRST_SECOND = dayNumber(1000, 1, 1) * DAY_SECONDS;
const LAST_SECOND = dayNumber(10_000, 1, 1) * DAY_SECONDS - 1;

/** A protobuf Timestamp as a column holds it, cut to microseconds. Null outside the years 1000 to 9999. */
export function formatInstant(instant: Instant): string | null {
  return columnText(instant.seconds, String(Math.floor(instant.nanos / 1000)).padStart(6, '0'));
}

/** The same of whole seconds since 1970 and six digits. */
export function columnText(unixSeconds: number, micros: string): string | null {
  if (!(unixSeconds >= FIRST_SECOND && unixSeconds <= LAST_SECOND)) return null;
  const day = Math.floor(unixSeconds / DAY_SECONDS);
  const secondOfDay = unixSeconds - day * DAY_SECONDS;
  const hour = Math.floor(secondOfDay / 3600);
  const minute = Math.floor(secondOfDay / 60) % 60;
  return `${dateText(day)} ${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(secondOfDay % 60)}.${micros}`;
}
