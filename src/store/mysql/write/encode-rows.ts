import type { LogEntry } from '../../../logs/entry.ts';
import { ENTRY_COLUMNS } from '../../columns.ts';
import { PACKET_HEAD_BYTES } from '../driver/execute-packet.ts';
import { rowBytes } from './chunks.ts';
import { WRITTEN_COLUMNS } from './statements.ts';

/** Codes of the protocol for a parameter's type, each followed by 0. */
const TEXT = [0xfd, 0];
const INT64 = [0x08, 0];
/** As `insertRows` wants them: the columns of an entry, then attempt_id. */
const ROW_TYPES = Buffer.from([...ENTRY_COLUMNS.map(() => TEXT), INT64].flat());
const COLUMNS = WRITTEN_COLUMNS.length;
const TAGS_COLUMN = WRITTEN_COLUMNS.indexOf('tags');

/**
 * A text of up to this many UTF-16 units has at most 250 bytes: a number of one byte. Then 65,535: two bytes
 * after a mark.
 */
const UNITS_OF_LENGTH_1 = 83;
const UNITS_OF_LENGTH_2 = 21_845;
/** A call into native code costs as much as writing this many characters. */
const SHORT_UNITS = 24;

/** Bytes that `encodeRows` may need for these rows. */
export function rowsBytes(entries: readonly LogEntry[]): number {
  return entries.reduce((bytes, entry) => bytes + rowBytes(entry), PACKET_HEAD_BYTES);
}

/**
 * The parameters of `insertRows` for these rows, as `PipelinedInsert` sends them. Written into `target`, of
 * `rowsBytes`, and returned as a part of it. The driver makes an object of each parameter first, which was a
 * third of all garbage of a worker and more work than the rest of a write. Format:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
 */
export function encodeRows(target: Buffer, entries: readonly LogEntry[], attemptId: bigint): Buffer {
  const attempt = Buffer.alloc(8);
  attempt.writeBigInt64LE(attemptId);
  let position = writeNulls(target, PACKET_HEAD_BYTES, entries);
  position = writeTypes(target, position, entries.length);
  // Written out, column by column: this is the hottest code there is. A test holds it to the list of columns.
  for (const { timestamp, eventId, serviceName, severity, payload, tags } of entries) {
    position = writeText(target, position, timestamp);
    position = writeText(target, position, eventId);
    position = writeText(target, position, serviceName);
    position = writeText(target, position, severity);
    position = writeText(target, position, payload);
    if (tags !== null) position = writeText(target, position, tags);
    // `Buffer.write` cuts off a text that does not fit, without an error. Then there is no room for this,
    // which throws.
    target.set(attempt, position);
    position += attempt.length;
  }
  return target.subarray(0, position);
}

/** A bit for each parameter that is NULL. */
function writeNulls(target: Buffer, start: number, entries: readonly LogEntry[]): number {
  const end = start + ((entries.length * COLUMNS + 7) >> 3);
  target.fill(0, start, end);
  for (let row = 0; row < entries.length; row += 1) {
    if (entries[row]?.tags !== null) continue;
    const bit = row * COLUMNS + TAGS_COLUMN;
    const at = start + (bit >> 3);
    target[at] = (target[at] ?? 0) | (1 << (bit & 7));
  }
  return end;
}

function writeTypes(target: Buffer, start: number, rows: number): number {
  target[start] = 1;
  const end = start + 1 + rows * ROW_TYPES.length;
  target.fill(ROW_TYPES, start + 1, end);
  return end;
}

/** A text after its length in bytes; returns the position after it. */
function writeText(target: Buffer, start: number, text: string): number {
  if (text.length <= UNITS_OF_LENGTH_1) {
    const bytes = writeShort(target, start + 1, text);
    target[start] = bytes;
    return start + 1 + bytes;
  }
  if (text.length <= UNITS_OF_LENGTH_2) {
    const bytes = target.write(text, start + 3);
    target[start] = 0xfc;
    target.writeUInt16LE(bytes, start + 1);
    return start + 3 + bytes;
  }
  const bytes = target.write(text, start + 9);
  target[start] = 0xfe;
  target.writeBigUInt64LE(BigInt(bytes), start + 1);
  return start + 9 + bytes;
}

function writeShort(target: Buffer, start: number, text: string): number {
  if (text.length > SHORT_UNITS) return target.write(text, start);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return target.write(text, start);
    target[start + at] = code;
  }
  return text.length;
}
