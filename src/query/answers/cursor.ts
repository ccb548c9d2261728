import { hash } from 'node:crypto';
import { parseTimestamp } from '../../logs/timestamp.ts';
import type { Filter } from '../filter.ts';
import { printFilter } from '../print.ts';
import { END_OF_TIME, type EntryKey, type Stretch } from './ports.ts';

/** Where a search goes on. */
export interface Cursor {
  readonly stretch: Stretch;
  /** The moment that times such as `-15m` are measured from, in milliseconds since 1970, in all its pages. */
  readonly nowMs: number;
  /** `filterHash` of what is searched for. */
  readonly filterHash: string;
}

const VERSION = 1;
const HASH_UNITS = 12;
const EVENT_ID = /^[!-~]{0,64}$/;
/** Of a `Date`, in milliseconds before and after 1970. */
const MAX_MS = 8.64e15;

/** Tells filters apart. */
export function filterHash(filter: Filter): string {
  return hash('sha256', printFilter(filter), 'base64url').slice(0, HASH_UNITS);
}

/** A cursor as one text for URLs. Nothing in it is secret, and nothing is trusted that it says. */
export function printCursor({ stretch, nowMs, filterHash: filter }: Cursor): string {
  const { order, after, from, to } = stretch;
  const position = after === undefined ? null : [after.timestamp, after.eventId];
  const parts = [VERSION, order, nowMs, filter, from ?? null, to ?? null, position];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Reads a cursor; undefined if it is none of this version. */
export function parseCursor(text: string): Cursor | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 7) return undefined;
  const [version, order, nowMs, filter, from, to, position] = parts as unknown[];
  if (version !== VERSION || (order !== 'newest' && order !== 'oldest')) return undefined;
  if (!isMoment(nowMs) || typeof filter !== 'string') return undefined;
  if (!isTimeOrNull(from) || !(isTimeOrNull(to) || to === END_OF_TIME)) return undefined;
  const after = readPosition(position);
  if (position !== null && after === undefined) return undefined;
  const stretch = { order, after, from: from ?? undefined, to: to ?? undefined } as const;
  return { stretch, nowMs, filterHash: filter };
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= MAX_MS;
}

function isTimeOrNull(value: unknown): value is string | null {
  return value === null || isTime(value);
}

/** Whether a database takes it for a time: with another one a statement fails. */
function isTime(value: unknown): value is string {
  return typeof value === 'string' && parseTimestamp(`${value.replace(' ', 'T')}Z`) === value;
}

/** A place in the order of keys. It need not be one of a row: then its event id may be empty. */
function readPosition(value: unknown): EntryKey | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [timestamp, eventId] = value as unknown[];
  if (!isTime(timestamp)) return undefined;
  if (typeof eventId !== 'string' || !EVENT_ID.test(eventId)) return undefined;
  return { timestamp, eventId };
}
