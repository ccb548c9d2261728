import type { Severity } from '../logs/severity.ts';
import { SEVERITIES } from '../logs/severity.ts';
import type { Conditions } from './boolean.ts';
import { readParenthesis } from './boolean.ts';
import type { Field } from './fields.ts';
import type { ComparisonOperator, Filter } from './filter.ts';
import { allOf, anyOf, EVERYTHING } from './filter.ts';
import type { Mistake } from './mistake.ts';
import { isMistake, mistake } from './mistake.ts';
import type { NameAndOperator } from './names.ts';
import type { Scanner } from './scanner.ts';
import { severitiesOf } from './severities.ts';
import type { ReadTime, Time } from './times.ts';
import type { WrittenValue } from './values.ts';
import { comparisonTest, patternTest, readValue, takeComparison } from './values.ts';

/** Reads what comes after a name and its operator: a value, or several in parentheses. */
export function readCondition(
  scanner: Scanner,
  { field, operator, written }: NameAndOperator,
  readTime: ReadTime,
): Filter | Mistake {
  const isGroup = scanner.peek() === '(';
  if (isGroup && operator !== 'is' && operator !== 'is not') {
    const expected = 'a value, in quotes if it begins with `(`';
    return mistake(`After \`${written}\` there is one value.`, scanner.at, 1, expected);
  }
  const op = operator === 'is not' ? 'is' : operator;
  const read = isGroup
    ? () => readGroup(scanner, field, written, readTime)
    : () => counted(scanner, () => readOne(scanner, { field, op, written }, readTime));
  if (operator !== 'is not') return read();
  const filter = scanner.nested(read);
  return isMistake(filter) ? filter : { kind: 'not', of: filter };
}

/** Counts what `read` reads as the conditions that it is when it is written out: a day is two. */
function counted(scanner: Scanner, read: () => Filter | Mistake): Filter | Mistake {
  const start = scanner.at;
  const filter = read();
  if (isMistake(filter)) return filter;
  const both = filter.kind === 'and' ? scanner.countTerm(start) : undefined;
  return both ?? scanner.countTerm(start) ?? filter;
}

interface OneValue {
  readonly field: Field;
  readonly op: ComparisonOperator | 'is';
  readonly written: string;
}

function readOne(scanner: Scanner, { field, op, written }: OneValue, readTime: ReadTime): Filter | Mistake {
  const value = readValue(scanner, written);
  if (isMistake(value)) return value;
  const filter =
    field.kind === 'severity' ? severityTest(op, value) : conditionOf(field, op, value, readTime);
  // Written out, a day is two conditions in parentheses, and so may be the severities that a `*` fits.
  const isWrittenOut = op === 'is' && (field.kind === 'time' || value.pieces.length > 1);
  return isWrittenOut && field.kind !== 'tag' ? scanner.nested(() => filter) : filter;
}

function severityTest(op: ComparisonOperator | 'is', value: WrittenValue): Filter | Mistake {
  const severities = severitiesOf(op, value);
  return isMistake(severities) ? severities : { kind: 'severity', severities };
}

function conditionOf(
  field: Exclude<Field, { kind: 'severity' }>,
  op: ComparisonOperator | 'is',
  value: WrittenValue,
  readTime: ReadTime,
): Filter | Mistake {
  if (field.kind === 'time') return timeCondition(op, value, readTime);
  const test = op === 'is' ? patternTest(value) : comparisonTest(op, value);
  return isMistake(test) ? test : { ...field, test };
}

/** Values in parentheses, each with a comparison of its own if it likes: `code:(404 OR >=500)`. */
function readGroup(scanner: Scanner, field: Field, written: string, readTime: ReadTime): Filter | Mistake {
  const read = (inner: Scanner): Filter | Mistake => {
    const comparison = takeComparison(inner);
    return readOne(inner, { field, op: comparison ?? 'is', written: comparison ?? written }, readTime);
  };
  if (field.kind === 'severity') {
    const severities = readParenthesis(scanner, severityConditions(read));
    if (isMistake(severities)) return severities;
    return counted(scanner, () => ({ kind: 'severity', severities }));
  }
  return readParenthesis(scanner, {
    one: (inner) => counted(inner, () => read(inner)),
    all: allOf,
    any: anyOf,
    not: (of): Filter => ({ kind: 'not', of }),
    dashNegates: false,
    name: 'A value',
  });
}

/** Several severities are one condition: a set. */
function severityConditions(read: (scanner: Scanner) => Filter | Mistake): Conditions<readonly Severity[]> {
  const keep = (isIn: (severity: Severity) => boolean): readonly Severity[] => SEVERITIES.filter(isIn);
  return {
    one: (scanner) => {
      const filter = read(scanner);
      if (isMistake(filter)) return filter;
      return filter.kind === 'severity' ? filter.severities : [];
    },
    all: (parts) => keep((severity) => parts.every((part) => part.includes(severity))),
    any: (parts) => keep((severity) => parts.some((part) => part.includes(severity))),
    not: (part) => keep((severity) => !part.includes(severity)),
    dashNegates: false,
    name: 'A severity',
  };
}

function timeCondition(
  op: ComparisonOperator | 'is',
  value: WrittenValue,
  readTime: ReadTime,
): Filter | Mistake {
  const [text = ''] = value.pieces;
  if (value.pieces.length > 1) {
    if (op === 'is' && value.pieces.every((piece) => piece === '')) return EVERYTHING;
    return mistake(
      'A time has no `*`.',
      value.at,
      value.length,
      'a time: `2026-11-25`, or comparisons: `time>=14:00 time<15:00`',
    );
  }
  const time = readTime(text);
  if (isMistake(time)) return { ...time, at: value.at, length: value.length };
  return op === 'is' ? timeSpan(time) : timeComparison(op, time);
}

function timeComparison(op: ComparisonOperator, { at, isCut }: Time): Filter {
  // The time lies between this microsecond, to which it was cut, and the next.
  const exact = isCut && op === '>=' ? '>' : isCut && op === '<' ? '<=' : op;
  return { kind: 'time', op: exact, at };
}

/** All that a time says: `2026-11-25` is that day. */
function timeSpan({ at, isCut, end }: Time): Filter {
  if (isCut) return { kind: 'not', of: EVERYTHING };
  if (end === undefined) return { kind: 'time', op: '=', at };
  if (end === null) return { kind: 'time', op: '>=', at };
  return allOf([
    { kind: 'time', op: '>=', at },
    { kind: 'time', op: '<', at: end },
  ]);
}
