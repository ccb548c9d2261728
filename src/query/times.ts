import { Temporal } from 'temporal-polyfill';
import { epochTime } from '../logs/epoch-time.ts';
import { formatInstant } from '../logs/instant-text.ts';
import type { Mistake } from './mistake.ts';
import { isMistake, mistake } from './mistake.ts';

/** What a time that a person writes is measured from. */
export interface TimeContext {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Where times without a zone are read: a name that `isZone` knows, such as `Europe/Berlin` or `UTC`. */
  readonly zone: string;
}

/** A time that a person wrote, as exact as it was written. */
export interface Time {
  /** Its first microsecond, in UTC: `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly at: string;
  /** Whether it had more digits than microseconds, and lies behind `at`. */
  readonly isCut: boolean;
  /**
   * The first microsecond behind all that it names (a day, a minute): null if that is after the last there is,
   * undefined if it names one microsecond.
   */
  readonly end?: string | null;
}

/** Reads a time that a person wrote; where the mistake stands is for the caller to say. */
export type ReadTime = (text: string) => Time | Mistake;

const EXPECTED =
  'a time: `2026-11-25T14:00:05Z`, `2026-11-25`, `2026-11-25T14:00`, `14:00`, `-15m`, `@1700000000`, `now`, `today` or `yesterday`';
const OUT_OF_RANGE = mistake('This time lies outside the years 1000 to 9999.', 0, 0, 'a time within them');

const SECOND_MS = 1_000;
const UNITS_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  h: 3_600 * SECOND_MS,
  d: 86_400 * SECOND_MS,
  w: 7 * 86_400 * SECOND_MS,
};
const AGE = /^(?:\d{1,9}[smhdw]){1,5}$/;
const AGE_PART = /(\d+)([smhdw])/g;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_AND_TIME =
  /^(?:(\d{4}-\d\d-\d\d)[Tt ])?(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,30}))?)?(?:\s?([Zz]|[+-]\d\d(?::?\d\d)?))?$/;

/** Whether a name is that of a zone, or an offset. */
export function isZone(name: string): boolean {
  // What is asked for nearly always.
  if (name === 'UTC') return true;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * A time as a person writes it, or a mistake: RFC 3339, of which seconds, date and zone may be left out; a
 * date; so long ago (`-15m`, `-1h30m`; days have 24 hours) or from now (`+1h`); `@` and seconds since 1970;
 * `now`, `today`, `yesterday`, `tomorrow`.
 */
export function parseTime(text: string, context: TimeContext): Time | Mistake {
  const time =
    readDay(text, context) ?? readAge(text, context) ?? readEpoch(text) ?? readClock(text, context);
  if (time === undefined) return mistake('This is no time.', 0, text.length, EXPECTED);
  return isMistake(time) ? { ...time, length: text.length } : time;
}

/** As `parseTime`, where a time has passed: also `15m` is 15 minutes ago. */
export function parsePastTime(text: string, context: TimeContext): Time | Mistake {
  return parseTime(AGE.test(text) ? `-${text}` : text, context);
}

const DAYS_FROM_TODAY: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['yesterday', -1],
  ['tomorrow', 1],
]);

function readDay(text: string, { nowMs, zone }: TimeContext): Time | Mistake | undefined {
  const days = DAYS_FROM_TODAY.get(text);
  if (days === undefined && !DATE.test(text)) return undefined;
  const date = days === undefined ? dateOf(text) : zoned(nowMs, zone).toPlainDate().add({ days });
  if (date === undefined) return mistake('There is no such date.', 0, 0, 'a date that exists');
  return span(date.toZonedDateTime(zone), date.add({ days: 1 }).toZonedDateTime(zone));
}

function readAge(text: string, { nowMs }: TimeContext): Time | Mistake | undefined {
  if (text === 'now') return moment(nowMs);
  const sign = text.startsWith('-') ? -1 : 1;
  if (!/^[+-]/.test(text) || !AGE.test(text.slice(1))) return undefined;
  let ageMs = 0;
  for (const [, count, unit = ''] of text.matchAll(AGE_PART)) ageMs += Number(count) * (UNITS_MS[unit] ?? 0);
  return moment(nowMs + sign * ageMs);
}

function moment(ms: number): Time | Mistake {
  const seconds = Math.floor(ms / SECOND_MS);
  const at = formatInstant({ seconds, nanos: Math.floor((ms - seconds * SECOND_MS) * 1_000) * 1_000 });
  return at === null ? OUT_OF_RANGE : { at, isCut: false };
}

function readEpoch(text: string): Time | Mistake | undefined {
  if (!/^@\d{1,20}(?:\.\d{1,30})?$/.test(text)) return undefined;
  const time = epochTime(text.slice(1));
  return time === null ? OUT_OF_RANGE : { at: time.timestamp, isCut: time.finer !== '' };
}

function readClock(text: string, { nowMs, zone }: TimeContext): Time | Mistake | undefined {
  const [, day, hour, minute, second, fraction = '', offset] = DATE_AND_TIME.exec(text) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const where = offset === undefined ? zone : offsetZone(offset);
  const date = day === undefined ? zoned(nowMs, where).toPlainDate() : dateOf(day);
  const isClock = Number(hour) <= 23 && Number(minute) <= 59 && Number(second ?? 0) <= 60;
  if (date === undefined || !isClock || !isZone(where))
    return mistake('There is no such time.', 0, 0, 'a date and a time of day that exist');
  const start = date
    .toZonedDateTime({ timeZone: where, plainTime: `${hour}:${minute}` })
    .add({ seconds: Number(second ?? 0), microseconds: Number(fraction.slice(0, 6).padEnd(6, '0')) });
  if (second === undefined) return span(start, start.add({ minutes: 1 }));
  const isCut = /[1-9]/.test(fraction.slice(6));
  if (fraction.length >= 6) return span(start, undefined, isCut);
  return span(start, start.add({ microseconds: 10 ** (6 - fraction.length) }));
}

function offsetZone(offset: string): string {
  if (/^z$/i.test(offset)) return 'UTC';
  const digits = offset.replace(':', '');
  return `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
}

function dateOf(text: string): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}

function zoned(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(zone);
}

function span(start: Temporal.ZonedDateTime, behind?: Temporal.ZonedDateTime, isCut = false): Time | Mistake {
  const at = columnText(start);
  const end = behind === undefined ? undefined : columnText(behind);
  if (at === null) return OUT_OF_RANGE;
  return end === undefined ? { at, isCut } : { at, isCut, end };
}

function columnText(time: Temporal.ZonedDateTime): string | null {
  const seconds = Math.floor(time.epochMilliseconds / SECOND_MS);
  return formatInstant({ seconds, nanos: Number(time.epochNanoseconds - BigInt(seconds) * 1_000_000_000n) });
}
