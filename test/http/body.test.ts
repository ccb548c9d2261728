import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { RequestBody } from '../../src/http/body.ts';
import { BytesInFlight } from '../../src/http/bytes-in-flight.ts';

const MEBIBYTE = 1024 ** 2;

function bodyOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, encoding = '') {
  const message = Object.assign(Readable.from(chunks), { headers: { 'content-encoding': encoding } });
  return new RequestBody(message, { maxBytes: 16 * MEBIBYTE }, new BytesInFlight(64 * MEBIBYTE));
}

async function lengthOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of chunks) length += chunk.length;
  return length;
}

it('what is packed, even twice, is what it was', async () => {
  const text = 'grüße 😀 '.repeat(10_000);
  const twice = gzipSync(brotliCompressSync(text));
  expect(await bodyOf([twice.subarray(0, 10), twice.subarray(10)], 'br, gzip').text()).toBe(text);
  expect(await lengthOf(bodyOf([gzipSync(text)], 'gzip').chunks())).toBe(Buffer.byteLength(text));
});

it('packed a third time it is refused before anything is unpacked', async () => {
  await expect(bodyOf([Buffer.from('x')], 'gzip, br, gzip').bytes()).rejects.toMatchObject({
    code: 'BODY_TYPE',
  });
});

it('lines that unpack to far more than any packing makes of them are refused, however long they may be', async () => {
  const bomb = brotliCompressSync(Buffer.alloc(64 * MEBIBYTE));
  expect(bomb.length).toBeLessThan(1_000);
  await expect(lengthOf(bodyOf([bomb], 'br').chunks())).rejects.toMatchObject({ code: 'BODY' });
  const zeros = gzipSync(Buffer.alloc(64 * MEBIBYTE));
  expect(await lengthOf(bodyOf([zeros], 'gzip').chunks())).toBe(64 * MEBIBYTE);
});

it('one that is read whole has come within a minute, one that is read in pieces need not', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  async function* slow() {
    for (let n = 0; n < 3; n += 1) {
      yield await Promise.resolve(Buffer.from('x'));
      vi.advanceTimersByTime(25_000);
    }
  }
  try {
    expect(await lengthOf(bodyOf(slow()).chunks())).toBe(3);
    async function* slower() {
      yield* slow();
      yield Buffer.from('y');
    }
    await expect(bodyOf(slower()).bytes()).rejects.toMatchObject({ code: 'BODY' });
  } finally {
    vi.useRealTimers();
  }
});
