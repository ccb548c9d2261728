import { parseTimestamp } from '../../logs/timestamp.ts';
import type { TimeTest } from '../../query/filter.ts';
import { wrong } from '../question.ts';
import type { PageNumber } from './reading.ts';

const USUAL_PER_PAGE = 25;
const MAX_PER_PAGE = 1_000;
const MAX_PAGE = 1_000_000_000;

/** A date, or a date and a time of day; digits may follow each other without signs between them. */
const TIME =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,30}))?)?)?(?:\s*([Zz]|[+-]\d\d(?::?\d\d)?)|\s(\d\d(?::?\d\d)?))?)?$/;

/**
 * A time of ISO 8601 as a column holds it: without a zone it is UTC, a date alone its midnight. Undefined if it is
 * none. A `+` that a URL made a space of is taken for what it was.
 */
export function isoTime(text: string): string | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction, zone, spaced] =
    TIME.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const digits = fraction === undefined ? '' : `.${fraction}`;
  const offset = offsetOf(zone ?? (spaced === undefined ? 'Z' : `+${spaced}`));
  return parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}${digits}${offset}`) ?? undefined;
}

function offsetOf(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  const digits = zone.replace(':', '');
  return `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
}

/** A time of a column in ISO 8601: no fraction when it is zero. */
export function shownIso(time: string): string {
  return `${withoutZeroFraction(time).replace(' ', 'T')}Z`;
}

/** A time of a column, without its fraction if that is zero. */
export function withoutZeroFraction(time: string): string {
  return time.endsWith('.000000') ? time.slice(0, 19) : time;
}

/** Parameters, each a text, or several texts if it was given several times. */
export type Given = Readonly<Record<string, unknown>>;

/** A parameter that may be given once. Throws PARAMETER. */
export function single(given: Given, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(name, 'it should be given once');
}

/** A whole number. Throws PARAMETER. */
export function wholeParameter(
  given: Given,
  name: string,
  { min, max, usual }: { readonly min: number; readonly max: number; readonly usual: number },
): number {
  const text = single(given, name);
  if (text === undefined) return usual;
  if (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  throw wrong(name, `it should be a whole number from ${min} to ${max}`);
}

/** Which page is asked for. Throws PARAMETER. */
export function pageParameters(given: Given): PageNumber {
  return {
    page: wholeParameter(given, 'page', { min: 1, max: MAX_PAGE, usual: 1 }),
    perPage: wholeParameter(given, 'per_page', { min: 1, max: MAX_PER_PAGE, usual: USUAL_PER_PAGE }),
  };
}

/** Times that entries lie between, both included, as a column holds them. */
export interface Bounds {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Reads `time__gte` and `time__lte`. Throws PARAMETER, also if the first lies behind the second. */
export function timeParameters(given: Given): Bounds {
  const bounds = { from: timeParameter(given, 'time__gte'), to: timeParameter(given, 'time__lte') };
  requireOrder(bounds);
  return bounds;
}

/** Throws PARAMETER if a time begins behind its end. */
export function requireOrder({ from, to }: Bounds): void {
  if (from !== undefined && to !== undefined && from > to)
    throw wrong('time__gte', `it lies behind the end, ${shownIso(to)}`);
}

function timeParameter(given: Given, name: string): string | undefined {
  const text = single(given, name);
  const time = text === undefined ? undefined : isoTime(text);
  if (text !== undefined && time === undefined)
    throw wrong(name, 'it should be a time of ISO 8601, such as 2017-01-01 or 2017-01-01T12:00:00Z');
  return time;
}

/** The conditions that entries lie between these times. */
export function timeTests({ from, to }: Bounds): TimeTest[] {
  return [
    ...(from === undefined ? [] : [{ kind: 'time', op: '>=', at: from } as const]),
    ...(to === undefined ? [] : [{ kind: 'time', op: '<=', at: to } as const]),
  ];
}

/** The parameters of a request. */
export function givenOf(query: unknown): Given {
  return typeof query === 'object' && query !== null ? (query as Given) : {};
}
