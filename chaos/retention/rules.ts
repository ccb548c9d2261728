import type { LogEntry } from '../../src/logs/entry.ts';
import type { Draw } from '../draw.ts';

/** A filter, and what it means, said once more by hand: nothing of what is judged is used to judge it. */
interface Meaning {
  readonly filter: string;
  readonly isMatch: (entry: LogEntry) => boolean;
}

/** A rule with its meaning. */
export interface KnownRule extends Meaning {
  readonly age: string;
  /** Undefined: for ever. */
  readonly hours: number | undefined;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const MEANINGS: readonly Meaning[] = [
  { filter: 'severity:debug', isMatch: ({ severity }) => severity === 'debug' },
  { filter: 'severity>=error', isMatch: ({ severity }) => ['error', 'fatal'].includes(severity) },
  { filter: 'service:alpha', isMatch: ({ serviceName }) => serviceName === 'alpha' },
  { filter: 'service:audit', isMatch: ({ serviceName }) => serviceName === 'audit' },
  { filter: 'service:"größe 😀"', isMatch: ({ serviceName }) => serviceName === 'größe 😀' },
  { filter: 'service:web-*', isMatch: ({ serviceName }) => serviceName.startsWith('web-') },
  {
    filter: '-service:(alpha OR bravo)',
    isMatch: ({ serviceName }) => !['alpha', 'bravo'].includes(serviceName),
  },
  {
    filter: 'service:bravo -severity:(debug OR info)',
    isMatch: ({ serviceName, severity }) => serviceName === 'bravo' && !['debug', 'info'].includes(severity),
  },
  { filter: 'code:200', isMatch: (entry) => codeOf(entry) === '200' },
  { filter: 'code:500', isMatch: (entry) => codeOf(entry) === '500' },
  { filter: '-code:*', isMatch: (entry) => codeOf(entry) === undefined },
  { filter: 'user.name:bob', isMatch: ({ tags }) => tags?.includes('"name":"bob"') === true },
  { filter: 'needle', isMatch: hasNeedle },
  { filter: '"n refused"', isMatch: ({ payload }) => payload.includes('n refused') },
  {
    filter: '-needle severity:info',
    isMatch: (entry) => !hasNeedle(entry) && entry.severity === 'info',
  },
  {
    filter: 'code:200 OR needle',
    isMatch: (entry) => codeOf(entry) === '200' || hasNeedle(entry),
  },
];
const EVERYTHING: Meaning = { filter: '*', isMatch: () => true };

/** All ages that rules have here, in hours: entries are made around them. */
export const AGES: readonly (readonly [text: string, hours: number])[] = [
  ['1h', 1],
  ['12h', 12],
  ['1d', 24],
  ['2d', 48],
  ['5d', 120],
  ['8d', 192],
  ['20d', 480],
];

/** A rule of every kind, each of which decides something; the last never does, for those before it match all. */
export const EVERY_KIND: readonly KnownRule[] = [
  ...[
    ['service:audit', 'forever'],
    ['severity:debug', '1d'],
    ['needle', '2d'],
    ['"n refused"', '12h'],
    ['code:200', '5d'],
    ['user.name:bob', '1h'],
    ['service:web-*', '2d'],
    ['-service:(alpha OR bravo)', '8d'],
    ['code:500', 'forever'],
    ['*', '20d'],
    ['severity>=error', '1h'],
  ].map(([filter = '', age = '']) => ruleOf(meaningOf(filter), age)),
];

/** Rules that the counts alone decide: whole ranges, and some services and severities. */
export const COUNTED_KINDS: readonly KnownRule[] = [
  ...[
    ['severity:debug', '12h'],
    ['service:web-*', '1h'],
    ['service:"größe 😀"', '2d'],
    ['*', '8d'],
  ].map(([filter = '', age = '']) => ruleOf(meaningOf(filter), age)),
];

/** Nothing is kept for longer than an hour. */
export const ALL_BUT_NEW: readonly KnownRule[] = [ruleOf(EVERYTHING, '1h')];

/** Some rules in any order: such as match the same, and such as never decide, because `*` came before. */
export function drawRules(draw: Draw): readonly KnownRule[] {
  const rules = Array.from({ length: draw.whole(2, 6) }, () => ruleOf(draw.pick(MEANINGS), drawAge(draw)));
  const all = ruleOf(EVERYTHING, drawAge(draw));
  if (draw.chance(0.2)) return rules.toSpliced(draw.whole(0, rules.length), 0, all);
  return draw.chance(0.8) ? [...rules, all] : rules;
}

/** As `lms retain apply` reads them. `mark` makes it another set of rules than any before, though it says the same. */
export function textOf(rules: readonly KnownRule[], mark: string): string {
  return [...rules.map(({ filter, age }) => `${filter} = ${age}`), `service:nobody-${mark} = 1d`].join('\n');
}

/** Whether rules keep an entry as of a time of the database's clock, in Unix milliseconds. */
export function isKept(rules: readonly KnownRule[], entry: LogEntry, nowMs: number): boolean {
  const first = rules.find(({ isMatch }) => isMatch(entry));
  if (first?.hours === undefined) return true;
  const cutoffMs = Math.floor((nowMs - first.hours * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
  return entry.timestamp >= timeText(cutoffMs * 1_000);
}

/** Unix microseconds as a column holds them. */
export function timeText(micros: number): string {
  const second = new Date(Math.floor(micros / 1_000)).toISOString().slice(0, 19).replace('T', ' ');
  return `${second}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

function drawAge(draw: Draw): string {
  return draw.chance(0.15) ? 'forever' : draw.pick(AGES)[0];
}

function ruleOf(meaning: Meaning, age: string): KnownRule {
  return { ...meaning, age, hours: AGES.find(([text]) => text === age)?.[1] };
}

function meaningOf(filter: string): Meaning {
  const found = [...MEANINGS, EVERYTHING].find((meaning) => meaning.filter === filter);
  if (found === undefined) throw new RangeError(`nobody says what ${filter} means`);
  return found;
}

/** As a number, or as a text of the same digits. */
function codeOf({ tags }: LogEntry): string | undefined {
  return /"code":"?(\d+)/.exec(tags ?? '')?.[1];
}

/** As a word of its own, in any case. */
function hasNeedle({ payload }: LogEntry): boolean {
  return /(?<!\w)needle(?!\w)/i.test(payload);
}
