import type { JsonObject } from '../json.ts';
import type { Severity } from '../severity.ts';
import { type RequestLine, sectionOf } from './request.ts';

/** What an access log says of a request that was answered. */
export interface AccessFields {
  /** As a column holds it. */
  readonly timestamp: string;
  /** The time as it is spelled, if digits behind its microseconds were cut off. */
  readonly exactTime: string | undefined;
  readonly ip: string;
  readonly ident: string | undefined;
  readonly user: string | undefined;
  /** The site that was asked, if the line begins with it. */
  readonly vhost: string | undefined;
  /** Undefined if it could not be read. */
  readonly request: RequestLine | undefined;
  readonly code: number;
  /** Digits, however many; undefined if the line has `-` there. */
  readonly bytes: string | undefined;
  /** What stands behind the bytes: begins with a space, or is empty. */
  readonly rest: string;
}

/** What a status is worth: an error from 500 on, a warning from 400 on, else info. */
export function severityOfStatus(code: number): Severity {
  if (code >= 500) return 'error';
  return code >= 400 ? 'warn' : 'info';
}

/**
 * The tags of a request. What is `-` or not there has none, but for the section, which is `-` then. Those that may be
 * there: `ip ident user method path section protocol code bytes referrer user_agent vhost forwarded_for duration`,
 * and `timestamp` if the column holds less of it. `duration` is in seconds.
 */
export function accessTags(fields: AccessFields): JsonObject {
  const { ip, ident, user, request, code, bytes, vhost, rest, exactTime } = fields;
  const tags = {
    ip,
    ident,
    user,
    method: request?.method,
    path: request?.path,
    section: sectionOf(request),
    protocol: request?.protocol,
    code,
    bytes: bytes === undefined ? undefined : exactInteger(bytes),
    vhost,
    timestamp: exactTime,
  };
  return rest === '' ? tags : { ...tags, ...tagsOfRest(rest) };
}

const SAFE_DIGITS = 15;

/** A number of any size: more than a JavaScript number holds is written as it stands. */
function exactInteger(digits: string): number | object {
  return digits.length <= SAFE_DIGITS ? Number(digits) : JSON.rawJSON(String(BigInt(digits)));
}

/** Seconds with a fraction, or with their unit. A whole number alone may be seconds, milliseconds or more. */
const DURATION =
  /(?:^|\s)"?(?:(?:rt|request_time|duration|time)=)?(?:(\d{1,9}\.\d{1,9})s?|(\d{1,9}(?:\.\d{1,9})?)(ms|us|µs))"?(?=\s|$)/;
const ADDRESS_LIST = /^[\da-fA-F]*[.:][\da-fA-F.:]+(?:, ?[\da-fA-F.:]+)*$/;
const MAX_EXTRA_UNITS = 4_096;
const MILLIS = 1_000;
const MICROS = 1_000_000;

/** Referrer and user agent as in the combined format, and what servers are told to add. */
function tagsOfRest(rest: string): JsonObject {
  const referrer = quotedAt(rest, 1);
  const userAgent = referrer && quotedAt(rest, referrer.end + 1);
  const third = userAgent && quotedAt(rest, userAgent.end + 1);
  const forwarded = third !== undefined && ADDRESS_LIST.test(third.text) ? third.text : undefined;
  const extra = rest.slice(userAgent?.end ?? 0);
  return {
    referrer: userAgent && given(referrer.text),
    user_agent: userAgent && given(userAgent.text),
    forwarded_for: forwarded,
    duration: extra === '' ? undefined : durationOf(extra.slice(0, MAX_EXTRA_UNITS)),
  };
}

function durationOf(extra: string): number | undefined {
  const [, seconds, count, unit] = DURATION.exec(extra) ?? [];
  if (seconds !== undefined) return Number(seconds);
  if (count === undefined) return undefined;
  return Number(count) / (unit === 'ms' ? MILLIS : MICROS);
}

/** What an access log has for nothing is `-`; an empty text is none either. */
export function given(text: string): string | undefined {
  return text === '-' || text === '' || text === '""' ? undefined : text;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The text in quotes that begins at `start`, without its escapes, and where it ends. Undefined if there is none. */
function quotedAt(text: string, start: number): { readonly text: string; readonly end: number } | undefined {
  if (text.charCodeAt(start) !== QUOTE) return undefined;
  let close = text.indexOf('"', start + 1);
  while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close === -1 ? undefined : { text: unescaped(text.slice(start + 1, close)), end: close + 1 };
}

/** Whether an odd number of backslashes stands before a character. */
export function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
  return (at - start) % 2 === 1;
}

/** A text without the backslashes that Apache puts before quotes and backslashes. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text;
}
