import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isMistake, showMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { type Filtered, matches } from '../../src/query/predicate.ts';
import { printFilter } from '../../src/query/print.ts';
import { MAX_LENGTH } from '../../src/query/scanner.ts';
import { filters, texts } from './arbitraries.ts';

const CONTEXT = { nowMs: Date.UTC(2026, 10, 25, 14, 7, 5), zone: 'Europe/Berlin' };
/** Another day, elsewhere: what was written out does not depend on either. */
const ELSEWHERE = { nowMs: 0, zone: 'Asia/Kathmandu' };

const ENTRY: Filtered = {
  timestamp: '2026-11-25 14:07:05.000000',
  eventId: 'a',
  serviceName: 'a',
  severity: 'info',
  payload: '',
  tags: null,
};

/** Strings of what an expression is made of, in any order. */
const scraps = fc.constantFrom(
  ...[
    '(',
    ')',
    '"',
    '“',
    '”',
    '\\',
    '\\"',
    '\\u{41}',
    '-',
    '*',
    ' ',
    '\n',
    ':',
    '!=',
    '>=',
    '<',
    '=',
    '~',
    '//',
    '.',
  ],
  ...[
    'AND',
    'OR',
    'NOT',
    ' AND ',
    ' OR ',
    ' NOT ',
    ' -(',
    'a',
    'severity',
    'warn',
    'e*',
    'time',
    '14:00',
    'today',
  ],
  ...[
    '2026-11-25T14:00:05.1234567Z',
    '-15m',
    'tags.',
    'service',
    'path:(',
    '@17',
    '\ud83d',
    '\udc4d',
    '\0',
    'é',
  ],
);
const expressions = fc.oneof(
  fc.array(scraps, { maxLength: 30 }).map((all) => all.join('')),
  fc.array(scraps, { maxLength: 12 }).map((all) => all.join(' ')),
  texts,
  fc.string({ unit: 'binary', maxLength: 40 }),
);

it('an expression that was printed is the same filter when it is read again', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      const printed = printFilter(filter);
      fc.pre(printed.length <= MAX_LENGTH);
      expect(parseFilter(printed, CONTEXT)).toEqual(filter);
    }),
    { numRuns: 3_000 },
  );
});

it('whatever is read can be printed, and read again anywhere and at any time', () => {
  let filtersRead = 0;
  fc.assert(
    fc.property(expressions, (expression) => {
      const filter = parseFilter(expression, CONTEXT);
      if (isMistake(filter)) return;
      filtersRead += 1;
      const printed = printFilter(filter);
      expect(parseFilter(printed, ELSEWHERE)).toEqual(filter);
    }),
    { numRuns: 10_000 },
  );
  expect(filtersRead).toBeGreaterThan(1_000);
});

it('any string is a filter or a mistake at a place of it, which can be shown', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const result = parseFilter(expression, CONTEXT);
      if (!isMistake(result)) return;
      expect(result.at).toBeGreaterThanOrEqual(0);
      expect(result.length).toBeGreaterThanOrEqual(0);
      expect(result.at + result.length).toBeLessThanOrEqual(expression.length);
      expect(showMistake(expression, result).split('\n')).toHaveLength(3);
      expect(result.message).toMatch(/\.$/);
      expect(result.expected).not.toBe('');
    }),
    { numRuns: 10_000 },
  );
});

it('any text is found by itself in quotes, as the value of a tag and as the name of one', () => {
  fc.assert(
    fc.property(texts, texts, (text, other) => {
      const entry = {
        ...ENTRY,
        serviceName: text,
        payload: other + text + other,
        tags: JSON.stringify({ x: text, [`t.${text}`]: 1 }),
      };
      for (const filter of [
        { kind: 'substring', text } as const,
        { kind: 'column', column: 'service', test: { kind: 'equals', text } } as const,
        { kind: 'tag', name: 'x', test: { kind: 'equals', text } } as const,
        { kind: 'tag', name: `t.${text}`, test: { kind: 'exists' } } as const,
      ]) {
        const read = parseFilter(printFilter(filter), CONTEXT);
        expect(isMistake(read) ? read : matches(read)(entry)).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

it('any word of a payload finds it, as does any text between spaces that is a term', () => {
  let found = 0;
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const payload = one + other;
      const words = payload.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
      for (const word of [...words, ...payload.split(/\s+/)]) {
        const filter = parseFilter(word, CONTEXT);
        if (isMistake(filter) || filter.kind !== 'term') continue;
        found += 1;
        expect(matches(filter)({ ...ENTRY, payload })).toBe(true);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(found).toBeGreaterThan(1_000);
  // This letter has another form in lower case at the end of a word than elsewhere.
  const word = parseFilter('ΟΔΟΣ', CONTEXT);
  expect(isMistake(word) ? word : matches(word)({ ...ENTRY, payload: 'ΟΔΟΣ.Α' })).toBe(true);
});

it('half a surrogate pair is refused where it stands, also as an escape', () => {
  expect(parseFilter('a \ud83d b', CONTEXT)).toMatchObject({ at: 2, length: 1, message: /half a character/ });
  expect(parseFilter('"\\u{d83d}"', CONTEXT)).toMatchObject({ at: 1, length: 8 });
});
