import { randomBytes } from 'node:crypto';
import type { Encoding } from '../decoding/encoding.ts';
import { SOURCE_FORMATS, type SourceFormat } from '../reading/source-reader.ts';
import { EMPTY_SPAN, type Span, SPAN_BYTES } from './span.ts';

/** How a reading came about that must come about again in the same way. */
export interface Observation {
  /** Offset behind the bytes that were read. */
  readonly end: number;
  /** When they were read, in Unix milliseconds. */
  readonly ms: number;
  /** What was handed over then without waiting any longer: `events`, the unfinished `line`, or all at the `end`. */
  readonly flush?: 'events' | 'line' | 'end' | undefined;
}

/** Where the bytes were last. */
export interface Home {
  /** With no symbolic link in it. */
  readonly path: string;
  readonly inode: number;
  /** When the file was made, in Unix milliseconds; undefined where that is not sure. */
  readonly bornMs?: number | undefined;
}

/** What is remembered of a file: of what was written to it, wherever that is now. */
export interface FileRecord {
  /** Identity of all its events: 24 hex digits, of which the first 12 are the time at which it was first seen. */
  readonly id: string;
  /** The input that it belongs to, and the path under which it was found. */
  readonly input: string;
  readonly path: string;
  readonly home: Home;
  /** Its first bytes, as many as were known, up to `SPAN_BYTES`. */
  readonly head: Span;
  /** What lies before this is confirmed. */
  readonly offset: number;
  /** The bytes before `offset`, up to `SPAN_BYTES`. */
  readonly before: Span;
  /** How long it was when it was looked at last, in bytes, as far as that is known, and when it was written to, in Unix milliseconds. */
  readonly size: number;
  readonly modifiedMs: number;
  readonly encoding?: Encoding | undefined;
  readonly format?: SourceFormat | undefined;
  /** Of what is not confirmed, oldest first. */
  readonly observations: readonly Observation[];
  /** Since when there is no file with these bytes, in Unix milliseconds. */
  readonly goneMs?: number | undefined;
}

const ID_TIME_DIGITS = 12;
const ID_RANDOM_BYTES = 6;
let lastIdMs = 0;

/** An identity for what is seen first now: sorts behind those that this process gave before. */
export function newRecordId(nowMs: number): string {
  lastIdMs = Math.max(lastIdMs + 1, nowMs);
  const time = lastIdMs.toString(16).padStart(ID_TIME_DIGITS, '0');
  return time + randomBytes(ID_RANDOM_BYTES).toString('hex');
}

const OFFSET_DIGITS = 16;

/** The identity of the event that begins at this offset: in the order of the file, and 41 characters. */
export function eventIdAt({ id }: FileRecord, offset: number): string {
  return `${id}-${offset.toString(16).padStart(OFFSET_DIGITS, '0')}`;
}

/** No file is longer: a place beyond is a fault of whoever wrote it. */
const MAX_OFFSET = 2 ** 50;
/** More than are ever on their way at once: of what is unconfirmed there may be one for each line, and of a line of gigabytes some thousands. */
const MAX_OBSERVATIONS = 1_000_000;

/**
 * The record that a value out of a state file is; undefined if it does not say whose. What else is absurd in it is as
 * if nothing were known of that: then it `isWhole` no more.
 */
export function parseRecord(value: unknown): { record: FileRecord; isWhole: boolean } | undefined {
  if (!isObject(value) || typeof value['id'] !== 'string' || !/^[0-9a-f]{24}$/.test(value['id']))
    return undefined;
  const head = parseSpan(value['head']);
  const home = parseHome(value['home']);
  const { path } = value;
  if (head === undefined || home === undefined || typeof path !== 'string') return undefined;
  const place = parsePlace(value);
  const observations = parseObservations(value['observations']);
  const record = {
    id: value['id'],
    input: typeof value['input'] === 'string' ? value['input'] : '',
    path,
    home,
    head,
    ...(place ?? { offset: 0, before: EMPTY_SPAN }),
    size: isOffset(value['size']) ? value['size'] : 0,
    modifiedMs: numberOf(value['modifiedMs']) ?? 0,
    encoding: ENCODINGS.find((name) => name === value['encoding']),
    format: SOURCE_FORMATS.find((name) => name === value['format']),
    observations: observations ?? [],
    goneMs: numberOf(value['goneMs']),
  };
  return { record, isWhole: place !== undefined && observations !== undefined };
}

const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be'];
const FLUSHES = ['events', 'line', 'end'] as const;

function parsePlace({
  offset,
  before,
}: Record<string, unknown>): Pick<FileRecord, 'offset' | 'before'> | undefined {
  const span = parseSpan(before);
  if (span === undefined || !isOffset(offset) || span.bytes > offset) return undefined;
  return { offset, before: span };
}

function parseSpan(value: unknown): Span | undefined {
  if (!isObject(value)) return undefined;
  const { bytes, hash } = value;
  if (!isOffset(bytes) || bytes > SPAN_BYTES || typeof hash !== 'string') return undefined;
  return { bytes, hash };
}

function parseHome(value: unknown): Home | undefined {
  if (!isObject(value)) return undefined;
  const { path, inode } = value;
  if (typeof path !== 'string' || typeof inode !== 'number') return undefined;
  return { path, inode, bornMs: numberOf(value['bornMs']) };
}

function parseObservations(value: unknown): readonly Observation[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_OBSERVATIONS) return undefined;
  const observations: Observation[] = [];
  for (const each of value as readonly unknown[]) {
    if (!isObject(each)) return undefined;
    const { end, ms } = each;
    if (!isOffset(end) || typeof ms !== 'number' || end < (observations.at(-1)?.end ?? 0)) return undefined;
    observations.push({ end, ms, flush: FLUSHES.find((name) => name === each['flush']) });
  }
  return observations;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_OFFSET;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
