import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../../src/logs/json.ts';
import { allOf, anyOf, type Filter, fold, type Term, type ValueTest } from '../../../src/query/filter.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { type Filtered, matches } from '../../../src/query/predicate.ts';
import { parseTags, textOf } from '../../../src/query/tags.ts';
import { EntryWords } from '../../../src/query/words/entry-words.ts';
import { type Need, neededWords, wordsIn } from '../../../src/query/words/needed-words.ts';
import { entries, filters, texts } from '../arbitraries.ts';

/** The words of an entry. */
function wordsOf(entry: Pick<Filtered, 'payload' | 'tags'>): ReadonlySet<string> {
  const found = new Set<string>();
  new EntryWords({ isFull: false, add: (one, other) => found.add(`${one} ${other}`) }).add(entry);
  return found;
}

function isMet(need: Need, words: ReadonlySet<string>): boolean {
  if (need.kind === 'word') return words.has(`${need.word.one} ${need.word.other}`);
  return need.kind === 'all'
    ? need.of.every((part) => isMet(part, words))
    : need.of.some((part) => isMet(part, words));
}

function canMatch(filter: Filter, entry: Pick<Filtered, 'payload' | 'tags'>): boolean {
  const need = neededWords(filter);
  return need === undefined || isMet(need, wordsOf(entry));
}

function filterOf(expression: string): Filter {
  const filter = parseFilter(expression, { nowMs: 0, zone: 'UTC' });
  if ('message' in filter) throw new TypeError(filter.message);
  return filter;
}

const said = (payload: string, tags: string | null = null) => ({ payload, tags });
const wordCount = (expression: string): number => {
  const need = neededWords(filterOf(expression));
  return need === undefined ? 0 : wordsIn(need).length;
};

