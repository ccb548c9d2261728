import { gunzipSync, inflateSync } from 'node:zlib';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';

/** Whether bytes begin as gzip or zlib data does. JSON never begins so. */
export function isCompressed(data: Uint8Array): boolean {
  const first = data[0];
  if (first === 0x1f) return data[1] === 0x8b;
  // zlib: deflate with a window of 32 KiB, and a check of both bytes.
  return first === 0x78 && data.length > 1 && (0x7800 + (data[1] ?? 0)) % 31 === 0;
}

/** What compressed data is. */
export function compressionOf(data: Uint8Array): 'gzip' | 'zlib' {
  return data[0] === 0x1f ? 'gzip' : 'zlib';
}

/**
 * The bytes that gzip or zlib data stands for, at most `maxBytes`, which is at least 1. However small the
 * data is, no more memory than that is taken.
 */
export function unpack(data: Uint8Array, maxBytes: number): Uint8Array | Rejection | 'too large' {
  const kind = compressionOf(data);
  try {
    const options = { maxOutputLength: maxBytes };
    return kind === 'gzip' ? gunzipSync(data, options) : inflateSync(data, options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too large';
    return reject(
      'bad_compression',
      code === 'Z_BUF_ERROR'
        ? `The message is ${kind} data that ends too early: it should be whole.`
        : `The message begins as ${kind} data and cannot be unpacked: it should be whole and unchanged.`,
    );
  }
}
