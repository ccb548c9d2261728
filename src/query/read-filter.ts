import { readConditions } from './boolean.ts';
import { readCondition } from './conditions.ts';
import type { Filter } from './filter.ts';
import { allOf, anyOf, EVERYTHING } from './filter.ts';
import type { Mistake } from './mistake.ts';
import { isMistake, mistake } from './mistake.ts';
import { readName, readQuotedName, seesRestOfName } from './names.ts';
import { printFilter } from './print.ts';
import { MAX_LENGTH, Scanner } from './scanner.ts';
import { readTerm } from './terms.ts';
import type { ReadTime } from './times.ts';
import { spaceMissing } from './values.ts';

const TOO_LONG = `at most ${MAX_LENGTH} characters`;

/**
 * The filter that an expression stands for, or what is wrong with it; `readTime` resolves the times in it. An
 * empty one is everything.
 */
export function readFilter(text: string, readTime: ReadTime): Filter | Mistake {
  if (text.length > MAX_LENGTH) {
    return mistake(
      `The expression has ${text.length} characters.`,
      MAX_LENGTH,
      text.length - MAX_LENGTH,
      TOO_LONG,
    );
  }
  const half = loneSurrogateOf(text);
  if (half !== -1) return mistake('This is half a character.', half, 1, 'well-formed Unicode');
  const scanner = new Scanner(text);
  scanner.skipSpace();
  if (scanner.isAtEnd()) return EVERYTHING;
  const filter = readConditions(scanner, {
    one: (inner) => readFree(inner, readTime),
    all: allOf,
    any: anyOf,
    not: (of): Filter => ({ kind: 'not', of }),
    dashNegates: true,
    name: 'A condition',
  });
  if (isMistake(filter)) return filter;
  if (!scanner.isAtEnd())
    return mistake(
      'This `)` closes nothing.',
      scanner.at,
      1,
      'a `(` before it, or quotation marks around text',
    );
  // What can be read can be written out and read again, everywhere and for good.
  if (printFilter(filter).length <= MAX_LENGTH) return filter;
  return mistake(
    'The expression is too long when it is written out in full.',
    0,
    text.length,
    `${TOO_LONG} then`,
  );
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function loneSurrogateOf(text: string): number {
  return text.isWellFormed() ? -1 : text.search(LONE_SURROGATE);
}

function readFree(scanner: Scanner, readTime: ReadTime): Filter | Mistake {
  const start = scanner.at;
  if (scanner.isAtQuote()) {
    const quoted = scanner.readQuoted();
    if (isMistake(quoted)) return quoted;
    if (!seesRestOfName(scanner)) {
      if (!scanner.isAtEndOfWord()) return spaceMissing(scanner);
      return scanner.countTerm(start) ?? { kind: 'substring', text: quoted };
    }
    const name = readQuotedName(scanner, quoted, start);
    return isMistake(name) ? name : readCondition(scanner, name, readTime);
  }
  const name = readName(scanner);
  if (isMistake(name)) return name;
  if (name !== undefined) return readCondition(scanner, name, readTime);
  const term = readTerm(scanner);
  return scanner.countTerm(start) ?? term;
}
