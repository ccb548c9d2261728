import { accessLog, USERS } from './access-log.ts';

/** Tags that are asked for, each by itself and together. */
export const ASKED_TAGS = ['code', 'method', 'user'] as const;
/** Users far from each other, one after the other. */
const STRIDE = 7_919;
const MADE_TOGETHER = 10_000;

/** A combination of tags with the expressions that ask for it. */
export interface Combination {
  /** `code`, or `code, user`. */
  readonly name: string;
  /** Each with the number of entries that it matches, the values in no particular order. */
  readonly expressions: readonly (readonly [expression: string, matching: number])[];
}

/** Every combination of the asked tags, with all values that the first `rows` entries have of it. */
export function combinations(rows: number): Combination[] {
  const together = new Map<string, number>();
  for (let start = 0; start < rows; start += MADE_TOGETHER)
    for (const { tags } of accessLog(start, Math.min(MADE_TOGETHER, rows - start))) {
      const values = JSON.parse(tags ?? '{}') as Record<string, unknown>;
      const terms = ASKED_TAGS.map((name) => `${name}:${String(values[name])}`).join(' ');
      together.set(terms, (together.get(terms) ?? 0) + 1);
    }
  return subsets(ASKED_TAGS).map((names) => ({
    name: names.join(', '),
    expressions: summed(together, names),
  }));
}

/** Of counts by all tags, those by some. */
function summed(together: ReadonlyMap<string, number>, names: readonly string[]): Combination['expressions'] {
  const chosen = ASKED_TAGS.map((name) => names.includes(name));
  const sums = new Map<string, number>();
  for (const [terms, count] of together) {
    const kept = terms
      .split(' ')
      .filter((_term, index) => chosen[index])
      .join(' ');
    sums.set(kept, (sums.get(kept) ?? 0) + count);
  }
  return [...sums];
}

/**
 * The nth of questions that take every combination in turn, with other values each time: all of them are
 * values of access logs, which a table that has few rows yet need not hold.
 */
export function expressionOf(nth: number): string {
  const all = subsets(ASKED_TAGS);
  const values: Readonly<Record<string, string>> = {
    code: String([500, 404, 301, 200][nth % 4]),
    method: ['GET', 'POST', 'PUT', 'DELETE'][(nth >> 2) % 4] ?? 'GET',
    user: `user${(nth * STRIDE) % USERS}`,
  };
  return (all[nth % all.length] ?? []).map((name) => `${name}:${values[name] ?? ''}`).join(' ');
}

/** All but the empty one. */
function subsets(names: readonly string[]): string[][] {
  return Array.from({ length: 2 ** names.length - 1 }, (_none, index) =>
    names.filter((_name, bit) => ((index + 1) & (1 << bit)) !== 0),
  ).toSorted((a, b) => a.length - b.length);
}
