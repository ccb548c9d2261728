import type { Filter, Term } from './filter.ts';
import { EVERYTHING, fold } from './filter.ts';
import type { Mistake } from './mistake.ts';
import { isMistake, mistake } from './mistake.ts';
import { readName } from './names.ts';
import { Scanner } from './scanner.ts';

/** Words that are operators elsewhere, or here if no space stood beside them: as text they find nothing that was meant. */
const NO_TEXT = /^(?:[:=<>]|==|[<>!]=.*|&&|\|\|)$/s;

/** Reads a word of free text: no name and no quotes begin here. */
export function readTerm(scanner: Scanner): Filter | Mistake {
  const start = scanner.at;
  scanner.readBare(false);
  const word = scanner.text.slice(start, scanner.at);
  return NO_TEXT.test(word) ? noText(word, start) : termOf(word);
}

function noText(word: string, at: number): Mistake {
  const expected = /[&|]/.test(word)
    ? '`AND`, which may be left out, or `OR`'
    : 'no spaces between name, operator and value';
  return mistake(
    `\`${word}\` alone is no condition.`,
    at,
    word.length,
    `${expected}; quotation marks around text`,
  );
}

function termOf(word: string): Filter {
  const text = fold(word.replace(/^\*+/, '').replace(/(?<!\*)\*+$/, ''));
  if (text === '') return EVERYTHING;
  return { kind: 'term', text, openStart: word.startsWith('*'), openEnd: word.endsWith('*') };
}

/** A term as an expression has it. */
export function termText({ text, openStart, openEnd }: Term): string {
  return `${openStart ? '*' : ''}${text}${openEnd ? '*' : ''}`;
}

/** Whether an expression can say a term: a text with white space, for one, is only sayable in quotes. */
export function isTerm(term: Term): boolean {
  const scanner = new Scanner(termText(term));
  if (scanner.peek() === '(' || scanner.isAtQuote() || scanner.isAtNegation()) return false;
  if (readName(scanner) !== undefined) return false;
  const read = readTerm(scanner);
  return !isMistake(read) && scanner.isAtEnd() && read.kind === 'term' && read.text === term.text;
}
