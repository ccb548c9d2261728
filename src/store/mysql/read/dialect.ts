import type { Substring, TagTest, Term, ValueTest } from '../../../query/filter.ts';
import { anyOf, atMost, type Dialect, exactly, type Sides, type Sql, UNKNOWN } from '../../filter-sql.ts';
import { pathsOf } from '../../tags/tag-index.ts';

/** What MySQL and MariaDB can say of a filter. */
export const MYSQL: Dialect = { term, substring, tag, pattern };

const ESCAPE = '|';
/** Folds letters of ASCII, compares character by character, and is on every server. */
const FOLDED = 'payload COLLATE utf8mb4_general_ci';

/**
 * Servers fold by rules of their own. So of the folded text only what has no case at all, and letters of ASCII
 * that are the lower case of nothing else, are looked for; any one character for the others. `K` (U+212A) is
 * lower-cased to `k`, `İ` to `i` and a dot above it.
 */
function term({ text }: Term): Sides {
  const pattern = [...text.replaceAll('i\u0307', '%')].map(folded).join('');
  return atMost(`${FOLDED} LIKE ? ESCAPE '${ESCAPE}'`, [`%${pattern}%`]);
}

function folded(character: string): string {
  if (character === 'k') return '_';
  const isAscii = character <= '\u007f';
  // The one wildcard that `term` puts in; a `%` of the text itself would only be found more often.
  if (character === '%') return '%';
  if (isAscii) return escaped(character);
  const hasCase = character.toLowerCase() !== character || character.toUpperCase() !== character;
  return hasCase || character === '\u0307' ? '_' : character;
}

function substring({ text }: Substring): Sides {
  return pattern('payload', ['', text, '']);
}

function pattern(column: string, pieces: readonly string[]): Sides {
  const collated = column === 'payload' ? 'payload COLLATE utf8mb4_bin' : column;
  return exactly(`${collated} LIKE ? ESCAPE '${ESCAPE}'`, [pieces.map(escaped).join('%')]);
}

function escaped(text: string): string {
  return text.replace(/[%_|]/g, `${ESCAPE}$&`);
}

/** Names and values that are the same text in JSON, in a path, and on every server. */
const PLAIN_NAME = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*){0,2}$/;
const PLAIN_VALUE = /^[\w !#$%&'()*+,./:;<=>?@[\]^`{|}~-]+$/;
/** Such a number has one text only, but for what JSON_TYPE tells. */
const ZERO = /^-?0/;

/**
 * A tag's value is compared by its text, of which servers have their own idea where numbers have a fraction or
 * an exponent, and a list matches by its elements: rows with those are left to the predicate.
 */
function tag({ name, test }: TagTest): Sides {
  if (!PLAIN_NAME.test(name)) return UNKNOWN;
  const paths = pathsOf(name.split('.'));
  const conditions = paths.map((path) => conditionAt(path, test));
  if (conditions.some((condition) => condition === undefined)) return UNKNOWN;
  const { text, values } = anyOf(conditions.filter((condition) => condition !== undefined));
  const isExact = test.kind === 'exists' && paths.length === 1;
  return isExact ? exactly(text, values) : atMost(text, values);
}

function conditionAt(path: string, test: ValueTest): Sql | undefined {
  const there = { text: "COALESCE(JSON_CONTAINS_PATH(tags, 'one', ?), 0) = 1", values: [path] };
  switch (test.kind) {
    case 'exists':
    case 'compare':
      return there;
    case 'equals':
      if (!PLAIN_VALUE.test(test.text) || ZERO.test(test.text)) return there;
      return valueAt(path, 'JSON_UNQUOTE(JSON_EXTRACT(tags, ?)) = ?', test.text);
    case 'matches':
      if (!test.pieces.every((piece) => piece === '' || PLAIN_VALUE.test(piece))) return there;
      return valueAt(
        path,
        `JSON_UNQUOTE(JSON_EXTRACT(tags, ?)) LIKE ? ESCAPE '${ESCAPE}'`,
        test.pieces.map(escaped).join('%'),
      );
  }
}

function valueAt(path: string, comparison: string, value: string): Sql {
  // To MariaDB 1e3 is an integer.
  const text = `COALESCE(${comparison} OR JSON_TYPE(JSON_EXTRACT(tags, ?)) IN ('ARRAY', 'DOUBLE', 'DECIMAL')
    OR (JSON_TYPE(JSON_EXTRACT(tags, ?)) = 'INTEGER' AND INSTR(LOWER(JSON_EXTRACT(tags, ?)), 'e') > 0), 0) = 1`;
  return { text, values: [path, value, path, path, path] };
}
