import { dayNumber, isDate } from '../calendar.ts';
import { withoutTrailingZeros } from '../digits.ts';
import { columnText, DAY_SECONDS } from '../instant-text.ts';

const COLON = 0x3a;
const SLASH = 0x2f;
const SPACE = 0x20;
const DOT = 0x2e;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;

/** A time of an access log, and where it ends. */
export interface ClfTime {
  /** As a column holds it, in UTC and cut to microseconds. */
  readonly timestamp: string;
  /** Whether digits behind the microseconds were cut off. */
  readonly isCut: boolean;
  /** Before which character of the text it ends. */
  readonly end: number;
}

const MONTHS: ReadonlyMap<string, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, index) => [
    name,
    index + 1,
  ]),
);

/** The number of a month by its English name of three letters, 1 to 12; undefined if it is none. */
export function monthNumber(name: string): number | undefined {
  return MONTHS.get(name);
}

/**
 * Reads `18/Jul/2000:02:12:31 +0000` that begins at `start`. A space may stand between date and time, and a fraction
 * behind the seconds. Undefined if it is none, does not exist, or lies outside the years 1000 to 9999.
 */
export function clfTime(text: string, start: number): ClfTime | undefined {
  if (text.charCodeAt(start + 2) !== SLASH || text.charCodeAt(start + 6) !== SLASH) return undefined;
  const between = text.charCodeAt(start + 11);
  if (between !== COLON && between !== SPACE) return undefined;
  const month = MONTHS.get(text.slice(start + 3, start + 6));
  if (month === undefined) return undefined;
  const year = twoDigitsAt(text, start + 7) * 100 + twoDigitsAt(text, start + 9);
  const day = twoDigitsAt(text, start);
  const second = secondOfDay(text, start + 12);
  if (!isDate(year, month, day) || !(second >= 0)) return undefined;

  const fraction = fractionAt(text, start + 20);
  const zone = start + 20 + (fraction === '' ? 0 : fraction.length + 1);
  const offset = offsetSeconds(text, zone);
  if (Number.isNaN(offset)) return undefined;
  const micros = fraction === '' ? '000000' : fraction.slice(0, 6).padEnd(6, '0');
  const timestamp = columnText(dayNumber(year, month, day) * DAY_SECONDS + second - offset, micros);
  if (timestamp === null) return undefined;
  return { timestamp, isCut: withoutTrailingZeros(fraction.slice(6)) !== '', end: zone + 6 };
}

/** `HH:MM:SS`; the second 60 is that which follows it. NaN if it is none. */
function secondOfDay(text: string, start: number): number {
  if (text.charCodeAt(start + 2) !== COLON || text.charCodeAt(start + 5) !== COLON) return NaN;
  const hour = twoDigitsAt(text, start);
  const minute = twoDigitsAt(text, start + 3);
  const second = twoDigitsAt(text, start + 6);
  return hour <= 23 && minute <= 59 && second <= 60 ? hour * 3600 + minute * 60 + second : NaN;
}

/** The digits behind a dot, at most twelve; empty if there is none. */
function fractionAt(text: string, start: number): string {
  if (text.charCodeAt(start) !== DOT) return '';
  let end = start + 1;
  while (end < start + 13 && isDigit(text.charCodeAt(end))) end += 1;
  return text.slice(start + 1, end);
}

/** Seconds east of UTC of ` +HHMM`. NaN if it is none. */
function offsetSeconds(text: string, start: number): number {
  const sign = text.charCodeAt(start + 1);
  if (text.charCodeAt(start) !== SPACE || (sign !== PLUS && sign !== MINUS)) return NaN;
  const hours = twoDigitsAt(text, start + 2);
  const minutes = twoDigitsAt(text, start + 4);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  return (sign === PLUS ? 1 : -1) * (hours * 3600 + minutes * 60);
}

function twoDigitsAt(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : NaN;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}
