import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, LineSplitter } from '../../src/agent/lines.ts';

function split(chunks: readonly Uint8Array[], maxLineBytes = 1000): Line[] {
  const splitter = new LineSplitter(maxLineBytes);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

function show({ number, bytes }: Line): [number, string] {
  return [number, bytes === 'too long' ? '(too long)' : Buffer.from(bytes).toString('latin1')];
}

/** Cuts `bytes` at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('LineSplitter', () => {
  it('tolerates CR LF and a last line without an end, and counts blank lines without handing them over', () => {
    const lines = split([Buffer.from('a\r\n\n \t\r\nb\nc')]);
    expect(lines.map(show)).toEqual([
      [1, 'a'],
      [4, 'b'],
      [5, 'c'],
    ]);
  });

  it('hands over the bytes as they are, valid text or not', () => {
    const [line] = split([Uint8Array.of(0xff, 0x00, 0xc3, 0x0a)]);
    expect(line?.bytes).toEqual(Uint8Array.of(0xff, 0x00, 0xc3));
  });

  it('finds the same lines wherever the stream is cut', () => {
    const text = fc.array(fc.constantFrom('\n', '\r\n', '\r', 'a', 'bc', 'é', '😀'), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat()), fc.integer({ min: 1, max: 6 }), (parts, places, maxLineBytes) => {
        const bytes = Buffer.from(parts.join(''));
        const expected = bytes
          .toString('latin1')
          .split('\n')
          .map((line) => line.replace(/\r$/, ''))
          .map((line, index): [number, string] => [
            index + 1,
            line.length > maxLineBytes ? '(too long)' : line,
          ])
          .filter(([, line]) => !/^[\r]*$/.test(line));
        expect(split(cut(bytes, places), maxLineBytes).map(show)).toEqual(expected);
      }),
    );
  });

  it('refuses a line over the limit by its number and goes on behind it', () => {
    const lines = split(
      [Buffer.from('ok\n'), ...Array<Uint8Array>(5).fill(Buffer.from('xxxx')), Buffer.from('\nok')],
      10,
    );
    expect(lines.map(show)).toEqual([
      [1, 'ok'],
      [2, '(too long)'],
      [3, 'ok'],
    ]);
  });
});
