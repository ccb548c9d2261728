import type { LogEntry } from '../../../logs/entry.ts';

/**
 * Rows of the longest statement. Shorter ones cost throughput: those of 512 a few percent, those of 128 a
 * fifth. Longer ones gain nothing.
 */
export const MAX_CHUNK_ROWS = 1_024;

/**
 * Bytes of the longest statement of several rows, whatever `max_allowed_packet` says: half of what goes in
 * one packet of the protocol.
 */
const MAX_CHUNK_BYTES = 8 * 1024 * 1024;

/** An upper bound per row, beside its text: type and length of each parameter, key, names, their encoding. */
const ROW_OVERHEAD_BYTES = 1_024;
/**
 * Text up to this length is taken at three bytes a code unit, which is the most that UTF-8 needs, rather than
 * measured.
 */
const MEASURED_FROM_UNITS = 4_096;

/**
 * The largest power of two up to `rows`: so a connection prepares eleven shapes of a statement and no more.
 */
export function powerOfTwo(rows: number): number {
  return 2 ** Math.floor(Math.log2(rows));
}

/** How large a statement of several rows may be for a server that takes packets of `maxPacketBytes`. */
export function maxChunkBytes(maxPacketBytes: number): number {
  return Math.min(maxPacketBytes / 2, MAX_CHUNK_BYTES);
}

/**
 * How many rows to send as the next statement: a power of two, at most `MAX_CHUNK_ROWS`, and at most
 * `maxBytes` large; but at least one.
 */
export function chunkRows(entries: readonly LogEntry[], start: number, maxBytes: number): number {
  const wanted = powerOfTwo(Math.min(MAX_CHUNK_ROWS, entries.length - start));
  let bytes = 0;
  let fitting = 0;
  while (fitting < wanted) {
    const entry = entries[start + fitting];
    bytes += entry === undefined ? 0 : rowBytes(entry);
    if (bytes > maxBytes) break;
    fitting += 1;
  }
  return powerOfTwo(Math.max(1, fitting));
}

/** Bytes that the entry takes in a statement: exact enough when it is large, never too few. */
export function rowBytes({ payload, tags }: LogEntry): number {
  return ROW_OVERHEAD_BYTES + textBytes(payload) + (tags === null ? 0 : textBytes(tags));
}

function textBytes(text: string): number {
  return text.length < MEASURED_FROM_UNITS ? text.length * 3 : Buffer.byteLength(text);
}
