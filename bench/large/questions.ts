import type { Page } from '../../src/query/answers/page.ts';
import { accessEntry, midnight, ROWS_A_DAY, USERS } from '../access-log.ts';
import { type Bars, countedIn, type Questions } from '../questions.ts';
import { COUNTED_A_DAY, countedService } from './counts-set.ts';

/** How an answer was come by. */
export interface Way {
  readonly way: string;
  readonly rowsRead: number;
}

/** A question that is measured. */
export interface LargeQuestion {
  readonly name: string;
  /** The rows, or the counts of a hundred services. */
  readonly of: 'access' | 'counts';
  readonly times: number;
  /** What the median, or the 99th of a hundred, is meant to be at most. */
  readonly target?: { readonly column: 'p50' | 'p99'; readonly ms: number };
  /** Before each one the server starts anew, with nothing in memory. */
  readonly isCold?: boolean;
  /** What VictoriaLogs takes for it, on the same rows and two cores. */
  readonly anchor?: string;
  /** Asks it for the nth time. Throws if the answer is wrong. */
  readonly ask: (asked: Questions, nth: number) => Promise<Way>;
}

/** Bars of a day each. */
const DAILY = 400;
/** Far from each other, so that questions in turn are not about the same pages. */
const STRIDE = 7_919;

/** Everything that is asked of a set of so many days. */
export function largeQuestions(days: number): LargeQuestion[] {
  return [...pages(), ...histograms(days), ...countsOfAYear(days), ...words(days)];
}

function pages(): LargeQuestion[] {
  const combinations: [string, (nth: number) => string][] = [
    ['code', code],
    ['method', method],
    ['user', user],
    ['code, method', (nth) => `${code(nth)} ${method(nth)}`],
    ['code, user', (nth) => `${code(nth)} ${user(nth)}`],
    ['method, user', (nth) => `${method(nth)} ${user(nth)}`],
  ];
  const three = (nth: number) => `code:500 method:GET ${user(nth)}`;
  const threeAnchor = { anchor: '1.4–3.8 s', target: { column: 'p99', ms: 50 } } as const;
  return [
    { ...page('newest 25', 25, () => ''), anchor: '50–130 ms' },
    page('newest 100', 100, () => ''),
    ...combinations.map(([name, expression]) => page(`newest 25 by ${name}`, 25, expression)),
    { ...page('newest 25 by code, method, user', 25, three), ...threeAnchor },
    page('newest 100 by code, method, user', 100, three),
  ];
}

function page(name: string, limit: number, expression: (nth: number) => string): LargeQuestion {
  return {
    name,
    of: 'access',
    times: 200,
    ask: async (asked, nth) => {
      const answer = await asked.page(expression(nth), limit);
      if (answer.entries.length !== limit)
        throw new Error(`${expression(nth)}: ${answer.entries.length} of ${limit}`);
      return wayOf(answer);
    },
  };
}

function code(nth: number): string {
  return `code:${[500, 404, 301, 200][nth % 4] ?? 200}`;
}

function method(nth: number): string {
  return `method:${['GET', 'POST', 'PUT', 'DELETE'][(nth >> 2) % 4] ?? 'GET'}`;
}

function user(nth: number): string {
  return `user:user${(nth * STRIDE) % USERS}`;
}

function histograms(days: number): LargeQuestion[] {
  const all = days * ROWS_A_DAY;
  const whole = { of: 'access', counted: all, from: () => 0, days } as const;
  const day = { ...whole, counted: ROWS_A_DAY, from: (nth: number) => (nth * STRIDE) % days, days: 1 };
  return [
    { ...bars('a day in bars by severity', day), target: { column: 'p50', ms: 20 } },
    {
      ...bars('all days in bars by severity', { ...whole, most: DAILY }),
      target: { column: 'p50', ms: 100 },
      anchor: '0.9–1.1 s',
    },
    {
      ...bars('the same, in days of Kathmandu (UTC+5:45)', {
        ...whole,
        most: DAILY,
        zone: 'Asia/Kathmandu',
      }),
      target: { column: 'p50', ms: 1_000 },
    },
  ];
}

function countsOfAYear(days: number): LargeQuestion[] {
  const all = { of: 'counts', counted: days * COUNTED_A_DAY, from: () => 0, days, most: DAILY } as const;
  const target = { column: 'p50', ms: 100 } as const;
  const one = (nth: number) => `service:${countedService(nth)}`;
  return [
    { ...bars('100 services, a year in days by severity', all), target },
    { ...bars('100 services, a year in days by service', { ...all, by: 'service' }), target },
    {
      ...bars('one service of them, the same by severity', { ...all, counted: all.counted / 100 }, one),
      target,
    },
    {
      ...bars('100 services, a year in days of Kathmandu by service', {
        ...all,
        by: 'service',
        zone: 'Asia/Kathmandu',
      }),
      target: { column: 'p50', ms: 1_000 },
    },
  ];
}

interface BarsAsked extends Bars {
  readonly of: LargeQuestion['of'];
  /** What the bars count. */
  readonly counted: number;
  /** The day that they begin with, and how many they are. */
  readonly from: (nth: number) => number;
  readonly days: number;
}

function bars(
  name: string,
  { of, counted, from, days, ...options }: BarsAsked,
  expression: (nth: number) => string = () => '',
): LargeQuestion {
  return {
    name,
    of,
    times: 50,
    ask: async (asked, nth) => {
      const start = from(nth);
      const histogram = await asked.histogram(
        expression(nth),
        midnight(start),
        midnight(start + days),
        options,
      );
      const sum = countedIn(histogram);
      if (!histogram.isComplete || sum !== counted) throw new Error(`${sum} counted of ${counted}`);
      return { way: histogram.cost.from, rowsRead: histogram.cost.rowsRead };
    },
  };
}

function words(days: number): LargeQuestion[] {
  const once = needle('a word that occurs once', 50, days, 1);
  return [
    { ...once, target: { column: 'p50', ms: 200 }, anchor: '60 ms' },
    {
      ...needle('the same, cold', 3, days, 2),
      isCold: true,
      target: { column: 'p50', ms: 1_000 },
      anchor: '1.4 s',
    },
    {
      name: 'a word that never occurs',
      of: 'access',
      times: 50,
      target: { column: 'p50', ms: 200 },
      anchor: '50–100 ms',
      ask: async (asked, nth) => {
        const answer = await asked.page(`nowhere${nth}`, 25);
        if (answer.entries.length > 0 || !answer.isComplete) throw new Error(`nowhere${nth}: not "none"`);
        return wayOf(answer);
      },
    },
  ];
}

/** The id of a row, another one each time. */
function needle(name: string, times: number, days: number, start: number): LargeQuestion {
  return {
    name,
    of: 'access',
    times,
    ask: async (asked, nth) => {
      const row = accessEntry(((start + nth) * STRIDE * STRIDE) % (days * ROWS_A_DAY));
      const id = row.payload.split('rid=')[1] ?? '';
      const answer = await asked.page(id, 25);
      if (answer.entries.length !== 1 || answer.entries[0]?.eventId !== row.eventId || !answer.isComplete)
        throw new Error(`${id}: ${answer.entries.length} found`);
      return wayOf(answer);
    },
  };
}

function wayOf({ cost }: Page): Way {
  return { way: cost.plan, rowsRead: cost.rowsRead };
}
