/**
 * One of several JSON values in a text: its own text, or null where there should be one and what stands there
 * is none.
 */
export type ValueText = string | null;

const WHITE_SPACE = /\s/;

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
  for (let start = 0; start < text.length && values.length <= max;) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line === '') continue;
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
  let start = skipSpace(text, text.indexOf('[') + 1);
  while (text[start] !== ']' && start < text.length && elements.length <= max) {
    const end = endOfValue(text, start);
    elements.push(text.slice(start, end).trim());
    start = skipSpace(text, end);
    if (text[start] === ',') start = skipSpace(text, start + 1);
  }
  return elements;
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
  while (at < text.length && WHITE_SPACE.test(text.charAt(at))) at += 1;
  return at;
}

/** What changes the depth, begins a string or ends a number or a word that stands alone. */
const STEP = /["{}[\],]/g;
const STRING_END = /["\\]/g;

/** Where the value that begins at `start` ends. The end of the text if it does not end before. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  STEP.lastIndex = start;
  for (let step = STEP.exec(text); step !== null; step = STEP.exec(text)) {
    const [mark] = step;
    if (mark === '"') {
      STEP.lastIndex = endOfString(text, step.index);
      if (depth === 0) return STEP.lastIndex;
    } else if (mark === '{' || mark === '[') {
      depth += 1;
    } else if (depth === 0) {
      return step.index;
    } else if (mark !== ',') {
      depth -= 1;
      if (depth === 0) return step.index + 1;
    }
  }
  return text.length;
}

/** Where the string whose quotation mark stands at `start` ends. */
function endOfString(text: string, start: number): number {
  STRING_END.lastIndex = start + 1;
  for (let mark = STRING_END.exec(text); mark !== null; mark = STRING_END.exec(text)) {
    if (mark[0] === '"') return mark.index + 1;
    STRING_END.lastIndex = mark.index + 2;
  }
  return text.length;
}
