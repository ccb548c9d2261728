import { monthNumber } from '../../logs/access/clf-time.ts';
import { dayNumber, isDate } from '../../logs/calendar.ts';
import { withoutTrailingZeros } from '../../logs/digits.ts';
import { epochTime } from '../../logs/epoch-time.ts';
import { columnText, DAY_SECONDS } from '../../logs/instant-text.ts';
import type { LineContext } from './format.ts';

/** A time in a line. */
export interface LineTime {
  /** In UTC, as a column holds it. */
  readonly timestamp: string;
  /** As it is spelled, if a column holds less of it. */
  readonly exact: string | undefined;
  /** Before which character it ends. */
  readonly end: number;
}

/** A form of times: a sticky pattern, and what its match means. */
interface TimeForm {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray, context: LineContext) => string | undefined;
}

/** `2026-11-05T13:45:00.123456789+01:00`, `2026-11-05 13:45:00,123`, `2026/11/05 13:45:00`; without a zone, too. */
const ISO: TimeForm = {
  pattern:
    /(\d{4})([-/])(\d\d)\2(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?(?:(?: ?(Z|z|UTC|GMT|[+-]\d\d:?\d\d)|([+-]\d\d))(?![\w:]|\.\d))?(?!\d|:\d)/y,
  read: ([, year, , month, day, hour, minute, second, fraction, zone, hours], context) =>
    instantOf(
      { year: Number(year), month: Number(month), day, hour, minute, second, fraction, zone: zone ?? hours },
      context,
    ),
};

/** `20261105T134500Z`, ISO 8601 without its marks. */
const BASIC: TimeForm = {
  pattern: /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:[.,](\d{1,12}))?(Z|[+-]\d\d:?\d\d)?(?!\w)/y,
  read: ([, year, month, day, hour, minute, second, fraction, zone], context) =>
    instantOf(
      { year: Number(year), month: Number(month), day, hour, minute, second, fraction, zone },
      context,
    ),
};

/** `1762350300.123`: seconds since 1970 with a fraction. A whole number may be anything. */
const EPOCH: TimeForm = {
  pattern: /\d{10}\.\d{1,9}(?![\w.])/y,
  read: ([text]) => epochTime(text)?.timestamp,
};

