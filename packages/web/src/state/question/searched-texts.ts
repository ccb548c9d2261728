import { type Conditions, readConditions, readParenthesis } from '../../../../../src/query/boolean.ts';
import { isMistake, type Mistake } from '../../../../../src/query/mistake.ts';
import {
  type NameAndOperator,
  readName,
  readQuotedName,
  seesRestOfName,
} from '../../../../../src/query/names.ts';
import { Scanner } from '../../../../../src/query/scanner.ts';
import { readTerm } from '../../../../../src/query/terms.ts';
import { readValue, takeComparison } from '../../../../../src/query/values.ts';

/** A text that an expression looks for in payloads. */
export interface SearchedText {
  readonly text: string;
  /** A word: its case does not count, and it begins and ends where words do unless that end is open. */
  readonly word?: { readonly openStart: boolean; readonly openEnd: boolean };
}

/** From one place of a text up to another, in UTF-16 units. */
export type Range = readonly [from: number, to: number];

type Found = readonly SearchedText[];

/** Of more than so many texts the others are not marked. */
const MAX_TEXTS = 20;
const WORD = String.raw`[\p{L}\p{M}\p{N}_]`;
const BEGINS_AS_WORD = new RegExp(`^${WORD}`, 'u');
const ENDS_AS_WORD = new RegExp(`${WORD}$`, 'u');

const CONDITIONS: Conditions<Found> = {
  one: readOne,
  all: (parts) => parts.flat(),
  any: (parts) => parts.flat(),
  // What is not there cannot be marked.
  not: () => [],
  dashNegates: true,
  name: 'A condition',
};

/** The texts that an expression looks for; none if it cannot be read. */
export function searchedTexts(expression: string): readonly SearchedText[] {
  const scanner = new Scanner(expression);
  scanner.skipSpace();
  if (scanner.isAtEnd()) return [];
  const found = readConditions(scanner, CONDITIONS);
  return isMistake(found) ? [] : found.filter(({ text }) => text !== '').slice(0, MAX_TEXTS);
}

/** Where these occur in a text, in order and apart from each other. */
export function marksIn(searched: readonly SearchedText[]): (text: string) => readonly Range[] {
  const patterns = [
    patternOf(
      searched.filter(({ word }) => word !== undefined),
      'giu',
    ),
    patternOf(
      searched.filter(({ word }) => word === undefined),
      'gu',
    ),
  ].filter((pattern) => pattern !== undefined);
  return (text) => {
    const found = patterns.flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match): Range => [match.index, match.index + match[0].length]),
    );
    return patterns.length > 1 ? joined(found) : found;
  };
}

function joined(ranges: readonly Range[]): readonly Range[] {
  const apart: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = apart.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else apart.push([from, to]);
  }
  return apart;
}

function patternOf(searched: readonly SearchedText[], flags: string): RegExp | undefined {
  if (searched.length === 0) return undefined;
  // Of several that begin at one place the first wins: it should be the longest.
  const sources = searched.toSorted((one, other) => other.text.length - one.text.length).map(sourceOf);
  return new RegExp(sources.join('|'), flags);
}

function sourceOf({ text, word }: SearchedText): string {
  const source = text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const start = word?.openStart === false && BEGINS_AS_WORD.test(text) ? `(?<!${WORD})` : '';
  const end = word?.openEnd === false && ENDS_AS_WORD.test(text) ? `(?!${WORD})` : '';
  return `${start}${source}${end}`;
}

function readOne(scanner: Scanner): Found | Mistake {
  const start = scanner.at;
  if (scanner.isAtQuote()) {
    const quoted = scanner.readQuoted();
    if (isMistake(quoted)) return quoted;
    if (!seesRestOfName(scanner)) return [{ text: quoted }];
    return readNamed(scanner, readQuotedName(scanner, quoted, start));
  }
  const name = readName(scanner);
  if (name !== undefined) return readNamed(scanner, name);
  const term = readTerm(scanner);
  if (isMistake(term)) return term;
  if (term.kind !== 'term') return [];
  const { text, openStart, openEnd } = term;
  return [{ text, word: { openStart, openEnd } }];
}

/** The value of a field: a text to be marked if the field is the payload. */
function readNamed(scanner: Scanner, name: NameAndOperator | Mistake): Found | Mistake {
  if (isMistake(name)) return name;
  const { field, operator, written } = name;
  const isPayload = field.kind === 'column' && field.column === 'payload' && operator === 'is';
  const values: Conditions<Found> = {
    ...CONDITIONS,
    one(inner) {
      const isCompared = takeComparison(inner) !== undefined;
      const value = readValue(inner, written);
      if (isMistake(value)) return value;
      return isPayload && !isCompared ? value.pieces.map((text) => ({ text })) : [];
    },
    dashNegates: false,
  };
  return scanner.peek() === '(' ? readParenthesis(scanner, values) : values.one(scanner);
}
