import { expect, it } from 'vitest';
import { isMistake, type Mistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { matches } from '../../src/query/predicate.ts';
import { printFilter } from '../../src/query/print.ts';
import { MAX_DEPTH, MAX_LENGTH, MAX_TERMS } from '../../src/query/scanner.ts';
import { fastestMs } from '../support/fastest.ts';

const CONTEXT = { nowMs: 0, zone: 'UTC' };

function mistakeIn(expression: string): Mistake {
  const result = parseFilter(expression, CONTEXT);
  return isMistake(result) ? result : expect.fail('It was read.');
}

it.each([
  '(',
  ')',
  '"',
  '“',
  '\\',
  '"\\',
  '-',
  '*',
  'a*',
  '*a ',
  'a.',
  'a."',
  'a."b".',
  'a:',
  'a:*',
  'a:b ',
  'a:(',
  'a:(b OR ',
  '(a OR ',
  'NOT ',
  '-(',
  'a AND ',
  'tags.',
  'a-',
  'a/',
  '\0',
  '1',
  'e\u0301',
  '😀',
  ' ',
  'severity:* ',
  'time:@1 ',
  'ς',
  '\u{fb01}',
])('the longest expression of nothing but %j is read or refused in milliseconds', (scrap) => {
  const expression = scrap.repeat(Math.floor(MAX_LENGTH / scrap.length));
  expect(fastestMs(() => parseFilter(expression, CONTEXT))).toBeLessThan(20);
  expect(fastestMs(() => parseFilter(`a ${expression}`.slice(0, MAX_LENGTH), CONTEXT))).toBeLessThan(20);
});

it('a longer expression is refused at once, whatever it is', () => {
  const expression = '('.repeat(50_000_000);
  expect(fastestMs(() => parseFilter(expression, CONTEXT))).toBeLessThan(5);
  expect(mistakeIn('a'.repeat(MAX_LENGTH + 1))).toMatchObject({ at: MAX_LENGTH, length: 1 });
  expect(isMistake(parseFilter('a'.repeat(MAX_LENGTH), CONTEXT))).toBe(false);
});

it('so many parentheses and negations may nest, and no more', () => {
  const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
  expect(isMistake(parseFilter(nested(MAX_DEPTH), CONTEXT))).toBe(false);
  expect(mistakeIn(nested(MAX_DEPTH + 1))).toMatchObject({ at: MAX_DEPTH, message: /deeper than 32/ });
  expect(isMistake(parseFilter(`${'NOT '.repeat(MAX_DEPTH)}a`, CONTEXT))).toBe(false);
  expect(mistakeIn(`${'NOT '.repeat(MAX_DEPTH + 1)}a`).message).toMatch(/deeper/);
  expect(mistakeIn(`${'-('.repeat(17)}a${')'.repeat(17)}`).message).toMatch(/deeper/);
});

it('so many conditions are allowed, and no more, in parentheses after a name too', () => {
  expect(isMistake(parseFilter('a '.repeat(MAX_TERMS), CONTEXT))).toBe(false);
  expect(mistakeIn('a '.repeat(MAX_TERMS + 1))).toMatchObject({ at: 2 * MAX_TERMS, length: 1 });
  const values = Array.from({ length: MAX_TERMS + 1 }, (_, index) => String(index));
  expect(isMistake(parseFilter(`id:(${values.slice(1).join(' OR ')})`, CONTEXT))).toBe(false);
  expect(mistakeIn(`id:(${values.join(' OR ')})`).message).toMatch(/number 201/);
});

it('what is read within the limits is within them when it is written out', () => {
  // A day is two conditions of forty characters together.
  expect(mistakeIn('time:today OR '.repeat(101) + 'a').message).toMatch(/number 201/);
  expect(mistakeIn('-time:today '.repeat(95)).message).toMatch(/too long when it is written out/);
  const deepest = parseFilter(`${'NOT '.repeat(MAX_DEPTH - 1)}severity:(debug OR error)`, CONTEXT);
  if (isMistake(deepest)) expect.fail(deepest.message);
  expect(parseFilter(printFilter(deepest), CONTEXT)).toEqual(deepest);
  expect(mistakeIn(`${'NOT '.repeat(MAX_DEPTH)}severity:*r*`).message).toMatch(/deeper/);
});

it.each([
  ['aa', 'a'.repeat(1_000_000)],
  ['a'.repeat(2_000), 'a'.repeat(1_000_000)],
  [`*${'a'.repeat(2_000)}`, 'a'.repeat(1_000_000)],
  [`${'a'.repeat(2_000)}*`, `_${'a'.repeat(1_000_000)}`],
  ['a-*', 'a-'.repeat(500_000)],
])('a term is looked for in a million characters in milliseconds', (word, payload) => {
  const filter = parseFilter(word, CONTEXT);
  if (isMistake(filter)) expect.fail(filter.message);
  const entry = { timestamp: '', eventId: '', serviceName: '', severity: 'info', tags: null } as const;
  expect(fastestMs(() => matches(filter)({ ...entry, payload }))).toBeLessThan(200);
});
