import * as fc from 'fast-check';
import { SEVERITIES } from '../../src/logs/severity.ts';
import {
  allOf,
  anyOf,
  EVERYTHING,
  type Filter,
  fold,
  type Term,
  type TimeTest,
  type ValueTest,
} from '../../src/query/filter.ts';
import type { Filtered } from '../../src/query/predicate.ts';
import { isTerm } from '../../src/query/terms.ts';

/** Few enough that they meet by chance, and such that syntax and Unicode have something to trip over. */
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'ab',
    'A',
    'é',
    'e\u0301',
    'ς',
    'Σ',
    'İ',
    '😀',
    '\ufb01',
    '\0',
    '\u200d',
    '-',
    '*',
    '"',
    '“',
    '\\',
    '(',
    ')',
  ],
  ...[
    ' ',
    '\n',
    ':',
    '.',
    '/',
    '=',
    '>',
    '1',
    '10',
    '9007199254740993',
    '_',
    'OR',
    'tags',
    'time',
    'service',
  ],
);
/** Any text that can be stored. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);

const numbers = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.bigInt({ min: 9007199254740990n, max: 9007199254740996n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('1e3', '-0', '0.50', '.5', '5.', '+7', '1e-400', '00012'),
);
const values = fc.oneof(texts, numbers);

const terms: fc.Arbitrary<Term> = fc
  .record({
    kind: fc.constant('term' as const),
    text: texts.map(fold),
    openStart: fc.boolean(),
    openEnd: fc.boolean(),
  })
  .filter(isTerm);

const pieces = fc
  .tuple(
    texts,
    fc.array(
      texts.filter((text) => text !== ''),
      { maxLength: 2 },
    ),
    texts,
  )
  .map(([first, middle, last]) => [first, ...middle, last])
  .filter((all) => all.some((text) => text !== ''));

const tests: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.record({ kind: fc.constant('equals' as const), text: values }),
  fc.record({ kind: fc.constant('matches' as const), pieces }),
  fc.record({
    kind: fc.constant('compare' as const),
    op: fc.constantFrom('>=' as const, '>' as const, '<=' as const, '<' as const),
    text: values,
  }),
  fc.constant<ValueTest>({ kind: 'exists' }),
);

/** Around a few minutes, the ends of the range of a column among them. */
export const times: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 58, max: 61 }),
      fc.constantFrom(0, 59),
      fc.constantFrom('000000', '000001', '999999'),
    )
    .map(([minute, second, micros]) => {
      const clock = `${minute > 59 ? '15' : '14'}:${String(minute % 60).padStart(2, '0')}`;
      return `2026-11-25 ${clock}:${String(second).padStart(2, '0')}.${micros}`;
    }),
  fc.constantFrom('1000-01-01 00:00:00.000000', '9999-12-31 23:59:59.999999', '2026-12-31 23:59:59.999999'),
);

const timeTests: fc.Arbitrary<TimeTest> = fc.record({
  kind: fc.constant('time' as const),
  op: fc.constantFrom('>=' as const, '>' as const, '<=' as const, '<' as const, '=' as const),
  at: times,
});

const severitySets = fc.subarray([...SEVERITIES]);

const leaves: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant<Filter>(EVERYTHING),
  terms,
  fc.record({ kind: fc.constant('substring' as const), text: texts }),
  fc.record({
    kind: fc.constant('column' as const),
    column: fc.constantFrom('service' as const, 'payload' as const, 'event_id' as const),
    test: tests,
  }),
  fc.record({ kind: fc.constant('severity' as const), severities: severitySets }),
  timeTests,
  fc.record({ kind: fc.constant('tag' as const), name: texts, test: tests }),
);

/** Filters of every kind, as deep as they come. */
export const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaves,
    fc.array(tie('filter'), { minLength: 1, maxLength: 4 }).map(allOf),
    fc
      .tuple(tie('filter'), fc.array(tie('filter'), { maxLength: 3 }))
      .map(([first, others]) => anyOf([first, ...others])),
    tie('filter').map((of): Filter => ({ kind: 'not', of })),
  ),
})).filter;

const jsonNumbers = numbers.filter((text) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text));

/** JSON text of a value: numbers as they were spelled. */
const jsonValues: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    values.map((text) => JSON.stringify(text)),
    jsonNumbers,
    fc.constantFrom('true', 'false', 'null'),
    fc.array(tie('value'), { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
    tie('object'),
  ),
  object: objectOf(tie('value')),
})).value;

function objectOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(texts, value), { maxLength: 3, selector: ([name]) => name })
    .map((members) => `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`);
}

/** Entries that filters have a chance to match. */
export const entries: fc.Arbitrary<Filtered> = fc.record({
  timestamp: times,
  eventId: fc.constantFrom('a', 'ab', '1', '10'),
  serviceName: fc.oneof(fc.constantFrom('a', 'ab', '10'), texts),
  severity: fc.constantFrom(...SEVERITIES),
  payload: texts,
  tags: fc.option(objectOf(jsonValues), { nil: null }),
});
