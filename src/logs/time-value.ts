import { withoutTrailingZeros } from './digits.ts';
import { epochTime, type TimeValue } from './epoch-time.ts';
import { formatInstant } from './instant-text.ts';
import { isJsonObject } from './json.ts';
import { parseTimestamp } from './timestamp.ts';

/**
 * A time in one of the forms that logs have it in: RFC 3339; a number, or text of digits, since 1970 in
 * seconds, milliseconds, microseconds or nanoseconds, told apart by its size; an object of `seconds` and
 * `nanos`. Null if it is none of them, or outside the years 1000 to 9999.
 */
export function readTime(value: unknown): TimeValue | null {
  if (typeof value === 'number') return epochTime(String(value));
  if (isJsonObject(value)) return instantTime(value['seconds'], value['nanos']);
  if (typeof value !== 'string') return null;
  const timestamp = parseTimestamp(value);
  return timestamp === null ? epochTime(value) : { timestamp, finer: finerDigits(value), hasZone: true };
}

/**
 * The date and time that logging libraries write in some other form: a comma, an offset without a colon or
 * none at all.
 */
const LOOSE = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * As `readTime`, and also times in a form that is not RFC 3339's but can mean nothing else; without a zone
 * they are UTC.
 */
export function readLooseTime(value: unknown): TimeValue | null {
  const time = readTime(value);
  if (time !== null || typeof value !== 'string') return time;
  const [, date, clock, fraction, zone] = LOOSE.exec(value) ?? [];
  if (date === undefined || clock === undefined) return null;
  const text = `${date}T${clock}${fraction === undefined ? '' : `.${fraction}`}${offsetOf(zone)}`;
  const timestamp = parseTimestamp(text);
  return timestamp === null ? null : { timestamp, finer: finerDigits(text), hasZone: zone !== undefined };
}

function offsetOf(zone: string | undefined): string {
  if (zone === undefined || !/^[+-]/.test(zone)) return 'Z';
  const digits = zone.replace(':', '');
  return `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
}

/** The time of `seconds` and `nanos`, as numbers or text of digits; no `nanos` are none. */
export function instantTime(seconds: unknown, nanos: unknown): TimeValue | null {
  const second = wholeNumber(seconds);
  const nano = nanos === undefined || nanos === null ? 0 : wholeNumber(nanos);
  if (!(nano >= 0 && nano < 1e9)) return null;
  const timestamp = formatInstant({ seconds: second, nanos: nano });
  if (timestamp === null) return null;
  const finer = withoutTrailingZeros(String(nano % 1_000).padStart(3, '0'));
  return { timestamp, finer, hasZone: true };
}

/** NaN, which lies in no range, if it is not one. */
function wholeNumber(value: unknown): number {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : NaN;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : NaN;
}

const FINER = /\.\d{6}(\d+)/;

/** The digits after the microseconds of an RFC 3339 time, without zeros at the end. */
function finerDigits(text: string): string {
  // Without an offset of its own a time of microseconds has 27 characters.
  if (text.length <= 27) return '';
  return withoutTrailingZeros(FINER.exec(text)?.[1] ?? '');
}