it('whatever a filter matches has the words that it needs', () => {
  let met = 0;
  fc.assert(
    fc.property(filters, filters, entries, (one, other, entry) => {
      for (const filter of [
        one,
        ...testsOf(entry).flatMap((test): Filter[] => [
          test,
          allOf([test, other]),
          anyOf([test, other]),
          { kind: 'not', of: anyOf([{ kind: 'not', of: test }, other]) },
        ]),
      ]) {
        if (!matches(filter)(entry)) continue;
        if (neededWords(filter) !== undefined) met += 1;
        expect(canMatch(filter, entry), JSON.stringify(filter)).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(met).toBeGreaterThan(1_000);
});

/** Tests of the tags of an entry that it passes, or could. */
function testsOf({ tags }: Filtered): Filter[] {
  const of = (object: object, prefix: string): Filter[] =>
    Object.entries(object).flatMap(([key, value]: [string, unknown]) => {
      const name = prefix + key;
      const values = (Array.isArray(value) ? value : [value])
        .map(textOf)
        .filter((text) => text !== undefined);
      const all: ValueTest[] = values.flatMap((text) => [
        { kind: 'equals', text },
        { kind: 'matches', pieces: ['', text] },
        { kind: 'matches', pieces: [text.slice(0, 3), text.slice(3)] },
        { kind: 'compare', op: '>=', text },
      ]);
      const tests = [{ kind: 'exists' as const }, ...all].map((test): Filter => ({
        kind: 'tag',
        name,
        test,
      }));
      return isJsonObject(value) ? [...tests, ...of(value, `${name}.`)] : tests;
    });
  return of(parseTags(tags), '');
}

it('so does whatever holds a part of its text, as a term, as a text or as an end of it', () => {
  const glue = fc.constantFrom(
    '',
    ' ',
    '/',
    '.',
    '-',
    '@',
    '10.0.0.1',
    'İ',
    'K',
    'ß',
    'Σ',
    '数据',
    '_',
    '٣',
    '\u0301',
  );
  const longTexts = fc
    .array(fc.tuple(texts, glue), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.flat().join(''));
  let met = 0;
  fc.assert(
    fc.property(
      longTexts,
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      fc.boolean(),
      (payload, a, b, openStart, openEnd) => {
        const units = [...payload];
        const [from, to] = [a % (units.length + 1), b % (units.length + 1)].sort((x, y) => x - y);
        const part = units.slice(from, to).join('');
        const entry = {
          ...said(payload),
          timestamp: '',
          eventId: '',
          serviceName: '',
          severity: 'info' as const,
        };
        const term: Term = { kind: 'term', text: fold(part), openStart, openEnd };
        const asked: Filter[] = [
          { kind: 'substring', text: part },
          { kind: 'column', column: 'payload', test: { kind: 'matches', pieces: ['', part, ''] } },
          {
            kind: 'column',
            column: 'payload',
            test: { kind: 'matches', pieces: [units.slice(0, to).join(''), ''] },
          },
          {
            kind: 'column',
            column: 'payload',
            test: { kind: 'matches', pieces: ['', units.slice(from).join('')] },
          },
          { kind: 'column', column: 'payload', test: { kind: 'equals', text: payload } },
        ];
        for (const filter of part === '' ? asked : [...asked, term]) {
          if (!matches(filter)(entry)) continue;
          if (neededWords(filter) !== undefined) met += 1;
          expect(canMatch(filter, entry), JSON.stringify(filter)).toBe(true);
        }
      },
    ),
    { numRuns: 1_000 },
  );
  expect(met).toBeGreaterThan(300);
});

describe('words are needed of', () => {
  const UUID = '123e4567-e89b-12d3-a456-426614174000';

  it.each([
    ['timeout', 'a Timeout of 3 s', 'timeouts'],
    ['10.0.0.1', 'from 10.0.0.1:80', 'from 10.0.1.0:80, 0, 1'],
    [UUID, `id=${UUID};`, UUID.split('-').toReversed().join('-')],
    ['ann.lee@example.com', 'to Ann.Lee@example.com.', 'ann lee example com, lee-ann@example.com'],
    ['/photos/17', 'GET /photos/17/large', 'GET /photos/large/17'],
    ['user:ann', '', 'ann'],
    ['kelvin', '3 \u212Aelvin', 'elvin'],
    ['istanbul', 'ISTANBUL', 'İSTANBUL'],
    ['straße', 'Die Straße', 'die strasse'],
    ['ΟΔΟΣ', 'οδος', 'οδο'],
    ['数据库', '连接数据库失败', '数库据'],
    ['"a big cat"', 'a big cat', 'a cat'],
  ])('%s', (expression, holding, other) => {
    const filter = filterOf(expression);
    expect(wordCount(expression)).toBeGreaterThan(0);
    const isTag = expression.startsWith('user:');
    expect(canMatch(filter, isTag ? said('', '{"user":"ann"}') : said(holding))).toBe(true);
    expect(canMatch(filter, isTag ? said(other, '{"user":"Ann","other":"ann"}') : said(other))).toBe(false);
  });

  it('tags in objects, with dots in their names, in lists, and numbers as they are spelled', () => {
    const asked = (expression: string, tags: string) => canMatch(filterOf(expression), said('', tags));
    expect(asked('a.b.c:1', '{"a":{"b.c":1}}')).toBe(true);
    expect(asked('a.b.c:1', '{"a":{"b":{"c":[2,1]}}}')).toBe(true);
    expect(asked('a.b.c:1', '{"a.b.c":2}')).toBe(false);
    expect(asked('n:9007199254740993', '{"n":9007199254740993}')).toBe(true);
    expect(asked('n:9007199254740993', '{"n":9007199254740992}')).toBe(false);
    expect(asked('n:>3', '{"m":4}')).toBe(false);
    expect(asked('n:*', '{"n":{"x":1}}')).toBe(true);
    expect(asked('path:"/api/users/"*', '{"path":"/api/users/7"}')).toBe(true);
    expect(asked('path:"/api/users/"*', '{"path":"/api/orders/7"}')).toBe(false);
  });

  it('all of an AND, and of an OR only if each part needs some; a negation none', () => {
    const filter = filterOf('cat (dog OR cow) -bird');
    expect(canMatch(filter, said('cat dog'))).toBe(true);
    expect(canMatch(filter, said('cat bird'))).toBe(false);
    expect(canMatch(filter, said('dog cow'))).toBe(false);
    expect(wordCount('cat OR severity:error')).toBe(0);
    expect(wordCount('-cat')).toBe(0);
    expect(wordCount('-(-cat OR -dog)')).toBe(2);
  });
});

it('nothing is needed of what may be part of a longer word, nor of too many words', () => {
  for (const expression of [
    '*timeout',
    'timeout*',
    '"timeout"',
    'payload:*time*',
    'service:timeout',
    '"a\u0301"',
  ])
    expect(wordCount(expression), expression).toBe(0);
  expect(wordCount(Array.from({ length: 100 }, (_, n) => `word${n}`).join(' '))).toBe(0);
  const half: Filter = { kind: 'substring', text: '\udc00 in between ' };
  expect(neededWords(half)).toBeUndefined();
});
