import { describe, expect, it } from 'vitest';
import { findTag, parseTags, textOf } from '../../src/query/tags.ts';

function textAt(tags: string, name: string): string | undefined {
  return textOf(findTag(parseTags(tags), name));
}
import { fastestMs } from '../support/fastest.ts';

describe('a name with dots', () => {
  it.each([
    ['{"a.b":1,"a":{"b":2}}', 'a.b', '1'],
    ['{"a":{"b":{"c":3}}}', 'a.b.c', '3'],
    ['{"resource":{"service.name":"x"}}', 'resource.service.name', 'x'],
    ['{"a.b":{"c":4},"a":{"b":{"c":5}}}', 'a.b.c', '4'],
    // The longest beginning that is a tag leads nowhere.
    ['{"a.b":{"d":6},"a":{"b":{"c":7}}}', 'a.b.c', '7'],
    ['{"a.b":8,"a":{"b":{"c":9}}}', 'a.b.c', '9'],
    ['{"a.b":null,"a":{"b":1}}', 'a.b', 'null'],
    ['{"":{"":{"x":1}}}', '..x', '1'],
    ['{".x":1}', '.x', '1'],
    ['{"x.":1}', 'x.', '1'],
    ['{"a":[{"b":1}]}', 'a.b', undefined],
    ['{"a":"text"}', 'a.length', undefined],
    ['{"a":12345678901234567890}', 'a.x', undefined],
  ])('in %s %s is %s', (tags, name, text) => {
    expect(textAt(tags, name)).toBe(text);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a.constructor', 'a.__proto__.b'])(
    '%s is a name like any other',
    (name) => {
      expect(textAt('{"a":{}}', name)).toBeUndefined();
      expect(textAt(`{"a":{"constructor":1},${JSON.stringify(name)}:7}`, name)).toBe('7');
    },
  );

  it('is not looked for without end', () => {
    const nested = (depth: number): string =>
      depth === 0
        ? '{}'
        : `{${[1, 2, 3].map((length) => `"${'a.'.repeat(length).slice(0, -1)}":${nested(depth - 1)}`).join(',')}}`;
    const tags = parseTags(nested(9));
    const name = `${'a.'.repeat(2_000)}z`;
    expect(findTag(tags, name)).toBeUndefined();
    expect(fastestMs(() => findTag(tags, name))).toBeLessThan(100);
  });
});

describe('the text of a number', () => {
  it.each([
    ['500.0', '500'],
    ['1e3', '1000'],
    ['0.1', '0.1'],
    ['1e21', '1e+21'],
    ['-0', '0'],
    ['-0,"y":1e5', '0'],
    ['1e400', '1e400'],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['0.10000000000000000001', '0.1'],
  ])('%s is %s', (spelled, text) => {
    expect(textAt(`{"x":${spelled}}`, 'x')).toBe(text);
  });
});

it('other values have the texts that JSON gives them, and objects and lists none', () => {
  const tags = '{"t":true,"f":false,"n":null,"s":"","o":{},"l":["a"]}';
  expect(['t', 'f', 'n', 's', 'o', 'l', 'x'].map((name) => textAt(tags, name))).toEqual([
    ...['true', 'false', 'null', ''],
    ...[undefined, undefined, undefined],
  ]);
  expect(parseTags(null)).toEqual({});
});
