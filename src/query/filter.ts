import type { Severity } from '../logs/severity.ts';

/**
 * Which entries are meant: plain data, made by `parseFilter`, written out by `printFilter`. What it means is
 * what `matches` in predicate.ts says of an entry; whatever else is made of a filter is held to that.
 */
export type Filter =
  Everything | AllOf | AnyOf | Not | Term | Substring | ColumnTest | SeverityTest | TimeTest | TagTest;

/** Every entry. */
export interface Everything {
  readonly kind: 'everything';
}

/** Two or more filters, none of them an AND itself: `allOf` makes it. */
export interface AllOf {
  readonly kind: 'and';
  readonly of: readonly Filter[];
}

/** Two or more filters, none of them an OR itself: `anyOf` makes it. */
export interface AnyOf {
  readonly kind: 'or';
  readonly of: readonly Filter[];
}

/** Every entry that the filter does not match: also those that lack the tag which it asks for. */
export interface Not {
  readonly kind: 'not';
  readonly of: Filter;
}

/**
 * Free text: occurs in the payload, whatever its case, and not in the middle of a word. Where the text begins
 * with a word character none stands before the occurrence, where it ends with one none stands after it; word
 * characters are letters, marks, digits and `_` of any script. `openStart` and `openEnd`, in an expression a
 * `*` there, each drop their condition.
 */
export interface Term {
  readonly kind: 'term';
  /**
   * As `fold` leaves it, and such as an expression can say without quotes (`isTerm`): not empty, without
   * white space, no `*` at either end.
   */
  readonly text: string;
  readonly openStart: boolean;
  readonly openEnd: boolean;
}

/** The text, any text, occurs in the payload exactly as written. */
export interface Substring {
  readonly kind: 'substring';
  readonly text: string;
}

/** Columns of text that conditions can ask for by name. An entry has each of them always. */
export type ColumnName = 'service' | 'payload' | 'event_id';

export interface ColumnTest {
  readonly kind: 'column';
  readonly column: ColumnName;
  readonly test: ValueTest;
}

/** The entry's severity is one of these: each at most once, lowest first. None is possible, and matches nothing. */
export interface SeverityTest {
  readonly kind: 'severity';
  readonly severities: readonly Severity[];
}

/** How an entry's time lies to another. */
export interface TimeTest {
  readonly kind: 'time';
  readonly op: '>=' | '>' | '<=' | '<' | '=';
  /** UTC as a column holds it: `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly at: string;
}

/** The tag of that name is there, and its value, or if it is a list an element of it, passes the test. */
export interface TagTest {
  readonly kind: 'tag';
  /** Any text; tags.ts says which value of an entry a name with dots stands for. */
  readonly name: string;
  readonly test: ValueTest;
}

export type ComparisonOperator = '>=' | '>' | '<=' | '<';

/** What is asked of the text of a value. Case counts. */
export type ValueTest =
  | { readonly kind: 'equals'; readonly text: string }
  /**
   * The pieces in this order with any text between them; the value begins with the first and ends with the
   * last. Two or more; only the first and the last may be empty, which leaves that end open, and not if they
   * are all.
   */
  | { readonly kind: 'matches'; readonly pieces: readonly string[] }
  /**
   * With a decimal number values that are numbers compare, by size and exactly; with any other text all
   * values do, by code point, which is the order of their UTF-8.
   */
  | { readonly kind: 'compare'; readonly op: ComparisonOperator; readonly text: string }
  /** There at all, even if it is null. */
  | { readonly kind: 'exists' };

/** The filter that matches every entry. */
export const EVERYTHING: Everything = { kind: 'everything' };

/** What all of some filters match: everything if there are none. */
export function allOf(filters: readonly Filter[]): Filter {
  const of = filters.flatMap((filter) => (filter.kind === 'and' ? filter.of : [filter]));
  return of.length > 1 ? { kind: 'and', of } : (of[0] ?? EVERYTHING);
}

/** What any of some filters, at least one, matches. */
export function anyOf(filters: readonly [Filter, ...Filter[]]): Filter {
  const of = filters.flatMap((filter) => (filter.kind === 'or' ? filter.of : [filter]));
  return of.length > 1 ? { kind: 'or', of } : filters[0];
}

/**
 * A text without the difference of upper and lower case. Databases fold by rules of their own, and not all of
 * them as much. A sigma at the end of a word is one like others: `toLowerCase` alone would look beyond the
 * word to tell which it is.
 */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}
