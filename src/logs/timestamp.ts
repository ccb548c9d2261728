import { dayNumber, isDate } from './calendar.ts';
import { columnText, DAY_SECONDS } from './instant-text.ts';

const ZERO = 0x30;
const NINE = 0x39;
const DASH = 0x2d;
const PLUS = 0x2b;
const COLON = 0x3a;
const DOT = 0x2e;
const SPACE = 0x20;
/**
 * Where the text of a column is put together. As a concatenation of strings it would wait with its batch in
 * the parts that it is made of, which are four times as large.
 */
const COLUMN_TEXT = Buffer.from('YYYY-MM-DD HH:MM:SS.ffffff');

/**
 * An RFC 3339 time as a column holds it: UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. Null if it is not one, if its
 * date or time does not exist, or if it falls outside the years 1000 to 9999 in UTC.
 *
 * `T`, `t` or a space may stand between date and time. Digits after the microseconds are cut off. A leap
 * second, and any other second 60, becomes the second that follows it, as POSIX counts: the column knows no
 * second 60.
 */
export function parseTimestamp(text: string): string | null {
  const second = digitsAt(text, 17, 19);
  if (!isDateAndTime(text, second)) return null;

  let end = 19;
  if (text.charCodeAt(19) === DOT) {
    end = endOfDigits(text, 20);
    if (end === 20) return null;
  }
  const offsetMinutes = parseOffset(text, end);
  if (Number.isNaN(offsetMinutes)) return null;

  // Nearly every message says UTC: its digits are the answer already. A year below 1000 begins with a zero.
  if (offsetMinutes === 0 && second < 60 && text.charCodeAt(0) !== ZERO) return utcText(text, end);
  const micros = end === 19 ? '000000' : text.slice(20, Math.min(end, 26)).padEnd(6, '0');
  const day = dayNumber(digitsAt(text, 0, 4), digitsAt(text, 5, 7), digitsAt(text, 8, 10));
  const minute = digitsAt(text, 11, 13) * 60 + digitsAt(text, 14, 16) - offsetMinutes;
  return columnText(day * DAY_SECONDS + minute * 60 + second, micros);
}

/** The column's text of a time in UTC, whose fraction goes on to before `end`. */
function utcText(text: string, end: number): string {
  for (let at = 0; at < 19; at += 1) COLUMN_TEXT[at] = text.charCodeAt(at);
  COLUMN_TEXT[10] = SPACE;
  for (let at = 20; at < 26; at += 1) COLUMN_TEXT[at] = at < end ? text.charCodeAt(at) : ZERO;
  return COLUMN_TEXT.toString('latin1');
}

/** Whether the first 19 characters are a real date and a real time of day, second 60 included. */
function isDateAndTime(text: string, second: number): boolean {
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    isBetweenDateAndTime(text.charCodeAt(10)) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    digitsAt(text, 11, 13) <= 23 &&
    digitsAt(text, 14, 16) <= 59 &&
    second <= 60 &&
    digitsAt(text, 0, 4) >= 0 &&
    isDate(digitsAt(text, 0, 4), digitsAt(text, 5, 7), digitsAt(text, 8, 10))
  );
}

function isBetweenDateAndTime(code: number): boolean {
  return code === 0x54 || code === 0x74 || code === 0x20;
}

/**
 * Minutes east of UTC that the text from `start` to its end stands for: `Z`, `z` or `±HH:MM`. NaN if it is
 * none of them.
 */
function parseOffset(text: string, start: number): number {
  const sign = text.charCodeAt(start);
  if (sign === 0x5a || sign === 0x7a) return text.length === start + 1 ? 0 : NaN;
  if (sign !== PLUS && sign !== DASH) return NaN;
  if (text.length !== start + 6 || text.charCodeAt(start + 3) !== COLON) return NaN;
  const hours = digitsAt(text, start + 1, start + 3);
  const minutes = digitsAt(text, start + 4, start + 6);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  return sign === PLUS ? hours * 60 + minutes : -(hours * 60 + minutes);
}

/**
 * The number that the characters from `start` to before `end` spell. NaN, which fails every comparison,
 * unless all are digits.
 */
function digitsAt(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!(code >= ZERO && code <= NINE)) return NaN;
    value = value * 10 + (code - ZERO);
  }
  return value;
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1;
  return at;
}
