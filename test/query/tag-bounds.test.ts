import { expect, it } from 'vitest';
import { tagBoundsOf } from '../../src/query/answers/tag-bounds.ts';
import { isMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';

function boundsOf(expression: string): Record<string, readonly string[]> {
  const filter = parseFilter(expression, { nowMs: 0, zone: 'UTC' });
  if (isMistake(filter)) throw new Error(filter.message);
  return Object.fromEntries(tagBoundsOf(filter).map(({ name, texts }) => [name, texts]));
}

it.each([
  ['code:500 method:GET', { code: ['500'], method: ['GET'] }],
  ['code:(500 OR 404) user:bob', { code: ['500', '404'], user: ['bob'] }],
  ['(code:500 user:a) OR (code:404 user:b path:c)', { code: ['500', '404'], user: ['a', 'b'] }],
  // A list may have both: either bound is right, and the one with fewer texts says more.
  ['user:(a OR b) user:c', { user: ['c'] }],
])('%s has values of tags that every match has', (expression, bounds) => {
  expect(boundsOf(expression)).toEqual(bounds);
});

it.each(['-code:500', 'code:5*', 'code:*', 'code>400', 'code:500 OR word', 'service:a severity:error word'])(
  '%s has none',
  (expression) => {
    expect(boundsOf(expression)).toEqual({});
  },
);

it('of more values than an index is asked for one by one nothing is said', () => {
  const many = Array.from({ length: 21 }, (_, n) => `v${n}`).join(' OR ');
  expect(boundsOf(`code:(${many}) user:a`)).toEqual({ user: ['a'] });
});
