import { hash } from 'node:crypto';

/** So many bytes before a place tell whether it is still the same place. */
export const SPAN_BYTES = 1_024;
/** Of the hash: 132 bits. */
const HASH_UNITS = 22;

/** Some bytes in a row, as they are remembered. */
export interface Span {
  readonly bytes: number;
  readonly hash: string;
}

/** No bytes: what stands before the beginning. */
export const EMPTY_SPAN = spanOf(Buffer.alloc(0));

/** What is remembered of these bytes. */
export function spanOf(bytes: Buffer): Span {
  return { bytes: bytes.length, hash: hash('sha256', bytes, 'base64url').slice(0, HASH_UNITS) };
}

/** Whether these are the bytes, all of them. */
export function isSpan(span: Span, bytes: Buffer): boolean {
  return bytes.length === span.bytes && spanOf(bytes).hash === span.hash;
}

/** The last bytes of a buffer, at most `length`. They share its memory. */
export function lastOf(bytes: Buffer, length: number): Buffer {
  return bytes.length <= length ? bytes : bytes.subarray(bytes.length - length);
}
