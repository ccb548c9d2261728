import type { ColumnTest, Filter, TagTest, ValueTest } from '../filter.ts';
import { fold } from '../filter.ts';
import { MAX_NAME_LENGTH, tagNameWord, tagWord } from './entry-words.ts';
import { CLOSED, type Ends, WordScanner } from './scan-words.ts';
import { type Word, wordOf } from './word.ts';

/** Words that an entry needs so that a filter can match it. */
export type Need =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Need[] };

/** Words of one condition: each costs reading, and the longest, which are the rarest, tell the most. */
const WORDS_OF_CONDITION = 3;
/** Words of a filter. */
const MAX_WORDS = 48;

/**
 * The words that every entry has which a filter matches, as `EntryWords` hands them over. Undefined: it can
 * match entries of any words.
 */
export function neededWords(filter: Filter): Need | undefined {
  const need = needUnder(filter, false);
  return need !== undefined && wordsIn(need).length <= MAX_WORDS ? need : undefined;
}

/** All words that are asked for, each as often as it is. */
export function wordsIn(need: Need): readonly Word[] {
  return need.kind === 'word' ? [need.word] : need.of.flatMap(wordsIn);
}

function needUnder(filter: Filter, isNegated: boolean): Need | undefined {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const needs = filter.of.map((part) => needUnder(part, isNegated));
      return (filter.kind === 'and') === isNegated ? anyOf(needs) : allOf(needs);
    }
    case 'not':
      return needUnder(filter.of, !isNegated);
    case 'everything':
    case 'severity':
    case 'time':
      return undefined;
    case 'term':
      return isNegated ? undefined : needOfTexts([[filter.text, filter]]);
    case 'substring':
      return isNegated ? undefined : needOfTexts([[fold(filter.text), OPEN]]);
    case 'column':
      return isNegated ? undefined : columnNeed(filter);
    case 'tag':
      return isNegated ? undefined : tagNeed(filter);
  }
}

const OPEN: Ends = { openStart: true, openEnd: true };

function columnNeed({ column, test }: ColumnTest): Need | undefined {
  return column === 'payload' ? textNeed(test) : undefined;
}

function tagNeed({ name, test }: TagTest): Need | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  const nameWord = tagNameWord(name);
  if (test.kind === 'equals') return { kind: 'word', word: tagWord(nameWord, wordOf(test.text)) };
  return allOf([{ kind: 'word', word: nameWord }, textNeed(test)]);
}

/** Of a value that passes a test. */
function textNeed(test: ValueTest): Need | undefined {
  switch (test.kind) {
    case 'equals':
      return needOfTexts([[fold(test.text), CLOSED]]);
    case 'matches': {
      const last = test.pieces.length - 1;
      const pieces = test.pieces.map(
        (piece, index) => [fold(piece), { openStart: index > 0, openEnd: index < last }] as const,
      );
      return needOfTexts(pieces);
    }
    case 'compare':
    case 'exists':
      return undefined;
  }
}

/** The words that surely are whole wherever these texts, as `fold` leaves them, occur. */
function needOfTexts(texts: readonly (readonly [string, Ends])[]): Need | undefined {
  const found = new Map<string, { readonly word: Word; readonly length: number }>();
  const scanner = new WordScanner({
    isFull: false,
    add: (one, other, length) => found.set(`${one} ${other}`, { word: { one, other }, length }),
  });
  // Half a character of a text may be the half of a whole one of an entry's.
  for (const [text, ends] of texts) if (text.isWellFormed()) scanner.scan(text, ends);
  const longest = [...found.values()].toSorted((one, other) => other.length - one.length);
  return allOf(longest.slice(0, WORDS_OF_CONDITION).map(({ word }) => ({ kind: 'word', word })));
}

/** An entry of any words fits a part that needs none. */
function allOf(needs: readonly (Need | undefined)[]): Need | undefined {
  const of = needs.filter((need) => need !== undefined);
  return of.length > 1 ? { kind: 'all', of } : of[0];
}

function anyOf(needs: readonly (Need | undefined)[]): Need | undefined {
  const of = needs.filter((need) => need !== undefined);
  if (of.length < needs.length) return undefined;
  return of.length > 1 ? { kind: 'any', of } : of[0];
}
