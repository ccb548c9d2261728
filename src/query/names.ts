import { type Field, fieldOf, NAME } from './fields.ts';
import type { Mistake } from './mistake.ts';
import { excerpt, isMistake, mistake } from './mistake.ts';
import { Scanner } from './scanner.ts';

/** Up to quotes that go on with it. */
const NAME_BEFORE_QUOTE = /[\p{L}_@$][\p{L}\p{M}\p{N}_@$./-]*\.(?=["“”„])/uy;
const NAME_AFTER_QUOTE = /\.[\p{L}\p{M}\p{N}_@$./-]*/uy;

/** What stands between a name and a value. Some are there to say that they are none. */
const OPERATOR = /:(?:<>|[<>]=?|=)?|[!=]~|!=|<>|==?[<>]?|[<>]=?/y;
/** What after a name and a colon makes both text: `http://`, `C:\`, `std::vector`. */
const TEXT_AFTER_COLON = /:(?:\/\/|[\\:])/y;

export type Operator = 'is' | 'is not' | '>=' | '>' | '<=' | '<';

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  [':', 'is'],
  ['=', 'is'],
  ['==', 'is'],
  [':=', 'is'],
  ['!=', 'is not'],
  ...(['>=', '>', '<=', '<'] as const).flatMap((op): [string, Operator][] => [
    [op, op],
    [`:${op}`, op],
  ]),
]);

/** A name and an operator, as they stood in an expression. */
export interface NameAndOperator {
  readonly field: Field;
  readonly operator: Operator;
  /** Both together, for a person. */
  readonly written: string;
}

/** What a name alone means, as a person writes it: also in quotes, as an expression and a line of an entry have it. */
export function writtenField(text: string): Field {
  const scanner = new Scanner(text);
  if (!scanner.isAtQuote()) return fieldOf(text);
  const name = scanner.readQuoted();
  return isMistake(name) || !scanner.isAtEnd() ? fieldOf(text) : fieldOf(name);
}

/**
 * The name and operator that begin here. Undefined, and nothing is read, if what begins here is text; if
 * there is a name in quotes it is read, and there has to be an operator.
 */
export function readName(scanner: Scanner): NameAndOperator | Mistake | undefined {
  const start = scanner.at;
  const beforeQuote = scanner.take(NAME_BEFORE_QUOTE)?.[0];
  if (beforeQuote !== undefined) return readQuotedName(scanner, beforeQuote, start);
  const name = scanner.take(NAME)?.[0];
  if (name === undefined) return undefined;
  if (!scanner.sees(TEXT_AFTER_COLON) && scanner.sees(OPERATOR)) return readOperator(scanner, name, start);
  scanner.at = start;
  return undefined;
}

/** The rest of a name that began at `start`, after what was `read` of it: quotes, or up to quotes. */
export function readQuotedName(scanner: Scanner, read: string, start: number): NameAndOperator | Mistake {
  let name = read;
  for (;;) {
    name += scanner.take(NAME_AFTER_QUOTE)?.[0] ?? '';
    if (!scanner.isAtQuote()) return readOperatorAfter(scanner, name, start);
    const quoted = scanner.readQuoted();
    if (isMistake(quoted)) return quoted;
    name += quoted;
  }
}

/** Whether after a text in quotes something follows that makes it a name. */
export function seesRestOfName(scanner: Scanner): boolean {
  return scanner.peek() === '.' || scanner.sees(OPERATOR);
}

function readOperatorAfter(scanner: Scanner, name: string, start: number): NameAndOperator | Mistake {
  if (scanner.sees(OPERATOR)) return readOperator(scanner, name, start);
  return mistake(
    'This name is not followed by a value.',
    start,
    scanner.at - start,
    '`:` and a value, or quotation marks around all of it if it is text',
  );
}

function readOperator(scanner: Scanner, name: string, start: number): NameAndOperator | Mistake {
  const at = scanner.at;
  const spelled = scanner.take(OPERATOR)?.[0] ?? '';
  const operator = OPERATORS.get(spelled);
  const written = excerpt(scanner.text.slice(start, scanner.at));
  if (operator !== undefined) return { field: fieldOf(name), operator, written };
  const expected = spelled.endsWith('~')
    ? '`:` and a text with `*` for any text'
    : '`:`, `!=`, `>=`, `>`, `<=` or `<`';
  return mistake(
    `\`${spelled}\` compares nothing.`,
    at,
    spelled.length,
    `${expected}, or quotation marks around text`,
  );
}
