import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { entryOf, own, rejectionOf, severalOf } from './messages.ts';

const text = JSON.stringify(own());
const MEBIBYTE = 1024 * 1024;

describe('compressed data', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['zlib', deflateSync(text)],
    ['zlib, packed fast', deflateSync(text, { level: 1 })],
    ['zlib, packed well', deflateSync(text, { level: 9 })],
    ['gzip in two members', Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))])],
  ])('%s is what it was before', (_what, data) => {
    expect(entryOf(data)).toEqual(entryOf(text));
  });

  it('may hold several records', () => {
    expect(severalOf(gzipSync(`${text}\n${text}`))).toHaveLength(2);
  });

  it.each([
    ['gzip', gzipSync(text)],
    ['zlib', deflateSync(text)],
  ])('%s that is cut off anywhere is rejected with a reason', (kind, data) => {
    for (let length = 2; length < data.length; length += 1) {
      const { code, reason } = rejectionOf(data.subarray(0, length));
      expect(code).toBe('bad_compression');
      expect(reason).toContain(kind);
    }
    expect(rejectionOf(data.subarray(0, data.length - 4)).reason).toContain('ends too early');
  });

  it('that is damaged is rejected', () => {
    const data = gzipSync(text);
    data[data.length - 6] = (data[data.length - 6] ?? 0) ^ 0xff;
    expect(rejectionOf(data).code).toBe('bad_compression');
  });

  it('may unpack to 32 MiB and no more, and a bomb takes no more memory than that', () => {
    const bomb = gzipSync(Buffer.alloc(400 * MEBIBYTE, ' '), { level: 1 });
    const before = process.memoryUsage().arrayBuffers;
    expect(rejectionOf(bomb)).toMatchObject({ code: 'unpacks_too_large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * MEBIBYTE);
    expect(rejectionOf(gzipSync(text), {}, { maxUnpackedBytes: text.length - 1 }).code).toBe(
      'unpacks_too_large',
    );
    expect(entryOf(gzipSync(text), {}, { maxUnpackedBytes: text.length }).payload).toBe('Hello');
  });

  it('within compressed data stays what it is', () => {
    expect(rejectionOf(gzipSync(gzipSync(text))).code).toBe('not_utf8');
  });
});
