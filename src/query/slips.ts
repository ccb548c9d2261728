import type { Filter } from './filter.ts';
import { COLUMN_NAMES } from './names.ts';

/** A tag that a filter asks for, and the column whose name is nearly the same. */
export interface LikelyColumn {
  readonly tag: string;
  readonly column: string;
}

/** The tags of a filter that may be columns with a slip in their names: another case, or a wrong letter. */
export function likelyColumns(filter: Filter): LikelyColumn[] {
  const tags = new Set(tagNames(filter));
  return [...tags].flatMap((tag) => {
    const column = COLUMN_NAMES.find((name) => isNearly(tag.toLowerCase(), name));
    return column === undefined || tag === column ? [] : [{ tag, column }];
  });
}

/** The words of a filter that are operators when they are written in capitals: `or`. */
export function likelyOperators(filter: Filter): string[] {
  return [...new Set(words(filter))].filter((word) => OPERATORS.has(word));
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

/** Whether two texts are the same but for one letter that is wrong, missing, too much, or two that changed places. */
function isNearly(text: string, name: string): boolean {
  if (Math.abs(text.length - name.length) > 1) return false;
  let start = 0;
  while (start < text.length && text[start] === name[start]) start += 1;
  const [left, expected] = [text.slice(start), name.slice(start)];
  const swapped = left.slice(1, 2) + left.slice(0, 1) + left.slice(2);
  return (
    swapped === expected ||
    left.slice(1) === expected.slice(1) ||
    left.slice(1) === expected ||
    left === expected.slice(1)
  );
}
