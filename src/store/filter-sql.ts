import { SEVERITIES } from '../logs/severity.ts';
import type { ColumnTest, Filter, Substring, TagTest, Term, TimeTest, ValueTest } from '../query/filter.ts';

/** A condition with the values of its parameters, in their order. Never NULL. */
export interface Sql {
  readonly text: string;
  readonly values: readonly string[];
}

export const TRUE: Sql = { text: '1 = 1', values: [] };
const FALSE: Sql = { text: '1 = 0', values: [] };

/**
 * What a database can say of a filter, which has its meaning in `query/predicate.ts` alone: `most` holds for
 * every row that the filter matches, `least` for none but those. A negation turns one into the other.
 */
export interface Sides {
  readonly most: Sql;
  readonly least: Sql;
}

/** Conditions whose spelling or meaning differs between databases. */
export interface Dialect {
  term(term: Term): Sides;
  substring(substring: Substring): Sides;
  tag(tag: TagTest): Sides;
  /** A column of text. `=` of it with a text that has no space at its end is exact. */
  pattern(column: string, pieces: readonly string[]): Sides;
}

/** A condition that holds for every row that the filter matches, and for as few others as the database can tell. */
export function filterSql(filter: Filter, dialect: Dialect): Sql {
  return sidesOf(filter, dialect).most;
}

/** Both sides of a condition that is exact. */
export function exactly(text: string, values: readonly string[]): Sides {
  const sql = { text, values };
  return { most: sql, least: sql };
}

/** Of a condition that may hold for rows which the filter does not match. */
export function atMost(text: string, values: readonly string[]): Sides {
  return { most: { text, values }, least: FALSE };
}

/** Where the database can say nothing. */
export const UNKNOWN: Sides = { most: TRUE, least: FALSE };

/** Columns that conditions ask for by name. */
const COLUMNS = { service: 'service_name', payload: 'payload', event_id: 'event_id' } as const;

function sidesOf(filter: Filter, dialect: Dialect): Sides {
  switch (filter.kind) {
    case 'everything':
      return { most: TRUE, least: TRUE };
    case 'and':
    case 'or': {
      const sides = filter.of.map((part) => sidesOf(part, dialect));
      const join = filter.kind === 'and' ? allOf : anyOf;
      return { most: join(sides.map(({ most }) => most)), least: join(sides.map(({ least }) => least)) };
    }
    case 'not': {
      const { most, least } = sidesOf(filter.of, dialect);
      return { most: not(least), least: not(most) };
    }
    case 'severity':
      return severitySides(filter.severities);
    case 'time':
      return timeSides(filter);
    case 'column':
      return columnSides(filter, dialect);
    case 'term':
      return dialect.term(filter);
    case 'substring':
      return dialect.substring(filter);
    case 'tag':
      return dialect.tag(filter);
  }
}

function severitySides(severities: readonly string[]): Sides {
  if (severities.length === 0) return { most: FALSE, least: FALSE };
  if (severities.length === SEVERITIES.length) return { most: TRUE, least: TRUE };
  return exactly(`severity IN (${severities.map(() => '?').join(', ')})`, severities);
}

function timeSides({ op, at }: TimeTest): Sides {
  return exactly(`\`timestamp\` ${op} ?`, [at]);
}

function columnSides({ column, test }: ColumnTest, dialect: Dialect): Sides {
  // An id is ASCII, whatever is asked for.
  if (column === 'event_id' && !isAscii(test)) return { most: FALSE, least: FALSE };
  switch (test.kind) {
    case 'equals':
      return column === 'payload'
        ? dialect.pattern(COLUMNS.payload, [test.text])
        : equalsSides(COLUMNS[column], test.text);
    case 'matches':
      return dialect.pattern(COLUMNS[column], test.pieces);
    // A database pads texts with spaces, or not; the order of their bytes is not worth its rules.
    case 'compare':
      return UNKNOWN;
    case 'exists':
      return { most: TRUE, least: TRUE };
  }
}

/** Databases may take a text for the same with spaces behind it. */
function equalsSides(column: string, text: string): Sides {
  return text.endsWith(' ') ? atMost(`${column} = ?`, [text]) : exactly(`${column} = ?`, [text]);
}

function isAscii(test: ValueTest): boolean {
  if (test.kind === 'equals') return /^[ -~]*$/.test(test.text);
  return test.kind !== 'matches' || test.pieces.every((piece) => /^[ -~]*$/.test(piece));
}

/** All of the conditions. */
export function allOf(conditions: readonly Sql[]): Sql {
  if (conditions.includes(FALSE)) return FALSE;
  return joined(
    conditions.filter((each) => each !== TRUE),
    ' AND ',
    TRUE,
  );
}

/** Any of the conditions. */
export function anyOf(conditions: readonly Sql[]): Sql {
  if (conditions.includes(TRUE)) return TRUE;
  return joined(
    conditions.filter((each) => each !== FALSE),
    ' OR ',
    FALSE,
  );
}

function joined(conditions: readonly Sql[], word: string, none: Sql): Sql {
  const [first, ...others] = conditions;
  if (first === undefined) return none;
  if (others.length === 0) return first;
  return {
    text: `(${conditions.map(({ text }) => text).join(word)})`,
    values: conditions.flatMap(({ values }) => values),
  };
}

function not(condition: Sql): Sql {
  if (condition === TRUE) return FALSE;
  if (condition === FALSE) return TRUE;
  return { text: `NOT (${condition.text})`, values: condition.values };
}
