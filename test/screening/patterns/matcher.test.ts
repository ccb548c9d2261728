import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMistake } from '../../../src/query/mistake.ts';
import { alphabetOf, Detector, Finder, TOO_COSTLY } from '../../../src/screening/patterns/matcher.ts';
import { readPattern } from '../../../src/screening/patterns/read-pattern.ts';

interface Found {
  readonly matches: boolean | typeof TOO_COSTLY;
  /** The text with an `#` for each unit that is part of a match. */
  readonly marked: string;
}

function find(source: string, text: string, ignoresCase = false): Found {
  const pattern = readPattern(source, ignoresCase);
  if (isMistake(pattern)) throw new Error(`${source}: ${pattern.message}`);
  const alphabet = alphabetOf([pattern]);
  const matches = new Detector([pattern], alphabet).matches(text);
  const spans = new Finder(pattern, alphabet).spans(text);
  if (spans === TOO_COSTLY) return { matches, marked: TOO_COSTLY };
  const units = [...text].length === text.length ? [...text] : text.split('');
  for (const { start, end } of spans) units.fill('#', start, end);
  return { matches, marked: units.join('') };
}

/** The same by trying JavaScript's own expression on every stretch of the text. */
function tried(source: string, text: string, ignoresCase = false): Found {
  const units = text.split('');
  for (let start = 0; start < text.length; start += 1) {
    for (let end = start + 1; end <= text.length; end += 1) {
      const around = `(?<=^[^]{${start}})(?:${source})(?=[^]{${text.length - end}}$)`;
      if (new RegExp(around, ignoresCase ? 'i' : '').test(text)) units.fill('#', start, end);
    }
  }
  return { matches: units.includes('#'), marked: units.join('') };
}

describe('what is part of a match', () => {
  it.each([
    ['\\d{4}', 'a 12345 b', 'a ##### b'],
    ['a.*b', 'xaybzbw', 'x#####w'],
    ['password=\\S+', 'user=me password=hunter2 ok', 'user=me ################ ok'],
    ['\\b\\d{3}\\b', '12 123 1234 x123 123', '12 ### 1234 x123 ###'],
    ['^a+', 'aaba', '##ba'],
    ['a+$', 'aabaa', 'aab##'],
    ['[^"]+@', 'say "me@"', 'say "###"'],
    ['(?:ab|cd){2}', 'abcdab abab cd', '###### #### cd'],
    ['x{2,}', 'x xx xxx', 'x ## ###'],
    ['\\u00e9', 'café', 'caf#'],
    ['a|bc', 'abcb', '###b'],
    ['[a\\-z]', 'a-bz', '##b#'],
    ['\\.', 'a.b', 'a#b'],
  ])('%s in %s', (source, text, marked) => {
    expect(find(source, text)).toEqual({ matches: true, marked });
  });

  it('is what JavaScript matches, of any start and any end', () => {
    const atoms = ['a', 'b', '.', '\\d', '\\w', '[^a]', '[ab1]', '\\s', 'B', '1', '-'];
    const { source } = fc.letrec<{ source: string }>((tie) => ({
      source: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(...atoms),
        fc.constantFrom('\\ba', 'a\\b', '^a', 'b$', '1\\B', '\\B-'),
        fc.tuple(tie('source'), tie('source')).map(([one, other]) => one + other),
        fc.tuple(tie('source'), tie('source')).map(([one, other]) => `(${one}|${other})`),
        fc
          .tuple(tie('source'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}'))
          .map(([one, times]) => `(?:${one})${times}`),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '1', ' ', '-', '\n'), maxLength: 9 });
    let matched = 0;
    fc.assert(
      fc.property(source, text, fc.boolean(), (pattern, searched, ignoresCase) => {
        fc.pre(!isMistake(readPattern(pattern, ignoresCase)));
        const expected = tried(pattern, searched, ignoresCase);
        if (expected.matches) matched += 1;
        expect(find(pattern, searched, ignoresCase)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(matched).toBeGreaterThan(300);
  });

  it('is found whatever the case, if that is asked for', () => {
    expect(find('bearer é', 'BEARER É', true).marked).toBe('########');
    expect(find('[^a]', 'aAb', true).marked).toBe('aA#');
    expect(find('bearer', 'BEARER').matches).toBe(false);
  });

  it('may be a character of two units', () => {
    expect(find('😀+x', 'a😀😀x').marked).toBe('a#####');
  });
});

describe('time', () => {
  it.each(['(a+)+b', '(a|a)*b', '(\\w+\\s?)+@', 'a*a*a*a*c', '(.*)*x'])(
    'is in proportion to the text: %s',
    (source) => {
      const pattern = readPattern(source, false);
      if (isMistake(pattern)) throw new Error(pattern.message);
      const finder = new Finder(pattern, alphabetOf([pattern]));
      // An engine that goes back would not end in a lifetime.
      expect(finder.spans('a'.repeat(200_000))).toEqual([]);
    },
  );

  it('that a text and a pattern made for each other would take is not spent', () => {
    let seed = 1;
    const noise = Array.from({ length: 100_000 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return seed > 0x3fff_ffff ? 'a' : 'b';
    }).join('');
    const { matches, marked } = find('a[ab]{24}c', noise);
    expect(matches).toBe(TOO_COSTLY);
    expect(marked.slice(0, 20)).toBe(TOO_COSTLY);
  });
});
