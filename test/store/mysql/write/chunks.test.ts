import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunkRows,
  MAX_CHUNK_ROWS,
  maxChunkBytes,
  rowBytes,
} from '../../../../src/store/mysql/write/chunks.ts';
import { entries, entry } from '../../../contract/store-entries.ts';

function chunks(list: ReturnType<typeof entries>, maxBytes: number): number[] {
  const sizes: number[] = [];
  for (let start = 0; start < list.length; start += sizes.at(-1) ?? 0)
    sizes.push(chunkRows(list, start, maxBytes));
  return sizes;
}

describe('chunkRows', () => {
  it.each([
    [1, [1]],
    [511, [256, 128, 64, 32, 16, 8, 4, 2, 1]],
    [1_024, [1_024]],
    [1_025, [1_024, 1]],
    [2_324, [1_024, 1_024, 256, 16, 4]],
  ])('%i small rows go as %j', (rows, sizes) => {
    expect(chunks(entries(0, rows), 8_000_000)).toEqual(sizes);
  });

  it('a chunk has a power of two of rows and fits the limit, unless a single row does not', () => {
    const size = fc.integer({ min: 0, max: 30_000 });
    const limit = fc.integer({ min: 1, max: 200_000 });
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 40 }), limit, (sizes, maxBytes) => {
        const list = sizes.map((length) => entry({ payload: 'é'.repeat(length) }));
        let start = 0;
        for (const rows of chunks(list, maxBytes)) {
          expect(Number.isInteger(Math.log2(rows))).toBe(true);
          expect(rows).toBeLessThanOrEqual(MAX_CHUNK_ROWS);
          const bytes = list.slice(start, start + rows).reduce((total, each) => total + rowBytes(each), 0);
          if (rows > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);
          start += rows;
        }
        expect(start).toBe(list.length);
      }),
    );
  });
});

it.each([
  [4_194_304, 2_097_152],
  [16_777_216, 8_388_608],
  [1_073_741_824, 8_388_608],
])('with a max_allowed_packet of %i a chunk has at most %i bytes', (maxPacketBytes, bytes) => {
  expect(maxChunkBytes(maxPacketBytes)).toBe(bytes);
});

describe('rowBytes', () => {
  it('is never less than the text takes, and close to it when it is large', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(text, fc.nat(500), fc.option(text), (unit, times, tags) => {
        const payload = unit.repeat(times);
        const exact = Buffer.byteLength(payload) + Buffer.byteLength(tags ?? '');
        expect(rowBytes(entry({ payload, tags }))).toBeGreaterThanOrEqual(exact);
      }),
    );
    expect(rowBytes(entry({ payload: 'x'.repeat(10_000_000) }))).toBeLessThan(10_002_000);
  });
});
