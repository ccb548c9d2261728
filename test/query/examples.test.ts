import { describe, expect, it } from 'vitest';
import { EXAMPLE_NOW_MS, exampleEntry, MISTAKES, TOPICS } from '../../src/query/examples.ts';
import { isMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { matches } from '../../src/query/predicate.ts';
import { queryLanguagePage } from './page.ts';

const CONTEXT = { nowMs: EXAMPLE_NOW_MS, zone: 'UTC' };
const PAGE = new URL('../../docs/query-language.md', import.meta.url).pathname;

describe.each(TOPICS)('$title', ({ examples }) => {
  it.each(examples)('$expression: $meaning', ({ expression, finds, misses }) => {
    const filter = parseFilter(expression, CONTEXT);
    if (isMistake(filter)) expect.fail(JSON.stringify(filter));
    const isMatch = matches(filter);
    expect(finds.filter((entry) => !isMatch(exampleEntry(entry)))).toEqual([]);
    expect(misses.filter((entry) => isMatch(exampleEntry(entry)))).toEqual([]);
  });
});

it.each(MISTAKES)('$expression: $message', ({ expression, marked, message }) => {
  const result = parseFilter(expression, CONTEXT);
  if (!isMistake(result)) return expect.fail('It was read.');
  expect(result.message).toBe(message);
  expect(expression.slice(result.at, result.at + result.length)).toBe(marked);
});

it('docs/query-language.md is made of the examples; `vitest --update` makes it anew', async () => {
  await expect(await queryLanguagePage(PAGE)).toMatchFileSnapshot(PAGE);
});
