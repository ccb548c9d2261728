import { deleteMatching } from '../query/answers/delete.ts';
import type { Filter } from '../query/filter.ts';
import { printFilter } from '../query/print.ts';
import type { HttpRequest } from './route.ts';

/** What a deletion needs of its request. */
export type DeletingRequest = Pick<HttpRequest, 'askPrimary' | 'grant' | 'requestId' | 'services' | 'signal'>;

/**
 * Deletes what a filter matches of all that the bearer sees, oldest first, in transactions of a bounded size;
 * between two of them others have their turns at the database. Resolves to how many were deleted. Whatever
 * becomes of it, the log says who deleted how many. What is deleted stays deleted if it fails.
 */
export async function deleteEntries(
  filter: Filter,
  { askPrimary, grant, requestId, services, signal }: DeletingRequest,
): Promise<number> {
  const { deleter, log } = services;
  const reader = await askPrimary((means) => Promise.resolve(means.reader));
  const steps = deleteMatching(filter, {}, { reader, deleter, signal });
  let [deleted, isComplete] = [0, false];
  try {
    while (!isComplete) {
      const step = await askPrimary(() => steps.next(), true);
      if (step.done === true) isComplete = true;
      else deleted = step.value.deleted;
    }
  } finally {
    const fields = { requestId, by: grant.name, deleted, filter: printFilter(filter), complete: isComplete };
    log.warn(fields, 'entries were deleted');
  }
  return deleted;
}
