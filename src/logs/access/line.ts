import type { JsonObject } from '../json.ts';
import type { Severity } from '../severity.ts';
import { type ClfTime, clfTime } from './clf-time.ts';
import { type AccessFields, accessTags, given, isEscaped, severityOfStatus, unescaped } from './fields.ts';
import { parseRequest } from './request.ts';

/** What of an entry a line of an access log makes. */
export interface AccessEntry {
  /** As a column holds it. */
  readonly timestamp: string;
  readonly severity: Severity;
  /** As `JSON.stringify` writes it: numbers of any size are exact. */
  readonly tags: JsonObject;
}

/** Servers take request lines of some thousand bytes. */
const MAX_UNITS = 65_536;
const SPACE = 0x20;
const QUOTE = 0x22;
const HYPHEN = 0x2d;
const CLOSE = 0x5d;
const ZERO = 0x30;
const MAX_BYTES_DIGITS = 30;

/** The entry of a line in common or combined log format; see `scanAccessLine`. Undefined if it is no such line. */
export function readAccessLine(line: string): AccessEntry | undefined {
  const fields = scanAccessLine(line);
  return fields && accessEntry(fields);
}

/** The entry that the fields of a line make. */
export function accessEntry(fields: AccessFields): AccessEntry {
  const { timestamp, code } = fields;
  return { timestamp, severity: severityOfStatus(code), tags: accessTags(fields) };
}

/**
 * Reads a line in common log format, without its line break: what stands behind it, as in the combined format, is
 * left as it is. The time may be Apache's, with a colon behind the date, or have a space there; a virtual host may
 * stand in front; names of users may have spaces. Undefined if it is no such line, or a longer one than servers
 * write. Takes time in proportion to the length, whatever the text.
 */
export function scanAccessLine(line: string): AccessFields | undefined {
  if (line.length > MAX_UNITS) return undefined;
  for (let open = line.indexOf(' ['); open !== -1; open = line.indexOf(' [', open + 1)) {
    const time = clfTime(line, open + 2);
    if (time !== undefined) return scanAround(line, open, time);
  }
  return undefined;
}

function scanAround(line: string, open: number, time: ClfTime): AccessFields | undefined {
  const quote = time.end + 2;
  if (line.charCodeAt(time.end) !== CLOSE || line.charCodeAt(quote) !== QUOTE) return undefined;
  const who = whoOf(line.slice(0, open));
  if (who === undefined) return undefined;
  const close = endOfRequest(line, quote + 1);
  if (close === undefined) return undefined;
  const start = close + 6;
  const end = endOfBytes(line, start);
  if (end === undefined) return undefined;
  return {
    timestamp: time.timestamp,
    exactTime: time.isCut ? line.slice(open + 2, time.end) : undefined,
    ...who,
    request: parseRequest(unescaped(line.slice(quote + 1, close))),
    code: Number(line.slice(close + 2, close + 5)),
    bytes: line.charCodeAt(start) === HYPHEN ? undefined : line.slice(start, end),
    rest: line.slice(end),
  };
}

type Who = Pick<AccessFields, 'ip' | 'ident' | 'user' | 'vhost'>;

/** Who asked: `[vhost ]ip ident user`. Undefined if there are fewer than three. */
function whoOf(text: string): Who | undefined {
  const second = text.indexOf(' ') + 1;
  const third = text.indexOf(' ', second) + 1;
  if (second < 2 || third < second + 2 || third === text.length) return undefined;
  const first = text.slice(0, second - 1);
  if (first.endsWith(',')) return behindProxies(text);
  if (text.charCodeAt(second) !== HYPHEN || third > second + 2) {
    const vhost = withVhost(text, first, second);
    if (vhost !== undefined) return vhost;
  }
  return {
    ip: first,
    ident: given(text.slice(second, third - 1)),
    user: given(text.slice(third)),
    vhost: undefined,
  };
}

/** A virtual host is in front of an address; or has a port, and a name behind it. */
function withVhost(text: string, first: string, second: number): Who | undefined {
  const rest = text.slice(second);
  const words = rest.split(' ', 3);
  if (words.length < 3 || words.includes('')) return undefined;
  if (!ADDRESS.test(words[0] ?? '') && !WITH_PORT.test(first)) return undefined;
  const who = whoOf(rest);
  return who && who.vhost === undefined ? { ...who, vhost: first } : undefined;
}

/** `1.2.3.4`, `::1`, `fe80::1%eth0`: no name is written so. */
const ADDRESS =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,8}(?:[.\d]*)(?:%\w{1,20})?)$/;
const WITH_PORT = /^[^:]+:\d{1,5}$/;
const PROXIES = /^([^\s,]+)(?:, ?[^\s,]+)+ (\S+) (\S.*)$/;

/** A server that logs the header of a proxy has several addresses in the place of one: the first is the client's. */
function behindProxies(text: string): Who | undefined {
  const [, ip, ident = '', user = ''] = PROXIES.exec(text) ?? [];
  return ip === undefined ? undefined : { ip, ident: given(ident), user: given(user), vhost: undefined };
}

/**
 * Where the quote is that ends a request: one that is not escaped, and a status stands behind it. Some servers do not
 * escape those inside.
 */
function endOfRequest(line: string, start: number): number | undefined {
  for (let close = line.indexOf('"', start); close !== -1; close = line.indexOf('"', close + 1))
    if (isStatusAt(line, close + 1) && !isEscaped(line, close)) return close;
  return undefined;
}

/** A space, three digits and another space. */
function isStatusAt(line: string, at: number): boolean {
  return (
    line.charCodeAt(at) === SPACE &&
    isDigit(line.charCodeAt(at + 1)) &&
    isDigit(line.charCodeAt(at + 2)) &&
    isDigit(line.charCodeAt(at + 3)) &&
    line.charCodeAt(at + 4) === SPACE
  );
}

/** Where the digits or the hyphen end that stand for the bytes. Undefined if they are none. */
function endOfBytes(line: string, start: number): number | undefined {
  let end = start;
  if (line.charCodeAt(end) === HYPHEN) end += 1;
  else while (isDigit(line.charCodeAt(end))) end += 1;
  if (end === start || end - start > MAX_BYTES_DIGITS) return undefined;
  return end === line.length || line.charCodeAt(end) <= SPACE ? end : undefined;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}
