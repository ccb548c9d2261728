import { endOfValue } from '../logs/json-values.ts';
import type { Replacement } from './replacement.ts';

const QUOTES = '"\'';
/** Longer texts in quotes are no names. */
const MAX_NAME = 500;
const BEFORE_VALUE = /[ \t\n\r]*/y;
const BARE_VALUE = /[^\s,;)}\]]+/y;

/** Something in quotes with a colon behind it. */
interface Name {
  readonly name: string;
  readonly quote: string;
  /** The backslashes before each of its quotation marks, in a text that is part of a text. */
  readonly escape: string;
}

/**
 * A text with the values of some names replaced that it has as JSON or Python write them, with text around
 * them or cut off: `login {"password":"x"}`, `{'password': 'x'`, `"{\"password\":\"x\"}"`. `find` says what
 * stands in place of the value of a name; undefined if it stays. What does not end is replaced to the end.
 */
export function replaceNamedValues(text: string, find: (name: string) => Replacement | undefined): string {
  const pieces: string[] = [];
  let copied = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', Math.max(colon + 1, copied))) {
    const name = nameBefore(text, colon, copied);
    const replacement = name && find(name.name);
    if (name === undefined || replacement === undefined) continue;
    const start = colon + 1 + matched(BEFORE_VALUE, text, colon + 1).length;
    const end = endOf(text, start, name);
    const written = `${name.escape}${name.quote}${replacement.text}${name.escape}${name.quote}`;
    if (end === start || text.slice(start, end) === written) continue;
    pieces.push(text.slice(copied, start), written);
    replacement.used();
    copied = end;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(copied);
}

/** `from`: nothing before is looked at. */
function nameBefore(text: string, colon: number, from: number): Name | undefined {
  let end = colon - 1;
  while (end >= from && ' \t\n\r'.includes(text.charAt(end))) end -= 1;
  const quote = text.charAt(end);
  if (end <= from || !QUOTES.includes(quote)) return undefined;
  let last = end;
  while (last > from && text.charAt(last - 1) === '\\') last -= 1;
  const escape = text.slice(last, end);
  const start = text.lastIndexOf(quote, last - 1);
  if (start < from || last - start > MAX_NAME) return undefined;
  return { name: text.slice(start + 1, last), quote, escape };
}

/** Where the value ends that begins here. */
function endOf(text: string, start: number, { escape }: Name): number {
  const opening = text.charAt(start + escape.length);
  if (text.startsWith(escape, start) && QUOTES.includes(opening) && opening !== '')
    return endOfQuoted(text, start + escape.length, { quote: opening, escape });
  const first = text.charAt(start);
  if (first === '{' || first === '[') return endOfValue(text, start);
  return start + matched(BARE_VALUE, text, start).length;
}

/** Behind the mark that closes a text: one with no more backslashes before it than the one that opens it. */
function endOfQuoted(text: string, start: number, { quote, escape }: Omit<Name, 'name'>): number {
  for (let end = text.indexOf(quote, start + 1); end !== -1; end = text.indexOf(quote, end + 1)) {
    let before = end;
    while (text.charAt(before - 1) === '\\') before -= 1;
    if (end - before <= escape.length || (escape === '' && (end - before) % 2 === 0)) return end + 1;
  }
  return text.length;
}

function matched(expression: RegExp, text: string, at: number): string {
  expression.lastIndex = at;
  return expression.exec(text)?.[0] ?? '';
}
