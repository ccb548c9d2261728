/**
 * One of several JSON values in a text: its own text, or null where there should be one and what stands there
 * is none.
 */
export type ValueText = string | null;

const WHITE_SPACE = /\s/;
const SPACE = 0x20;
const DELETE = 0x7f;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;

/**
 * Whether a text that begins as a JSON object or list does holds more than `max` values: members, elements
 * and what they are in. Counted without parsing them, which takes fifty times their size.
 */
export function hasValuesOver(text: string, max: number): boolean {
  const start = skipSpace(text, 0);
  const first = text.charCodeAt(start);
  if (first !== OPEN_LIST && first !== OPEN_OBJECT) return false;
  let values = 0;
  for (let at = start; at < text.length && values <= max; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) values += 1;
  }
  return values > max;
}

/**
 * The JSON values of a text that holds several objects: one a line, or one after the other. Undefined if it
 * is neither. A line that is no JSON among lines that are is null; the first line has to be an object. More
 * than `max` values are not looked at: there are `max + 1`.
 */
export function severalValues(text: string, max: number): ValueText[] | undefined {
  return lineValues(text, max) ?? adjacentValues(text, max);
}

function lineValues(text: string, max: number): ValueText[] | undefined {
  const values: ValueText[] = [];
  for (let start = skipSpace(text, 0); start < text.length && values.length <= max;) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const line = text.slice(start, end).trim();
    start = skipSpace(text, end);
    const isValue = isJson(line);
    if (values.length === 0 && !(isValue && line.startsWith('{'))) return undefined;
    values.push(isValue ? line : null);
  }
  return values.length > 1 ? values : undefined;
}

function adjacentValues(text: string, max: number): ValueText[] | undefined {
  const values: ValueText[] = [];
  for (let start = skipSpace(text, 0); start < text.length && values.length <= max;) {
    const end = text[start] === '{' ? endOfValue(text, start) : -1;
    const value = end === -1 ? '' : text.slice(start, end);
    if (!isJson(value)) return undefined;
    values.push(value);
    start = skipSpace(text, end);
  }
  return values.length > 1 ? values : undefined;
}

/**
 * The texts of the elements of a JSON array, which is known to be one. More than `max` are not looked at:
 * there are `max + 1`.
 */
export function elementsOf(text: string, max: number): string[] {
  const elements: string[] = [];
  for (const element of elementTexts(text)) {
    elements.push(element);
    if (elements.length > max) break;
  }
  return elements;
}

/**
 * The same, one after the other. An array that is damaged has some that are no JSON; what stands behind its end
 * is the last.
 */
export function* elementTexts(text: string): Generator<string, undefined> {
  let start = skipSpace(text, text.indexOf('[') + 1);
  while (text[start] !== ']' && start < text.length) {
    // A brace that closes nothing ends where it begins.
    const end = text[start] === '}' ? start + 1 : endOfValue(text, start);
    yield text.slice(start, end).trim();
    start = skipSpace(text, end);
    if (text[start] === ',') start = skipSpace(text, start + 1);
  }
  const rest = text.slice(start + 1).trim();
  if (rest !== '') yield rest;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text, at)) at += 1;
  return at;
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code <= DELETE) return code === SPACE || (code >= 0x09 && code <= 0x0d);
  return WHITE_SPACE.test(text.charAt(at));
}

/** Where the JSON value that begins at `start` ends. The end of the text if it does not end before. */
export function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (depth === 0) return end;
      at = end - 1;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      depth += 1;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === COMMA && depth === 0) {
      return at;
    }
  }
  return text.length;
}

/** Where the string whose quotation mark stands at `start` ends. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // Of the backslashes before it each escapes the next.
    if ((end - before) % 2 === 1) return end + 1;
  }
  return text.length;
}
