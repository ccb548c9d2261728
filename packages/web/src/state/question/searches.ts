import { type ReadonlySignal, signal } from '@preact/signals';
import type { Answer } from '../../../../client/src/types.ts';
import { deleteSearch, readSearches, saveSearch } from '../../api/api.ts';
import { address, go } from '../address.ts';
import { createPane, type PaneProblem, problemOf } from '../pane.ts';
import { searchId } from './search-id.ts';

/** A search that was saved. */
export type SavedSearch = Answer<'searches'>['searches'][number];

const failed = signal<PaneProblem | undefined>(undefined);

/** The saved searches. */
export const searches = createPane<Answer<'searches'>>();
/** Why the newest change could not be made. */
export const changeProblem: ReadonlySignal<PaneProblem | undefined> = failed;

/** Asks for the saved searches. */
export function loadSearches(how: 'anew' | 'refresh' = 'anew'): void {
  failed.value = undefined;
  void searches.load((abort) => readSearches({ signal: abort }), how);
}

/** Saves the question under a name; one of the same name is replaced. Resolves to whether that was possible. */
export function keepSearch(name: string): Promise<boolean> {
  const { q, since = null, until = null, tz } = address.peek();
  return change(() => saveSearch(searchId(name), { name, q, since, until, tz }));
}

/** Deletes one. Resolves to whether that was possible. */
export function removeSearch({ id }: SavedSearch): Promise<boolean> {
  return change(() => deleteSearch(id));
}

/** Asks what was saved; times that were relative are measured from now. */
export function openSearch({ q, since, until, tz }: SavedSearch): void {
  const times = { since: since ?? undefined, until: until ?? undefined };
  go({ q, tz, ...times, at: undefined, entry: undefined, isLive: until === null });
}

async function change(make: () => Promise<unknown>): Promise<boolean> {
  failed.value = undefined;
  try {
    await make();
  } catch (error) {
    failed.value = problemOf(error);
    return false;
  }
  loadSearches('refresh');
  return true;
}
