import { crc32 } from 'node:zlib';
import { isJsonObject } from '../../logs/json.ts';
import type { SpoolBatch } from './spool.ts';

/** In front of each record: a mark, how long it is, and a checksum of it. */
const HEAD_BYTES = 12;
const MARK = Buffer.from('LMS1');
const NEWER_MARK = /^LMS[2-9]$/;
/** What is longer is none of ours. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** A batch as it is written. */
export function recordOf(batch: SpoolBatch): Buffer {
  const body = Buffer.from(JSON.stringify({ entries: batch.entries, counts: batch.counts }));
  const head = Buffer.alloc(HEAD_BYTES);
  MARK.copy(head);
  head.writeUInt32LE(body.length, 4);
  head.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([head, body]);
}

/** What was found in a segment. */
export interface ReadRecords {
  readonly batches: readonly SpoolBatch[];
  /** Bytes at the end that are no whole record: what a crash cut off. */
  readonly tornBytes: number;
  /** Bytes elsewhere that are none. */
  readonly damagedBytes: number;
  /** Whether another release has written it, in a way that this one does not know: nothing was read. */
  readonly isNewer: boolean;
}

/** The batches in the bytes of a segment. What is damaged is passed over, up to the next record. Never throws. */
export function readRecords(bytes: Buffer): ReadRecords {
  const batches: SpoolBatch[] = [];
  let damagedBytes = 0;
  if (NEWER_MARK.test(bytes.toString('latin1', 0, MARK.length)))
    return { batches, tornBytes: 0, damagedBytes, isNewer: true };
  let at = 0;
  while (at < bytes.length) {
    const found = recordAt(bytes, at);
    if (found !== undefined) {
      batches.push(found.batch);
      at = found.end;
      continue;
    }
    const next = nextRecord(bytes, at + 1);
    if (next === undefined) return { batches, tornBytes: bytes.length - at, damagedBytes, isNewer: false };
    damagedBytes += next - at;
    at = next;
  }
  return { batches, tornBytes: 0, damagedBytes, isNewer: false };
}

function nextRecord(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1))
    if (recordAt(bytes, at) !== undefined) return at;
  return undefined;
}

function recordAt(
  bytes: Buffer,
  at: number,
): { readonly batch: SpoolBatch; readonly end: number } | undefined {
  const start = at + HEAD_BYTES;
  if (start > bytes.length || !bytes.subarray(at, at + MARK.length).equals(MARK)) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  const end = start + length;
  if (length > MAX_RECORD_BYTES || end > bytes.length) return undefined;
  const body = bytes.subarray(start, end);
  if (crc32(body) !== bytes.readUInt32LE(at + 8)) return undefined;
  const batch = parsed(body);
  return isBatch(batch) ? { batch, end } : undefined;
}

/** Its checksum says that it is what was written: this tells a file of another release. */
function isBatch(value: unknown): value is SpoolBatch {
  if (!isJsonObject(value)) return false;
  const { entries, counts } = value;
  if (!Array.isArray(entries) || !isJsonObject(counts)) return false;
  return entries.every(isEntry) && COUNTS.every((name) => Number.isSafeInteger(counts[name]));
}

const COUNTS = ['lines', 'read', 'unparsed', 'joined', 'refused', 'bytes'];
const TEXTS = ['timestamp', 'eventId', 'serviceName', 'severity', 'payload'];

function isEntry(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { tags } = value;
  return (
    TEXTS.every((name) => typeof value[name] === 'string') && (tags === null || typeof tags === 'string')
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
