import { SEVERITIES } from '../../../../../src/logs/severity.ts';
import { type Conditions, readConditions, readParenthesis } from '../../../../../src/query/boolean.ts';
import { type Field, keyOf } from '../../../../../src/query/fields.ts';
import type { ComparisonOperator } from '../../../../../src/query/filter.ts';
import { isMistake, type Mistake } from '../../../../../src/query/mistake.ts';
import {
  type NameAndOperator,
  readName,
  readQuotedName,
  seesRestOfName,
  writtenField,
} from '../../../../../src/query/names.ts';
import { Scanner } from '../../../../../src/query/scanner.ts';
import { severitiesOf } from '../../../../../src/query/severities.ts';
import { readTerm } from '../../../../../src/query/terms.ts';
import { readValue, spaceMissing, takeComparison } from '../../../../../src/query/values.ts';

/** One of the conditions that an expression joins by AND, as it is written. */
export interface Part {
  readonly text: string;
  /** Whether it is the opposite of what follows. */
  readonly isNegated: boolean;
  /** What it asks about; undefined: text, or several things. */
  readonly key: string | undefined;
  /** The values that it names; undefined: it asks for something else than whole values. */
  readonly values: readonly string[] | undefined;
}

type Condition = Omit<Part, 'text'>;

const SOMETHING: Condition = { key: undefined, values: undefined, isNegated: false };
/** What nothing can be said of, whatever it is made of. */
const WHATEVER: Omit<Conditions<Condition>, 'dashNegates' | 'name'> = {
  one: readFree,
  all: () => SOMETHING,
  any: () => SOMETHING,
  not: () => SOMETHING,
};

/** The key of a field by its name, as refine.ts takes it. */
export function keyOfName(name: string): string {
  return keyOf(writtenField(name));
}

/**
 * The conditions that an expression joins by AND, in order. Undefined: it cannot be read, or there is an OR
 * between them. Reads as the parser does but for times and limits, without what it needs to know of calendars.
 */
export function partsOf(expression: string): readonly Part[] | undefined {
  const scanner = new Scanner(expression);
  const parts: Part[] = [];
  for (;;) {
    scanner.skipSpace();
    if (parts.length > 0 && scanner.keyword() === 'AND') {
      scanner.at += 'AND'.length;
      scanner.skipSpace();
    }
    if (scanner.isAtEnd()) return parts;
    const part = readPart(scanner);
    if (part === undefined) return undefined;
    parts.push(part);
  }
}

/** Whether an expression can be read, times and limits aside. */
export function isReadable(expression: string): boolean {
  const scanner = new Scanner(expression);
  scanner.skipSpace();
  if (scanner.isAtEnd()) return true;
  const read = readConditions(scanner, { ...WHATEVER, dashNegates: true, name: 'A condition' });
  return !isMistake(read) && scanner.isAtEnd();
}

function readPart(scanner: Scanner): Part | undefined {
  const start = scanner.at;
  let isNegated = false;
  for (;;) {
    if (scanner.keyword() === 'NOT') scanner.at += 'NOT'.length;
    else if (scanner.isAtNegation()) scanner.at += 1;
    else break;
    isNegated = !isNegated;
    scanner.skipSpace();
  }
  if (scanner.isAtEnd() || scanner.keyword() !== undefined) return undefined;
  const isGroup = scanner.peek() === '(';
  const read = isGroup
    ? readParenthesis(scanner, { ...WHATEVER, dashNegates: true, name: 'A condition' })
    : readFree(scanner);
  if (isMistake(read) || scanner.peek() === ')') return undefined;
  const text = scanner.text.slice(start, scanner.at);
  return { ...read, text, isNegated: isNegated !== read.isNegated };
}

function readFree(scanner: Scanner): Condition | Mistake {
  const start = scanner.at;
  let name: NameAndOperator | Mistake | undefined;
  if (scanner.isAtQuote()) {
    const quoted = scanner.readQuoted();
    if (isMistake(quoted)) return quoted;
    if (!seesRestOfName(scanner)) return scanner.isAtEndOfWord() ? SOMETHING : spaceMissing(scanner);
    name = readQuotedName(scanner, quoted, start);
  } else {
    name = readName(scanner);
  }
  if (isMistake(name)) return name;
  if (name !== undefined) return readNamed(scanner, name);
  const term = readTerm(scanner);
  return isMistake(term) ? term : SOMETHING;
}

function readNamed(scanner: Scanner, { field, operator, written }: NameAndOperator): Condition | Mistake {
  const isNot = operator === 'is not';
  const op = isNot ? 'is' : operator;
  const values =
    op === 'is' && scanner.peek() === '('
      ? readParenthesis(scanner, groupOf(field, written))
      : readOne(scanner, field, op, written);
  if (isMistake(values)) return values;
  const isAll = field.kind === 'severity' && values?.length === SEVERITIES.length;
  return { key: keyOf(field), values: isAll || values === null ? undefined : values, isNegated: isNot };
}

type Values = readonly string[] | null;

/** Values in parentheses are values as long as one of them is enough. */
function groupOf(field: Field, written: string): Conditions<Values> {
  return {
    one: (scanner) => readOne(scanner, field, takeComparison(scanner) ?? 'is', written),
    all: (parts) => (parts.length === 1 ? (parts[0] ?? null) : null),
    any: (parts) => (parts.includes(null) ? null : [...new Set(parts.flatMap((part) => part ?? []))]),
    not: () => null,
    dashNegates: false,
    name: 'A value',
  };
}

function readOne(
  scanner: Scanner,
  field: Field,
  op: ComparisonOperator | 'is',
  written: string,
): Values | Mistake {
  const value = readValue(scanner, written);
  if (isMistake(value)) return value;
  if (field.kind === 'severity') return severitiesOf(op, value);
  return op === 'is' && value.pieces.length === 1 ? value.pieces : null;
}
