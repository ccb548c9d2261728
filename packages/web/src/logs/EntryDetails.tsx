import type { TailEntry } from '../../../client/src/types.ts';

/** An entry, opened in place: its text, its tags, and what can be done with them. */
export function EntryDetails({ entry }: { readonly entry: TailEntry }) {
  return <pre>{entry.payload}</pre>;
}
