import type { ExampleEntry, Topic } from './example.ts';
import { FIELD_EXAMPLES } from './field-examples.ts';
import type { Filtered } from './predicate.ts';
import { TEXT_EXAMPLES } from './text-examples.ts';

/** Something that is no expression, and what is said of it. */
export interface MistakeExample {
  readonly expression: string;
  /** The part of it that is marked; empty if something is missing at the end. */
  readonly marked: string;
  readonly message: string;
}

/** What the query language can say, by examples: its page is made of them, and tests run them. */
export const TOPICS: readonly Topic[] = [...TEXT_EXAMPLES, ...FIELD_EXAMPLES];

/** When the examples are asked: in UTC, in milliseconds since 1970. */
export const EXAMPLE_NOW_MS = Date.UTC(2026, 10, 25, 14, 7, 5);

/** An entry of an example, with everything that it does not say. */
export function exampleEntry({ tags, ...said }: ExampleEntry): Filtered {
  return {
    timestamp: '2026-11-25 14:03:20.000000',
    eventId: 'b2f1',
    serviceName: 'checkout',
    severity: 'info',
    payload: 'started',
    ...said,
    tags: tags === undefined ? null : `{${tags}}`,
  };
}

export const MISTAKES: readonly MistakeExample[] = [
  { expression: 'severity>=wran', marked: 'wran', message: 'There is no such severity.' },
  { expression: 'service: checkout', marked: '', message: 'A value is missing after `service:`.' },
  { expression: 'code >= 500', marked: '>=', message: '`>=` alone is no condition.' },
  { expression: '"card declined', marked: '"', message: 'This quotation mark is never closed.' },
  { expression: 'user:"bot"x', marked: 'x', message: 'A text in quotes ends before this.' },
  {
    expression: '"C:\\some\\file"',
    marked: '\\s',
    message: 'This backslash begins no escape that there is.',
  },
  { expression: '(timeout OR refused', marked: '(', message: 'This `(` is never closed.' },
  { expression: 'timeout OR', marked: '', message: 'A condition is missing at the end.' },
  { expression: 'timeout && refused', marked: '&&', message: '`&&` alone is no condition.' },
  { expression: 'path=~/api', marked: '=~', message: '`=~` compares nothing.' },
  { expression: 'code>=5*', marked: '5*', message: 'After `>=` a `*` means nothing.' },
  { expression: 'time>=25:00', marked: '25:00', message: 'There is no such time.' },
];