/** `Nov  5 13:45:00`, as syslog has it; some add a year or a fraction. */
const SYSLOG: TimeForm = {
  pattern:
    /([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?(?: (\d{4})(?=:?(?:\s|$)))?(?!\d|:\d)/y,
  read: ([, name = '', day, year, hour, minute, second, fraction, later], context) =>
    instantOf(
      { year: Number(year ?? later), month: monthNumber(name), day, hour, minute, second, fraction },
      context,
    ),
};

/** `Thu Nov  5 13:45:00.123456 2026`, as C's `ctime` and Apache's error log have it; `date` puts a zone in. */
const CTIME: TimeForm = {
  pattern:
    /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?: (UTC|GMT))? (\d{4})(?!\d)/y,
  read: ([, name = '', day, hour, minute, second, fraction, zone, year], context) =>
    instantOf(
      { year: Number(year), month: monthNumber(name), day, hour, minute, second, fraction, zone },
      context,
    ),
};

/** `05/Nov/2026:13:45:00 +0100`, as access logs have it, and `05-Nov-2026 13:45:00 UTC`, as PHP has it. */
const CLF: TimeForm = {
  pattern:
    /(\d\d)[/-]([A-Z][a-z]{2})[/-](\d{4})[: ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?: (UTC|GMT|[+-]\d{4})(?!\w))?(?!\d|:\d)/y,
  read: ([, day, name = '', year, hour, minute, second, fraction, zone], context) =>
    instantOf(
      { year: Number(year), month: monthNumber(name), day, hour, minute, second, fraction, zone },
      context,
    ),
};

const AFTER_DIGIT = [ISO, CLF, EPOCH, BASIC];
const AFTER_LETTER = [SYSLOG, CTIME];

/** The time that stands in a line from `start` on, in a form that can mean nothing else. Undefined if there is none. */
export function timeAt(line: string, start: number, context: LineContext): LineTime | undefined {
  const code = line.charCodeAt(start);
  const forms = code >= 0x30 && code <= 0x39 ? AFTER_DIGIT : code >= 0x41 && code <= 0x5a ? AFTER_LETTER : [];
  return firstTime(forms, { line, start }, context);
}

/** The same of times in the form of `ctime` alone. */
export function ctimeAt(line: string, start: number, context: LineContext): LineTime | undefined {
  return firstTime([CTIME], { line, start }, context);
}

/** The same of times with a date in digits: ISO 8601, RFC 3339, and what differs in its marks. */
export function isoTimeAt(line: string, start: number, context: LineContext): LineTime | undefined {
  return firstTime([ISO], { line, start }, context);
}

/** The same of times that begin with the name of a month. */
export function syslogTimeAt(line: string, start: number, context: LineContext): LineTime | undefined {
  return firstTime([SYSLOG], { line, start }, context);
}

/** The time that a text is, whole; or a number since 1970, in seconds or finer. Undefined if it is none. */
export function wholeTime(text: string, context: LineContext): LineTime | undefined {
  const time = timeAt(text, 0, context);
  if (time?.end === text.length) return time;
  const epoch = epochTime(text);
  if (epoch === null) return undefined;
  return { timestamp: epoch.timestamp, exact: epoch.finer === '' ? undefined : text, end: text.length };
}

function firstTime(
  forms: readonly TimeForm[],
  { line, start }: { readonly line: string; readonly start: number },
  context: LineContext,
): LineTime | undefined {
  for (const { pattern, read } of forms) {
    pattern.lastIndex = start;
    const match = pattern.exec(line);
    if (match === null) continue;
    const timestamp = read(match, context);
    if (timestamp === undefined) continue;
    const [text] = match;
    return { timestamp, exact: isFiner(text) ? text : undefined, end: start + text.length };
  }
  return undefined;
}

const FINER = /[.,]\d{6}(\d+)/;

/** Whether a time has digits behind its microseconds. */
function isFiner(text: string): boolean {
  const finer = FINER.exec(text)?.[1];
  return finer !== undefined && withoutTrailingZeros(finer) !== '';
}

/** A date and a time of day, in digits but for the month. */
export interface DateParts {
  /** NaN or undefined: the one that brings it nearest to the time at which it was read. */
  readonly year?: number | undefined;
  readonly month: number | undefined;
  readonly day: string | undefined;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly fraction?: string | undefined;
  /** `Z`, `UTC`, `GMT` or an offset; undefined: the context's. */
  readonly zone?: string | undefined;
}

/** The time as a column holds it; undefined if it does not exist, or lies outside the years 1000 to 9999. */
export function instantOf(parts: DateParts, context: LineContext): string | undefined {
  const { year = NaN, month = NaN, fraction = '', zone } = parts;
  const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number);
  if (day === undefined || hour === undefined || minute === undefined || second === undefined)
    return undefined;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  const inYear = (candidate: number) => {
    if (!isDate(candidate, month, day)) return NaN;
    const local = dayNumber(candidate, month, day) * DAY_SECONDS + hour * 3_600 + minute * 60 + second;
    return zone === undefined ? context.zone.toUnixSeconds(local) : local - offsetSeconds(zone);
  };
  const seconds = Number.isNaN(year) ? nearestYear(inYear, context.observedMs / 1_000) : inYear(year);
  return columnText(seconds, fraction.slice(0, 6).padEnd(6, '0')) ?? undefined;
}

/** Leap years are up to eight years apart, around 1900 and 2100. */
const MAX_YEARS_APART = 8;

/** Of the same day in other years the time that is nearest to `observed`; all in Unix seconds. NaN if there is none. */
function nearestYear(inYear: (year: number) => number, observed: number): number {
  const year = new Date(observed * 1_000).getUTCFullYear();
  let nearest = NaN;
  for (let apart = 0; apart <= MAX_YEARS_APART; apart += 1) {
    for (const candidate of [inYear(year - apart), inYear(year + apart)])
      if (!(Math.abs(candidate - observed) >= Math.abs(nearest - observed)) && !Number.isNaN(candidate))
        nearest = candidate;
    if (apart >= 1 && !Number.isNaN(nearest)) return nearest;
  }
  return nearest;
}

function offsetSeconds(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const size = Number(digits.slice(0, 2)) * 3_600 + Number(digits.slice(2, 4)) * 60;
  return zone.startsWith('-') ? -size : size;
}
