import { createHash, hash } from 'node:crypto';
import type { LogEntry } from '../../logs/entry.ts';
import { entryId } from '../../logs/entry-id.ts';
import { scopedId } from '../../logs/identity.ts';
import type { RequestKey } from '../keyed.ts';
import type { Raw } from './records.ts';

/** 96 bits as base64url. */
const HASH_UNITS = 16;
const PLACE_DIGITS = 9;
const FINER_DIGITS = 3;
const LONGEST_ID = 64;

/**
 * What tells the entries of a request from those of all others: a hash of its body, and of where it was sent,
 * so that the same body is something else in another place. The same request sent again has the same.
 */
export function bodyIdentity(scope: readonly string[], body: Uint8Array): string {
  const digest = createHash('sha256')
    .update(`${JSON.stringify(scope)}\n`)
    .update(body);
  return digest.digest('base64url').slice(0, HASH_UNITS);
}

/** The same of a request that its client has a key for. */
export function keyIdentity({ key }: RequestKey): string {
  return Buffer.from(key, 'hex').toString('base64url').slice(0, HASH_UNITS);
}

/**
 * The id of an entry that brings none of its own. Within one time ids sort as `finer`, the digits after the
 * microseconds, say, then as the records stand in their request: `<finer><place>-<identity>`. `part` is the
 * entry's place among several of its record.
 */
export function derivedId(
  { finer, place, part }: { readonly finer: string; readonly place: number; readonly part: string },
  identity: string,
): string {
  const digits = finer.slice(0, FINER_DIGITS).padEnd(FINER_DIGITS, '0');
  return `${digits}${String(place).padStart(PLACE_DIGITS, '0')}-${identity}${part}`;
}

/**
 * The digits after the microseconds, which stand in the tags, for a column does not hold them; empty if there
 * are none.
 */
export function finerDigits({ timestamp, tags }: LogEntry): string {
  if (tags === null) return '';
  const micros = timestamp.slice(20);
  if (!tags.includes(micros)) return '';
  const written = digitsBehind(tags, `${timestamp.slice(16, 19)}.${micros}`);
  if (written !== '') return written;
  const seconds = String(Date.parse(`${timestamp.slice(0, 10)}T${timestamp.slice(11, 19)}Z`) / 1_000);
  return digitsBehind(tags, seconds + micros) || digitsBehind(tags, `${seconds}.${micros}`);
}

function digitsBehind(text: string, start: string): string {
  const at = text.indexOf(start);
  if (at === -1) return '';
  let end = at + start.length;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  return text.slice(at + start.length, end);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** What the fields are called that identify an entry, whichever way it came. */
const ID_FIELDS = ['event_id', 'log.record.uid'] as const;

/** The id that a record brings among its fields, as an identity within its service; undefined if it has none. */
export function idOfFields({ tags, serviceName }: LogEntry): string | undefined {
  if (tags === null || !ID_FIELDS.some((field) => tags.includes(`"${field}"`))) return undefined;
  const fields = JSON.parse(tags) as Readonly<Record<string, unknown>>;
  const id = ID_FIELDS.map((field) => fields[field]).find(
    (value) => typeof value === 'string' && value !== '',
  );
  return typeof id === 'string' ? scopedId(id, '', serviceName) : undefined;
}

/**
 * The identity of an entry in a namespace: ids of different ones never meet. A copy of a stored entry, which
 * says its own id, keeps its key.
 */
export function idInNamespace(entry: LogEntry, prefix: string, raw: Raw): string {
  const { eventId } = entry;
  if (prefix === '' || (typeof raw !== 'function' && saysId(raw, entryId(entry)))) return eventId;
  const digest = hash('sha256', JSON.stringify([prefix, eventId]), 'base64url').slice(0, HASH_UNITS);
  return `${eventId.slice(0, LONGEST_ID - 1 - HASH_UNITS)}~${digest}`;
}

function saysId(raw: Uint8Array | string, id: string): boolean {
  return typeof raw === 'string'
    ? raw.includes(id)
    : Buffer.from(raw.buffer, raw.byteOffset, raw.length).includes(id);
}
