import { LmsError } from '../errors/catalogue.ts';
import type { DeletionBasis, Hold, RetentionState } from './ports.ts';

/** What deletions by a version of the rules, or by none, are decided by. */
export function basisOf(
  version: number | undefined,
  { holds }: Pick<RetentionState, 'holds'>,
): DeletionBasis {
  return { version, holds: holds.map(({ id }) => id) };
}

/** Whether a transaction was undone because what it was decided by is no longer so. */
export function isOutdated(error: unknown): boolean {
  return error instanceof LmsError && error.code === 'RULES_CHANGED';
}

/** Whether these are the same times, under the same ids. */
export function areSame(some: readonly Hold[], others: readonly Hold[]): boolean {
  const [one, other] = [some, others].map((holds) =>
    holds
      .map(({ id, from, to }) => `${id} ${from} ${to}`)
      .toSorted()
      .join('\n'),
  );
  return one === other;
}
