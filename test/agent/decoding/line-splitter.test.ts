import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Encoding } from '../../../src/agent/decoding/encoding.ts';
import { type Line, LineSplitter } from '../../../src/agent/decoding/line-splitter.ts';
import { textOf } from '../../../src/agent/decoding/line-text.ts';

const UTF8_MARK = '\u00ef\u00bb\u00bf';
/** Shorter runs of NULs belong to a line. */
const HOLE = '\0'.repeat(8);

interface Cutting {
  readonly maxLineBytes?: number;
  readonly encoding?: Encoding;
  readonly offset?: number;
}

function split(chunks: readonly Uint8Array[], cutting: Cutting = {}): Line[] {
  const splitter = new LineSplitter({ maxLineBytes: 1000, ...cutting });
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

/** Lines of bytes, which are given as characters below 256. */
function lines(bytes: string, cutting?: Cutting): Line[] {
  return split([Buffer.from(bytes, 'latin1')], cutting);
}

function show({ number, start, end, bytes, piece, isLast, isEnded }: Line): unknown[] {
  return [number, start, end, Buffer.from(bytes).toString('latin1'), piece, isLast, isEnded];
}

function places(found: readonly Line[]): [number, number, string][] {
  return found.map(({ start, end, bytes }) => [start, end, bytes.toString('latin1')]);
}

/** Cuts `bytes` at the given places. */
function cut(bytes: Uint8Array, where: readonly number[]): Uint8Array[] {
  const ends = [...new Set(where.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('LineSplitter', () => {
  it('says of each line where it begins and where the next one does', () => {
    expect(places(lines('a\r\n\nbc\nd'))).toEqual([
      [0, 3, 'a'],
      [3, 4, ''],
      [4, 7, 'bc'],
      [7, 8, 'd'],
    ]);
    expect(lines('a\nb').map(({ number, isEnded }) => [number, isEnded])).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('goes on at any offset', () => {
    expect(places(lines('b\nc\n', { offset: 100, encoding: 'utf-8' }))).toEqual([
      [100, 102, 'b'],
      [102, 104, 'c'],
    ]);
  });

  it('hands over the bytes as they are, valid text or not', () => {
    expect(places(lines('\u00ff\0\u00c3\r\r\n'))).toEqual([[0, 6, '\u00ff\0\u00c3\r']]);
  });

  it('finds the same lines wherever the chunks end, and loses no byte', () => {
    const part = fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      'a',
      'bc',
      '\0',
      HOLE,
      '\u00c3\u00a9',
      '\u00f0\u009f\u0098\u0080',
      '\u00ff',
    );
    const encodings = fc.constantFrom<Encoding | undefined>(undefined, 'utf-8', 'utf-16le', 'utf-16be');
    const marks = fc.constantFrom('', UTF8_MARK, '\u00ff\u00fe', '\u00fe\u00ff', '\u00ef\u00bb');
    fc.assert(
      fc.property(
        fc.tuple(marks, fc.array(part, { maxLength: 60 }), encodings),
        fc.array(fc.nat()),
        fc.integer({ min: 16, max: 24 }),
        ([mark, parts, encoding], where, maxLineBytes) => {
          const bytes = Buffer.from(mark + parts.join(''), 'latin1');
          const cutting = { maxLineBytes, ...(encoding && { encoding }) };
          const expected = split([bytes], cutting);
          expect(split(cut(bytes, where), cutting).map(show)).toEqual(expected.map(show));
          expect(split(cut(bytes, [...bytes.keys()]), cutting).map(show)).toEqual(expected.map(show));
          let at = 0;
          for (const line of expected) {
            // Between lines there are marks and holes alone.
            expect(bytes.subarray(at, line.start).toString('latin1')).toMatch(
              /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?\0*$/,
            );
            const whole = bytes.subarray(line.start, line.end).toString('latin1');
            const text = line.bytes.toString('latin1');
            expect(whole.startsWith(text)).toBe(true);
            expect(whole.slice(text.length)).toMatch(/^(?:\r?\n|\n\0|\0\n|\r\0\n\0|\0\r\0\n|)$/);
            at = line.end;
          }
          expect(bytes.subarray(at).every((byte) => byte === 0 || at < 4)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('keeps lines whole up to the limit, their carriage return not counted', () => {
    const line = 'x'.repeat(16);
    expect(places(lines(`${line}\r\n${line}\n`, { maxLineBytes: 16 }))).toEqual([
      [0, 18, line],
      [18, 35, line],
    ]);
  });

  it('hands over longer lines in pieces', () => {
    expect(lines(`a\n${'x'.repeat(40)}\nb\n`, { maxLineBytes: 16 }).map(show)).toEqual([
      [1, 0, 2, 'a', 0, true, true],
      [2, 2, 18, 'x'.repeat(16), 1, false, true],
      [2, 18, 34, 'x'.repeat(16), 2, false, true],
      [2, 34, 43, 'x'.repeat(8), 3, true, true],
      [3, 43, 45, 'b', 0, true, true],
    ]);
  });

  it('cuts no character in pieces', () => {
    const texts = (text: string, encoding: Encoding) =>
      split([Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le')], {
        maxLineBytes: 16,
        encoding,
      }).map((line) => textOf(line.bytes, encoding).text);
    expect(texts(`a${'😀'.repeat(9)}`, 'utf-8')).toEqual(['a😀😀😀', '😀😀😀😀', '😀😀']);
    expect(texts(`a${'😀'.repeat(6)}`, 'utf-16le')).toEqual(['a😀😀😀', '😀😀😀']);
  });

  it('holds no more than a piece of a line without an end', () => {
    const splitter = new LineSplitter({ maxLineBytes: 1000 });
    const chunk = Buffer.alloc(700, 'x');
    let bytes = 0;
    for (let count = 0; count < 1000; count += 1) {
      for (const line of splitter.push(chunk)) bytes += line.bytes.length;
      expect((count + 1) * 700 - bytes).toBeLessThanOrEqual(1700);
    }
  });

  describe('leaves out holes of NULs and counts them', () => {
    it('in front of a line, which begins behind them', () => {
      expect(places(lines(`a\n${HOLE}b\n`))).toEqual([
        [0, 2, 'a'],
        [10, 12, 'b'],
      ]);
    });

    it('behind a line that was torn: it ends there', () => {
      expect(lines(`half${HOLE}${HOLE}b\n`).map(show)).toEqual([
        [1, 0, 4, 'half', 0, true, false],
        [2, 20, 22, 'b', 0, true, true],
      ]);
    });

    it('and no short run, which is part of its line', () => {
      expect(places(lines('a\0\0b\0\n'))).toEqual([[0, 6, 'a\0\0b\0']]);
    });

    it('in UTF-16, too', () => {
      const text = Buffer.from(`\ufeffa\n${HOLE}b\n`, 'utf16le');
      expect(split([text]).map(({ start, bytes }) => [start, bytes.toString('utf16le')])).toEqual([
        [2, 'a'],
        [22, 'b'],
      ]);
    });

    it('of 100 MB in no time, and no memory', () => {
      const splitter = new LineSplitter({ maxLineBytes: 1000 });
      const hole = Buffer.alloc(1_000_000);
      const startMs = performance.now();
      expect(splitter.push(Buffer.from('a\nhal')).map(({ start }) => start)).toEqual([0]);
      for (let count = 0; count < 100; count += 1) expect(splitter.push(hole)).toEqual([]);
      expect(places(splitter.push(Buffer.from('b\n')))).toEqual([
        [2, 5, 'hal'],
        [100_000_005, 100_000_007, 'b'],
      ]);
      expect(splitter.skippedBytes).toBe(100_000_000);
      expect(performance.now() - startMs).toBeLessThan(10_000);
    });
  });

  it.each<[string, Encoding]>([
    ['\u00ef\u00bb\u00bfa\nb\n', 'utf-8'],
    ['\u00ff\u00fea\0\n\0b\0\n\0', 'utf-16le'],
    ['\u00fe\u00ff\0a\0\n\0b\0\n', 'utf-16be'],
  ])('knows an encoding by its mark, which is no text: %j', (bytes, encoding) => {
    const splitter = new LineSplitter({ maxLineBytes: 1000 });
    expect(splitter.encoding).toBeUndefined();
    const found = splitter.push(Buffer.from(bytes, 'latin1'));
    expect(splitter.encoding).toBe(encoding);
    expect(found.map((line) => textOf(line.bytes, encoding).text)).toEqual(['a', 'b']);
  });

  it('takes a line feed of UTF-16 for what it is, and for no half of a character', () => {
    const text = '\u0a0a\u0a00\u010a x\ny';
    const bytes = Buffer.from(text, 'utf16le');
    for (const [encoding, spelled] of [
      ['utf-16le', bytes],
      ['utf-16be', Buffer.from(bytes).swap16()],
    ] as const)
      expect(split([spelled], { encoding }).map((line) => textOf(line.bytes, encoding).text)).toEqual([
        '\u0a0a\u0a00\u010a x',
        'y',
      ]);
  });

  it('looks for no mark if it is told the encoding', () => {
    expect(places(lines('\u00ef\u00bb\u00bfa\n', { encoding: 'utf-8' }))).toEqual([
      [0, 5, '\u00ef\u00bb\u00bfa'],
    ]);
  });
});

function bytesOf(text: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}

describe('the text of a line', () => {
  it('says all of its bytes, or has them beside it', () => {
    const encodings = fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), encodings, (bytes, encoding) => {
        const { text, rawBase64 } = textOf(Buffer.from(bytes), encoding);
        expect(text.isWellFormed()).toBe(true);
        const whole = Buffer.from(bytes);
        if (rawBase64 !== undefined) {
          expect(Buffer.from(rawBase64, 'base64')).toEqual(whole);
          return;
        }
        // A byte order mark in front is no text.
        const mark = bytesOf('\ufeff', encoding);
        const isMarked = whole.subarray(0, mark.length).equals(mark);
        expect(bytesOf(text, encoding)).toEqual(isMarked ? whole.subarray(mark.length) : whole);
      }),
    );
  });

  it('has U+FFFD where bytes are none', () => {
    expect(textOf(Buffer.from([0x61, 0xff, 0x62]), 'utf-8')).toEqual({ text: 'a\ufffdb', rawBase64: 'Yf9i' });
    expect(textOf(Buffer.from('naïve 😀'), 'utf-8')).toEqual({ text: 'naïve 😀', rawBase64: undefined });
  });
});
