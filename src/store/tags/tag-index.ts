import { createHash } from 'node:crypto';
import { LmsError } from '../../errors/catalogue.ts';

/** An index of a tag. */
export interface TagIndex {
  readonly tag: string;
  /** Its name in the database. */
  readonly name: string;
  /** `incomplete`: it was begun and not finished; nothing is found by it. */
  readonly state: 'ready' | 'incomplete';
  /** Its size in bytes; undefined where the database does not tell. */
  readonly bytes?: number | undefined;
}

/**
 * What an index holds instead of a value whose text SQL cannot tell as we do, or whose JSON has an escape: lists,
 * fractions, exponents. Whoever looks for a text looks for this as well. No text is held as this, for as JSON it
 * has an escape.
 */
export const UNDECIDED = '"';

/** So many characters of a value are held. */
export const MAX_CHARACTERS = 191;
/** Places that a name with dots may stand for double with each. */
const MAX_DOTS = 2;
const MAX_NAME = 100;
/** What would have to be escaped in SQL, in JSON or in a path, and what no terminal shows. */
const DIFFICULT = /[\p{C}"'\\`?*]/u;

/** Throws INDEX if a tag cannot have an index. */
export function requireIndexable(tag: string): void {
  const refusal = refusalOf(tag);
  if (refusal !== undefined)
    throw new LmsError('INDEX', `a tag of this name cannot have an index: ${refusal}`);
}

/** Why a tag cannot have an index; undefined if it can. */
function refusalOf(tag: string): string | undefined {
  if (tag === '' || tag.length > MAX_NAME) return `a name has 1 to ${MAX_NAME} characters`;
  if (DIFFICULT.test(tag))
    return 'a name has no quotes, backslashes, question marks, stars or control characters';
  const parts = tag.split('.');
  if (parts.length > MAX_DOTS + 1) return `a name has no more than ${MAX_DOTS} dots`;
  if (parts.includes('')) return 'before and after each dot of a name there is something';
  return undefined;
}

/** The name of a tag's index, and of its column where it has one. Databases do not tell upper case from lower. */
export function indexName(tag: string): string {
  if (/^[a-z0-9_]{1,50}$/.test(tag)) return `tag_${tag}`;
  const hash = createHash('sha256').update(tag).digest('hex').slice(0, 8);
  return `tag_${tag
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40)}_${hash}`;
}

/** What an index holds may change with a release: then its number does, and this release does not use others. */
const NOTE = /\blms index of tag, form 1: ([^ *]+)/;

/** Says in the database's own catalogue which tag an index is of. */
export function noteOf(tag: string): string {
  return `lms index of tag, form 1: ${encodeURIComponent(tag)}`;
}

/** The tag that such a note names; undefined if it is none, or of another form. */
export function taggedBy(note: string): string | undefined {
  const [, encoded] = NOTE.exec(note) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/**
 * The paths of the values that a tag's name may stand for, in the order in which `findTag` takes them: each dot may
 * belong to a name, or walk into an object.
 */
export function pathsOf([first = '', ...others]: readonly string[]): readonly string[] {
  let paths = [[first]];
  for (const part of others) {
    paths = paths.flatMap((path) => [
      [...path.slice(0, -1), `${path.at(-1) ?? ''}.${part}`],
      [...path, part],
    ]);
  }
  return paths.map((path) => `$${path.map((name) => `."${name}"`).join('')}`);
}

/** Functions that databases have different names for. */
interface ValueSql {
  /** The JSON of the value at a path of `tags`, as text; NULL if there is none. */
  readonly json: (path: string) => string;
  readonly withoutQuotes: (json: string) => string;
  readonly cut: (text: string) => string;
  readonly backslash: string;
}

/**
 * What the index of a tag holds of a row: NULL surely has none of the texts that are looked for. It never fails, or
 * a row would be refused. An object has no text that is compared.
 */
export function valueSql(tag: string, { json, withoutQuotes, cut, backslash }: ValueSql): string {
  const values = pathsOf(tag.split('.')).map(json);
  const value = values.length === 1 ? (values[0] ?? '') : `COALESCE(${values.join(', ')})`;
  return `CASE WHEN INSTR(${value}, '${backslash}') > 0 THEN '${UNDECIDED}'
    WHEN ${value} LIKE '"%' THEN ${cut(withoutQuotes(value))}
    WHEN ${value} LIKE '{%' THEN NULL
    WHEN ${value} LIKE '[%' OR ${value} LIKE '-0%' THEN '${UNDECIDED}'
    WHEN ${value} IN ('true', 'false', 'null') THEN ${value}
    WHEN ${value} LIKE '%.%' OR ${value} LIKE '%e%' OR ${value} LIKE '%E%' THEN '${UNDECIDED}'
    ELSE ${cut(value)} END`;
}

/** The values that an index holds of the rows that have one of some texts, but for `UNDECIDED`. */
export function heldValues(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => [...text].slice(0, MAX_CHARACTERS).join('')))];
}
