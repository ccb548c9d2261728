import type { LogEntry } from './entry.ts';
import type { Severity } from './severity.ts';
import { parseTimestamp } from './timestamp.ts';

/** What a line of a web server's access log says: what of an entry it makes. */
export type AccessLine = Pick<LogEntry, 'timestamp' | 'severity' | 'payload' | 'tags'>;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Common log format; what stands behind the bytes, as in the combined one, is part of the line alone. */
const LINE =
  /^(\S+) (\S+) (\S+(?: [^[\s]\S*)*) \[(\d\d)\/(\w{3})\/(\d{4})[: ](\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d{1,30}|-)(?: .*)?$/s;
/** Servers take request lines of some thousand bytes. */
const MAX_UNITS = 65_536;
const REQUEST = /^(\S+) (\S+)(?: (\S+))?$/;

/**
 * Reads a line in common log format, without its line break: the time may be Apache's, with a colon behind the
 * date, or have a space there. The tags are `host`, `user`, `method` in capitals, `path`, `protocol`, `code` and
 * `bytes`; what is `-`, or not there, has none. Undefined if it is no such line, or a longer one than servers write.
 */
export function readAccessLine(payload: string): AccessLine | undefined {
  const match = payload.length > MAX_UNITS ? null : LINE.exec(payload);
  if (match === null) return undefined;
  const [, host, ident, user, day, month = '', year, time, hours, minutes, request = '', code, bytes] = match;
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  const timestamp = parseTimestamp(`${year}-${number}-${day}T${time}${hours}:${minutes}`);
  if (timestamp === null) return undefined;
  const [, method, path, protocol] = REQUEST.exec(request) ?? [];
  const tags = {
    host,
    ident: given(ident),
    user: given(user),
    method: method?.toUpperCase(),
    path,
    protocol,
    code: Number(code),
    bytes: given(bytes) === undefined ? undefined : JSON.rawJSON(String(BigInt(bytes ?? ''))),
  };
  return { timestamp, severity: severityOf(Number(code)), payload, tags: JSON.stringify(tags) };
}

function given(text: string | undefined): string | undefined {
  return text === '-' ? undefined : text;
}

function severityOf(code: number): Severity {
  if (code >= 500) return 'error';
  return code >= 400 ? 'warn' : 'info';
}
