import { atMost, type Dialect, exactly, type Sides, UNKNOWN } from '../filter-sql.ts';

/**
 * What SQLite can say of a filter. Its LIKE ends at a NUL, and its `lower` knows ASCII alone: so texts are
 * looked for as they are, and of folded ones only a run of letters of ASCII that are the lower case of
 * nothing else. `K` (U+212A) is lower-cased to `k`, `İ` to `i` and a dot above it.
 */
export const SQLITE: Dialect = {
  term: ({ text }) => {
    const runs = text.replaceAll('i\u0307', ' ').split(/[^!-jl-~]+/);
    const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
    return contains('lower(payload)', longest, false);
  },
  substring: ({ text }) => contains('payload', text, true),
  // The predicate reads tags as fast as the library would, in the same process.
  tag: () => UNKNOWN,
  pattern: (column, pieces) => {
    if (pieces.length === 1) return exactly(`${column} = ?`, [...pieces]);
    const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '');
    return contains(column, longest, false);
  },
};

function contains(column: string, text: string, isExact: boolean): Sides {
  const condition = `instr(${column}, ?) > 0`;
  if (text === '') return UNKNOWN;
  return isExact ? exactly(condition, [text]) : atMost(condition, [text]);
}
