import type { LogEntry } from '../../src/logs/entry.ts';
import type { Filter } from '../../src/query/filter.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { entry } from './store-entries.ts';

const TEXTS = [
  ...[
    'timeout',
    'Card',
    'İstanbul',
    '\u212Aelvin',
    'straße',
    '数据库',
    '10.0.0.1',
    '/photos/17/a',
    'ann@example.com',
  ],
  ...['123e4567-e89b-12d3-a456-426614174000', 'ΟΔΟΣ', '', 'a'.repeat(5_000)],
];
/** What may be looked for in them: some of it a word index knows, some not. */
export const FILTERS = [
  ...[
    'timeout',
    'card',
    'kelvin',
    'straße',
    '数据',
    '10.0.0.1',
    '/photos/17',
    'ann@example.com',
    'οδος',
    'n3',
  ],
  ...['123e4567-e89b-12d3-a456-426614174000', 'user:u3', 'in.id:7', 'list:b', 'user:*', 'n3 OR n4 timeout'],
  ...['card -timeout', '"is Card and"', 'payload:"n5 is "*', 'user:u*', 'nowhere', 'list:>a severity:error'],
].map(filterOf);

/** What an expression means. */
export function filterOf(expression: string): Filter {
  const filter = parseFilter(expression, { nowMs: 0, zone: 'UTC' });
  if ('message' in filter) throw new TypeError(filter.message);
  return filter;
}

/** A row of one of three days; some in the same minute as many others. */
export function row(n: number, minute: number): LogEntry {
  const text = TEXTS[n % TEXTS.length] ?? '';
  const at = new Date(Date.UTC(2026, 0, 1 + (minute % 3), minute % 24, minute % 60, n % 60)).toISOString();
  return entry({
    timestamp: `${at.slice(0, 10)} ${at.slice(11, 19)}.000000`,
    eventId: `e${n}`,
    serviceName: `s${n % 3}`,
    severity: n % 7 === 0 ? 'error' : 'info',
    payload: n % 11 === 0 ? '' : `n${n} is ${text} and w${n * 7} x${n * 13}`,
    tags:
      n % 2 === 0
        ? null
        : JSON.stringify({ user: `u${n}`, in: { id: n }, list: ['a', n % 5 === 0 ? 'b' : 1] }),
  });
}

/** Numbers below a bound that look random and are the same every time. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}
