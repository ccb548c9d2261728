import { nearest } from '../text/nearest.ts';
import { COLUMN_NAMES } from './fields.ts';
import { anyOf, type ColumnTest, type Filter, type TagTest } from './filter.ts';
import { printFilter } from './print.ts';

/** A tag that a filter asks for, and the column whose name is nearly the same. */
export interface LikelyColumn {
  readonly tag: string;
  readonly column: string;
}

/** The tags of a filter that may be columns with a slip in their names: another case, or a wrong letter. */
export function likelyColumns(filter: Filter): LikelyColumn[] {
  const tags = new Set(tagNames(filter));
  return [...tags].flatMap((tag) => {
    const column = nearest(tag, COLUMN_NAMES, 1);
    return column === undefined || tag === column ? [] : [{ tag, column }];
  });
}

/** The words of a filter that are operators when they are written in capitals: `or`. */
export function likelyOperators(filter: Filter): string[] {
  return [...new Set(words(filter))].filter((word) => OPERATORS.has(word));
}

/** A value that a filter asks for and that may be several, and the conditions that ask for these. */
export interface LikelySeveral {
  readonly written: string;
  readonly meant: string;
}

/** The values of a filter that may be a list or a range: `service:web,checkout`, `code:400..499`. */
export function likelySeveral(filter: Filter): LikelySeveral[] {
  const found = [...fieldTests(filter)].flatMap((one) => {
    const parts = severalOf(one);
    if (parts === undefined) return [];
    return [{ written: printFilter(one), meant: parts.map(printFilter).join(' ') }];
  });
  return found.filter(({ written }, index) => found.findIndex((one) => one.written === written) === index);
}

function severalOf(condition: ColumnTest | TagTest): readonly Filter[] | undefined {
  if (condition.test.kind !== 'equals') return undefined;
  const { text } = condition.test;
  const ends = text.split('..');
  const [from = '', to = ''] = ends;
  if (ends.length === 2 && RANGE_END.test(from) && RANGE_END.test(to))
    return [
      { ...condition, test: { kind: 'compare', op: '>=', text: from } },
      { ...condition, test: { kind: 'compare', op: '<=', text: to } },
    ];
  const [first = '', ...others] = text.split(',');
  if (others.length === 0 || ![first, ...others].every((part) => LIST_PART.test(part))) return undefined;
  const equals = (part: string): Filter => ({ ...condition, test: { kind: 'equals', text: part } });
  return [anyOf([equals(first), ...others.map(equals)])];
}

const RANGE_END = /^-?[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_:+.-]*[\p{L}\p{M}\p{N}_])?$/u;
const LIST_PART = /^[\p{L}\p{M}\p{N}_@$.\/:+-]+$/u;

function* fieldTests(filter: Filter): Generator<ColumnTest | TagTest> {
  if (filter.kind === 'column' || filter.kind === 'tag') yield filter;
  else yield* partsOf(filter).flatMap((part) => [...fieldTests(part)]);
}

const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'not']);

function* words(filter: Filter): Generator<string> {
  if (filter.kind === 'term') yield filter.text;
  else yield* partsOf(filter).flatMap((part) => [...words(part)]);
}

function* tagNames(filter: Filter): Generator<string> {
  if (filter.kind === 'tag') yield filter.name;
  else yield* partsOf(filter).flatMap((part) => [...tagNames(part)]);
}

function partsOf(filter: Filter): readonly Filter[] {
  if (filter.kind === 'not') return [filter.of];
  return filter.kind === 'and' || filter.kind === 'or' ? filter.of : [];
}
