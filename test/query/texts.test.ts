import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareDecimals, parseDecimal } from '../../src/query/decimals.ts';
import { compareTexts, matchesPieces, wordFinder } from '../../src/query/texts.ts';
import { fastestMs } from '../support/fastest.ts';
import { texts } from './arbitraries.ts';

/** Few characters of every sort, so that they repeat. */
const dense = fc
  .array(fc.constantFrom('a', 'a', 'b', '_', '-', ' ', '😀', '𝐀', '\u0301'), { maxLength: 12 })
  .map((characters) => characters.join(''));

it('a word is found where a pattern finds it', () => {
  fc.assert(
    fc.property(
      dense.filter((text) => text !== ''),
      dense,
      fc.boolean(),
      fc.boolean(),
      (text, searched, openStart, openEnd) => {
        const word = '[\\p{L}\\p{M}\\p{N}_]';
        const before = openStart || !new RegExp(`^${word}`, 'u').test(text) ? '' : `(?<!${word})`;
        const after = openEnd || !new RegExp(`${word}$`, 'u').test(text) ? '' : `(?!${word})`;
        const pattern = new RegExp(`${before}${text.replace('-', '\\x2d')}${after}`, 'u');
        expect(wordFinder(text, openStart, openEnd)(searched)).toBe(pattern.test(searched));
      },
    ),
    { numRuns: 5_000 },
  );
});

it('pieces match where a pattern matches', () => {
  fc.assert(
    fc.property(fc.array(dense, { minLength: 2, maxLength: 4 }), dense, (pieces, text) => {
      const inner = pieces.filter(
        (piece, index) => piece !== '' || index === 0 || index === pieces.length - 1,
      );
      const pattern = new RegExp(`^${inner.join('.*')}$`, 'su');
      expect(matchesPieces(text, inner)).toBe(pattern.test(text));
    }),
    { numRuns: 5_000 },
  );
});

it.each([
  ['a', ['a', 'a'], false],
  ['aa', ['a', 'a'], true],
  ['aba', ['ab', 'ba'], false],
  ['abab', ['a', 'b', 'b'], true],
  ['ab', ['a', 'b', 'b'], false],
  ['', ['', ''], true],
])('whether %j is %j in this order: %s', (text, pieces, isSo) => {
  expect(matchesPieces(text, pieces)).toBe(isSo);
});

it('texts have the order of their bytes in UTF-8', () => {
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const inBytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
      expect(Math.sign(compareTexts(one, other))).toBe(inBytes);
    }),
    { numRuns: 2_000 },
  );
  expect(compareTexts('\uffff', '😀')).toBeLessThan(0);
});

it('decimal numbers compare by their value, exactly', () => {
  const parts = fc.tuple(
    fc.constantFrom('', '-', '+'),
    fc.constantFrom('0', '1', '10', '007', '9007199254740993', '9007199254740992', '99'),
    fc.constantFrom('', '.', '.0', '.5', '.05', '.50', '.9999999999999999999'),
    fc.integer({ min: -25, max: 25 }),
  );
  /** In units of 10^-50. */
  const valueOf = ([sign, whole, fraction, power]: [string, string, string, number]): bigint => {
    const digits = whole + fraction.slice(1);
    const size = BigInt(digits) * 10n ** BigInt(50 + power - Math.max(fraction.length - 1, 0));
    return sign === '-' ? -size : size;
  };
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const [first, second] = [one, other].map(([sign, whole, fraction, power]) =>
        parseDecimal(`${sign}${whole}${fraction}e${power}`),
      );
      const order = valueOf(one) - valueOf(other);
      expect(Math.sign(compareDecimals(first!, second!))).toBe(order > 0n ? 1 : order < 0n ? -1 : 0);
    }),
    { numRuns: 5_000 },
  );
});

it.each([
  '',
  '.',
  '-',
  'e5',
  '1e',
  '1 ',
  ' 1',
  '0x10',
  '1_000',
  '1,5',
  'NaN',
  'Infinity',
  '١',
  '1e9999999999',
])('%j is no decimal number', (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});

it.each(['0'.repeat(1_000_000), `${'1'.repeat(1_000_000)}x`, `1.${'0'.repeat(1_000_000)}x`])(
  'a text of a million digits is looked at in milliseconds',
  (text) => {
    expect(fastestMs(() => parseDecimal(text))).toBeLessThan(200);
  },
);
