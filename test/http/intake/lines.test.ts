import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { linePieces, linesOf, type PieceLimits } from '../../../src/http/intake/lines.ts';

async function cut(chunks: readonly Uint8Array[], limits: PieceLimits) {
  async function* coming() {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  const pieces: { readonly text: string; readonly digest: string }[] = [];
  for await (const { bytes, digest } of linePieces(coming(), undefined, limits))
    pieces.push({ text: bytes.toString('latin1'), digest: digest.toString('hex') });
  return pieces;
}

function split(body: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.map((each) => each % (body.length + 1)), body.length].toSorted(
    (one, other) => one - other,
  );
  return ends.map((end, index) => body.subarray(ends[index - 1] ?? 0, end));
}

const texts = fc
  .array(fc.oneof(fc.constant('\n'), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 40 })
  .map((parts) => Buffer.from(parts.join('')));

describe('a body of lines', () => {
  it('is cut at the same places, however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 30 }),
        async (body, at, pieceBytes) => {
          const limits = { pieceBytes, maxLineBytes: 1_000 };
          const pieces = await cut(split(body, at), limits);
          expect(pieces).toEqual(await cut([body], limits));
          expect(pieces.map(({ text }) => text).join('')).toBe(body.toString('latin1'));
          for (const { text } of pieces.slice(0, -1)) {
            expect(text.endsWith('\n')).toBe(true);
            expect(text.indexOf('\n', pieceBytes - 1)).toBe(text.length - 1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of a line that is too long keeps its beginning, and all that comes behind it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 80 }), fc.array(fc.nat()), async (length, at) => {
        const body = Buffer.from(`aa\n${'x'.repeat(length)}\nbb\ncc\n`);
        const limits = { pieceBytes: 4, maxLineBytes: 20 };
        const pieces = await cut(split(body, at), limits);
        expect(pieces).toEqual(await cut([body], limits));
        const lines = pieces.flatMap(({ text }) => [...linesOf(Buffer.from(text))].map(String));
        expect(lines.filter((line) => !line.startsWith('x'))).toEqual(['aa', 'bb', 'cc']);
        expect(lines.find((line) => line.startsWith('x'))?.length ?? 0).toBe(
          Math.min(length, length > 20 ? 21 : length),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is not copied for each chunk of a line that goes on and on', async () => {
    const chunk = Buffer.alloc(1_000, 'x');
    let copied = 0;
    const concat = vi.spyOn(Buffer, 'concat').mockImplementation((list) => {
      copied += list.reduce((sum, { length }) => sum + length, 0);
      return Buffer.from(list.map((each) => Buffer.from(each).toString('latin1')).join(''), 'latin1');
    });
    const pieces = await cut(
      Array.from({ length: 1_500 }, () => chunk),
      {
        pieceBytes: 10_000,
        maxLineBytes: 1_000_000,
      },
    );
    concat.mockRestore();
    expect(pieces.map(({ text }) => text.length)).toEqual([1_010_000]);
    expect(copied).toBeLessThan(3_000_000);
  });

  it('has no lines of white space, and no byte order marks', () => {
    expect([...linesOf(Buffer.from('\ufeffa\r\n\ufeff\nb\ufeff\n'))].map(String)).toEqual(['a', 'b\ufeff']);
    expect([...linesOf(Buffer.from('\r\n a\t\r\n\n\u2028\n  \nb'))].map(String)).toEqual([
      'a',
      '\u2028',
      'b',
    ]);
  });
});
