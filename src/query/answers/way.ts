/** How the rows can be reached that a filter may match: see `Plan`. */
export const PLAN_KINDS = ['key', 'tags', 'services', 'busy minutes', 'nothing'] as const;

/** Of those of several pieces the last in this list tells most. */
export const WORD_INDEX_USES = ['not asked', 'not asked yet', 'unusable', 'used'] as const;

/**
 * What the index of words did for a search. `not asked`: no words are needed. `not asked yet`: so few rows were
 * looked at that it would not have helped. `unusable`: there is none, or it cannot be relied on now.
 */
export type WordIndexUse = (typeof WORD_INDEX_USES)[number];

/** Names of tags that a filter asks for by their values. */
export interface TagUse {
  /** Those by whose indexes the rows are found. */
  readonly used: readonly string[];
  /** Those that have no index. */
  readonly missing: readonly string[];
}

/** How rows were reached. */
export interface Way {
  readonly plan: (typeof PLAN_KINDS)[number];
  readonly tags: TagUse;
  readonly index: WordIndexUse;
}

/** The way of two pieces of one search, of which the second came later. */
export function waysTogether(first: Way | undefined, second: Way | undefined): Way | undefined {
  if (first === undefined || second === undefined) return second ?? first;
  const isLess = WORD_INDEX_USES.indexOf(second.index) < WORD_INDEX_USES.indexOf(first.index);
  return {
    plan: second.plan === 'nothing' ? first.plan : second.plan,
    tags: {
      used: [...new Set([...first.tags.used, ...second.tags.used])],
      missing: [...new Set([...first.tags.missing, ...second.tags.missing])],
    },
    index: isLess ? first.index : second.index,
  };
}
