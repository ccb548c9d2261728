import { expect, it } from 'vitest';
import {
  facetValues,
  shownField,
  shownValue,
} from '../../../packages/web/src/state/question/facet-values.ts';
import { conditionsOn } from '../../../packages/web/src/state/question/refine.ts';

it('values that are asked for stand first, also those that no line has', () => {
  const counted = [
    { value: 'a', count: 5 },
    { value: 'b', count: 3 },
    { value: 'c', count: 1 },
  ];
  expect(facetValues(conditionsOn('x service:(c OR d) -service:b', 'service'), counted)).toEqual([
    { value: 'c', count: 1, how: 'for' },
    { value: 'd', count: undefined, how: 'for' },
    { value: 'b', count: 3, how: 'out' },
    { value: 'a', count: 5, how: undefined },
  ]);
});

it('names and values are shown so that all of them can be seen', () => {
  expect(shownField('service')).toBe('service');
  expect(shownField('tags.user')).toBe('user');
  expect(shownField('tags.service')).toBe('tags.service');
  expect(shownField('tags.a b')).toBe('"a b"');
  expect(shownValue('Ann Lee')).toBe('Ann Lee');
  expect(shownValue('')).toBe('""');
  expect(shownValue('a\u202eb')).toBe(String.raw`"a\u{202e}b"`);
});
