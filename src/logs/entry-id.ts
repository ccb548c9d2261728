import type { LogEntry } from './entry.ts';
import { parseTimestamp } from './timestamp.ts';

/** What tells an entry from all others. */
type EntryKey = Pick<LogEntry, 'timestamp' | 'eventId'>;

const ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{6})-([\w~-]|\.[0-9a-f]{2})+$/;
/** Digits of the time, the `T` among them and the dash behind them. */
const HEAD = 22;
const PLAIN = /[^\w~-]/g;
const IS_PLAIN = /^[\w~-]+$/;
const ESCAPE = /\.([0-9a-f]{2})/g;

/**
 * The key of an entry as one text for URLs, `20261125T140005123456-17~x7Kp2QaB`: its time in UTC and its event
 * id, of which a character other than letters, digits, `_`, `~` and `-` is a dot and two hex digits.
 */
export function entryId({ timestamp, eventId }: EntryKey): string {
  if (timestamp !== last.timestamp) last = { timestamp, head: headOf(timestamp) };
  return last.head + (IS_PLAIN.test(eventId) ? eventId : eventId.replace(PLAIN, escape));
}

/** Many entries in a row have the same time. */
let last = { timestamp: '', head: '' };

function headOf(timestamp: string): string {
  const date = timestamp.slice(0, 4) + timestamp.slice(5, 7) + timestamp.slice(8, 10);
  const time = timestamp.slice(11, 13) + timestamp.slice(14, 16) + timestamp.slice(17, 19);
  return `${date}T${time}${timestamp.slice(20)}-`;
}

/** The key that an id stands for; undefined if it is not one. */
export function parseEntryId(id: string): EntryKey | undefined {
  const match = ID.exec(id);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, micros] = match;
  const timestamp = parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`);
  const eventId = id
    .slice(HEAD)
    .replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const isEventId = eventId.length <= 64 && /^[!-~]+$/.test(eventId);
  if (timestamp === null || !isEventId) return undefined;
  const key = { timestamp, eventId };
  // One spelling for a key: an id is compared as it is.
  return entryId(key) === id ? key : undefined;
}

function escape(character: string): string {
  return `.${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
