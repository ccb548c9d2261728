import * as fc from 'fast-check';
import type { LogEntry } from '../../src/logs/entry.ts';
import { allOf, anyOf, type Filter } from '../../src/query/filter.ts';
import { textOf } from '../../src/query/tags.ts';
import { times } from '../query/arbitraries.ts';
import { entry } from './store-entries.ts';

/** Values that SQL and we may see differently; at the end, what is too long for the index, or for most. */
export const STRANGE: readonly (string | null)[] = [
  ...[
    '"x"',
    '" x "',
    '"\\u00e9"',
    '"é😀"',
    '"\\ud83d\\ude00"',
    '"a\\"b"',
    '"a\\\\b"',
    '"a\\u0000b"',
    '"＂x＂"',
    '"＼"',
  ],
  ...[
    '5',
    '-5',
    '-0',
    '0',
    '1.5',
    '1.50',
    '1e3',
    '1E3',
    '12345678901234567890',
    '1e-400',
    '9007199254740993',
  ],
  ...[
    'true',
    'false',
    'null',
    '[]',
    '["x",5,1.5,null]',
    '{}',
    '{"b":"inner"}',
    '{"b":{"c":"deep"}}',
    '[[["x"]]]',
  ],
  ...['"%"', '"_"', '"[x"', '"{x"', '""', '" "', '"-0"', '"1.5"', '"e"'],
  ...[`"${'ü'.repeat(191)}"`, `"${'ü'.repeat(192)}"`, `"${'😀'.repeat(600)}"`, `"${'x'.repeat(300_000)}"`],
  ...[`${'['.repeat(20)}${']'.repeat(20)}`, `"${'x'.repeat(512)}"`],
]
  .map((value): string | null => `{"a":${value}}`)
  .concat([
    null,
    '{}',
    '{"a.b":"literal","a":{"b":"walked"}}',
    '{"a.b":{},"a":{"b":"walked"}}',
    '{"a.b":null}',
  ])
  .concat([
    '{"Größe x":"groß"}',
    '{"a.b":{"c":"1"},"a":{"b.c":"2","b":{"c":"3"}}}',
    '{"other":"a","more":"\\"a\\""}',
  ]);

/** The texts that a value is found by. */
export function textsOf(value: unknown): string[] {
  const texts = (Array.isArray(value) ? value : [value]).map(textOf);
  return texts.filter((text) => text !== undefined);
}

/** `name:text`. */
export function equals(name: string, text: string): Filter {
  return { kind: 'tag', name, test: { kind: 'equals', text } };
}

const texts = fc.constantFrom(
  ...['x', 'X', 'é', '1', '-0', '0', '1.5', '1000', 'true', 'null', 'x ', '"', '\\', ''],
);
const scalars = fc.oneof(
  texts.map((text) => JSON.stringify(text)),
  fc.constantFrom('1', '-0', '1.5', '1e3', 'true', 'null'),
);
const jsonValues = fc.oneof(
  { weight: 6, arbitrary: scalars },
  { weight: 1, arbitrary: fc.array(scalars, { maxLength: 3 }).map((all) => `[${all.join(',')}]`) },
  { weight: 2, arbitrary: scalars.map((inner) => `{"b":${inner}}`) },
);
const tagged = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'a.b', 'c'), jsonValues), {
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`);
/** Entries whose tags have a chance to be found. */
export const taggedEntries: fc.Arbitrary<LogEntry> = fc
  .record({
    timestamp: times,
    tags: fc.option(tagged, { nil: null, freq: 9 }),
    serviceName: fc.constantFrom('s', 't'),
  })
  .map((changes) => entry(changes));

const tagTests: fc.Arbitrary<Filter> = fc
  .tuple(fc.constantFrom('a', 'b', 'a.b', 'c'), texts)
  .map(([name, text]) => equals(name, text));
const conditions: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 6, arbitrary: tagTests },
  { weight: 2, arbitrary: fc.tuple(tagTests, tagTests).map((both) => anyOf(both)) },
  { weight: 1, arbitrary: tagTests.map((of): Filter => ({ kind: 'not', of })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('s', 't')
      .map((text): Filter => ({ kind: 'column', column: 'service', test: { kind: 'equals', text } })),
  },
  { weight: 1, arbitrary: times.map((at): Filter => ({ kind: 'time', op: '<', at })) },
);
/** Questions that ask for tags by their values, alone and together, and for more. */
export const questions = fc.record({
  filter: fc.array(conditions, { minLength: 1, maxLength: 3 }).map(allOf),
  stretch: fc.record({ order: fc.constantFrom('newest' as const, 'oldest' as const) }),
  pieceRows: fc.constantFrom(5, 40, 20_000),
});
