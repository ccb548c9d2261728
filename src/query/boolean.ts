import type { Mistake } from './mistake.ts';
import { isMistake, mistake } from './mistake.ts';
import type { Scanner } from './scanner.ts';

/** What conditions, and what joins them, are made into. */
export interface Conditions<T> {
  /** Reads one condition. */
  readonly one: (scanner: Scanner) => T | Mistake;
  readonly all: (parts: readonly T[]) => T;
  readonly any: (parts: readonly [T, ...T[]]) => T;
  readonly not: (part: T) => T;
  /** Whether a `-` before a condition negates it. */
  readonly dashNegates: boolean;
  /** What a condition is, for mistakes: `a condition`. */
  readonly name: string;
}

/**
 * Reads conditions joined by AND, which may be left out, OR and NOT, to the end of the text or a `)` that is
 * not theirs. AND binds tighter than OR.
 */
export function readConditions<T>(scanner: Scanner, conditions: Conditions<T>): T | Mistake {
  const first = readAll(scanner, conditions);
  if (isMistake(first)) return first;
  const parts: [T, ...T[]] = [first];
  while (scanner.keyword() === 'OR') {
    scanner.at += 'OR'.length;
    const part = readAll(scanner, conditions);
    if (isMistake(part)) return part;
    parts.push(part);
  }
  return conditions.any(parts);
}

function readAll<T>(scanner: Scanner, conditions: Conditions<T>): T | Mistake {
  const parts: T[] = [];
  do {
    if (parts.length > 0 && scanner.keyword() === 'AND') scanner.at += 'AND'.length;
    const part = readNegated(scanner, conditions);
    if (isMistake(part)) return part;
    parts.push(part);
    scanner.skipSpace();
  } while (!scanner.isAtEnd() && scanner.peek() !== ')' && scanner.keyword() !== 'OR');
  return conditions.all(parts);
}

function readNegated<T>(scanner: Scanner, conditions: Conditions<T>): T | Mistake {
  scanner.skipSpace();
  if (scanner.keyword() === 'NOT') scanner.at += 'NOT'.length;
  else if (conditions.dashNegates && scanner.isAtNegation()) scanner.at += 1;
  else return readOne(scanner, conditions);
  const part = scanner.nested(() => readNegated(scanner, conditions));
  return isMistake(part) ? part : conditions.not(part);
}

function readOne<T>(scanner: Scanner, conditions: Conditions<T>): T | Mistake {
  if (scanner.peek() === '(') return readParenthesis(scanner, conditions);
  const keyword = scanner.keyword();
  const found = keyword ?? scanner.peek();
  if (keyword === undefined && found !== '' && found !== ')') return conditions.one(scanner);
  const message =
    found === ''
      ? `${conditions.name} is missing at the end.`
      : `${conditions.name} is missing before \`${found}\`.`;
  const expected = `${conditions.name.toLowerCase()}${keyword === undefined ? '' : `, or "${keyword}" in quotes if the word is meant`}`;
  return mistake(message, scanner.at, found.length, expected);
}

/** Reads conditions in parentheses, the first of which is here. */
export function readParenthesis<T>(scanner: Scanner, conditions: Conditions<T>): T | Mistake {
  const start = scanner.at;
  const inner = scanner.nested(() => {
    scanner.at += 1;
    return readConditions(scanner, conditions);
  });
  if (isMistake(inner)) return inner;
  if (scanner.peek() !== ')') return mistake('This `(` is never closed.', start, 1, 'a `)` at the end');
  scanner.at += 1;
  return inner;
}
