import { define } from '../../logs/members.ts';
import { cutServiceName } from '../../logs/service-name.ts';
import { type Format, readingOf } from './format.ts';
import { levelTag } from './level.ts';
import { type LineTime, wholeTime } from './times.ts';

const KEY = /^[A-Za-z_@][\w.@/:-]{0,199}$/;
const TIMES = ['time', 'timestamp', 'ts', '@timestamp', 't', 'datetime'];
const LEVELS = ['level', 'severity', 'lvl', 'loglevel', 'log_level'];
const SERVICES = ['service', 'service_name', 'app', 'application'];
/** The message is in the payload already. */
const MESSAGES = ['msg', 'message'];
const MAX_PAIRS = 256;
const MIN_PAIRS = 2;
const MAX_QUOTED_UNITS = 10_000;

/** What stands behind a key: text, or true if nothing does. */
type Pairs = ReadonlyMap<string, string | true>;

/** `time=2026-11-05T13:45:00Z level=info msg="order stored" items=3 retried`. */
export const logfmt: Format = {
  name: 'logfmt',
  read(line, context) {
    const pairs = scanPairs(line);
    if (pairs === undefined) return undefined;
    const given = (names: readonly string[]) => names.find((name) => typeof pairs.get(name) === 'string');
    const textAt = (name: string | undefined) => String(pairs.get(name ?? '') ?? '');
    const [timeKey, levelKey, serviceKey] = [TIMES, LEVELS, SERVICES].map(given);
    const time = timeKey === undefined ? undefined : wholeTime(textAt(timeKey), context);
    const { severity, level } = levelTag(levelKey === undefined ? undefined : textAt(levelKey));
    const service = cutServiceName(textAt(serviceKey));
    const told = [...MESSAGES];
    if (time !== undefined && timeKey !== undefined) told.push(timeKey);
    if (levelKey !== undefined && level === undefined) told.push(levelKey);
    if (serviceKey !== undefined && service !== '') told.push(serviceKey);
    return readingOf(line, {
      timestamp: time?.timestamp,
      severity,
      service: service === '' ? undefined : service,
      tags: tagsOf(pairs, told, time),
    });
  },
};

function tagsOf(pairs: Pairs, told: readonly string[], time: LineTime | undefined): Record<string, unknown> {
  const tags: Record<string, unknown> = {};
  for (const [name, value] of pairs) if (!told.includes(name)) define(tags, name, valueOf(value));
  if (time?.exact !== undefined) tags['timestamp'] = time.exact;
  return tags;
}

const MAX_NUMBER_UNITS = 16;

/** A number where it is one and is spelled as JavaScript would: so its text is the same. */
function valueOf(value: string | true): unknown {
  if (value === true || value.length > MAX_NUMBER_UNITS || value === '') return value;
  const number = Number(value);
  return String(number) === value && Number.isFinite(number) ? number : value;
}

/** The pairs of a line; undefined if it has fewer than two, begins with something else, or is rather prose. */
function scanPairs(line: string): Pairs | undefined {
  const pairs = new Map<string, string | true>();
  let words = 0;
  let keysAlone = 0;
  let at = skipSpace(line, 0);
  while (at < line.length) {
    const end = endOfWord(line, at);
    const equals = line.indexOf('=', at);
    const hasValue = equals !== -1 && equals < end;
    const key = line.slice(at, hasValue ? equals : end);
    if (!KEY.test(key) || (!hasValue && pairs.size === 0) || words === MAX_PAIRS) return undefined;
    words += 1;
    if (!hasValue) keysAlone += 1;
    const value = hasValue ? valueAt(line, equals + 1, end) : { value: true as const, end };
    pairs.set(key, value.value);
    at = skipSpace(line, value.end);
  }
  return words - keysAlone >= Math.max(MIN_PAIRS, keysAlone) ? pairs : undefined;
}

interface Value {
  readonly value: string | true;
  readonly end: number;
}

/** In double quotes with escapes, in other quotes as it is, else up to the next space, before `end`. */
function valueAt(line: string, start: number, end: number): Value {
  const quote = line.charAt(start);
  if (quote !== '"' && quote !== "'" && quote !== '`') return { value: line.slice(start, end), end };
  const close = endOfQuoted(line, start, quote);
  // Of a line that was cut off, what is left.
  if (close === -1)
    return quote === '"'
      ? { value: line.slice(start + 1), end: line.length }
      : { value: line.slice(start, end), end };
  const inside = line.slice(start + 1, close);
  return { value: quote === '"' ? unescape(inside) : inside, end: close + 1 };
}

/** The closing quote, behind which the line ends or a space stands. -1 if there is none. */
function endOfQuoted(line: string, start: number, quote: string): number {
  // Where the other quotes are none, each is looked for anew.
  const end = quote === '"' ? line.length : Math.min(line.length, start + MAX_QUOTED_UNITS);
  for (let at = start + 1; at < end; at += 1) {
    const character = line.charAt(at);
    if (character === '\\' && quote === '"') at += 1;
    else if (character === quote && (at + 1 === line.length || isSpace(line.charCodeAt(at + 1)))) return at;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text
    .replace(/\\(?:u([\da-fA-F]{4})|([\s\S]))/g, (_all, code: string | undefined, character: string) =>
      code === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
    )
    .toWellFormed();
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function skipSpace(line: string, from: number): number {
  let at = from;
  while (isSpace(line.charCodeAt(at))) at += 1;
  return at;
}

function endOfWord(line: string, from: number): number {
  let at = from;
  while (at < line.length && !isSpace(line.charCodeAt(at))) at += 1;
  return at;
}
