import type { StoredEntry } from '../../logs/entry.ts';
import { writtenField } from '../names.ts';
import { findTag, parseTags, textOf } from '../tags.ts';

/** What counts are told apart by. */
export type GroupBy =
  { readonly kind: 'nothing' | 'severity' | 'service' } | { readonly kind: 'tag'; readonly name: string };

/** What a name tells counts apart by: severity, service or a tag; undefined of another field. */
export function groupByName(name: string): GroupBy | undefined {
  const field = writtenField(name);
  if (field.kind === 'severity' || field.kind === 'tag') return field;
  return field.kind === 'column' && field.column === 'service' ? { kind: 'service' } : undefined;
}

/** Stands for entries that have no such tag, or no text in it. No stored text can be it. */
export const NONE = '\ud801';

/** What of an entry is looked at. */
type Grouped = Pick<StoredEntry, 'severity' | 'serviceName' | 'tags'>;

/** Reads the value that an entry is counted under. */
export function groupReader(by: GroupBy): (entry: Grouped) => string {
  switch (by.kind) {
    case 'nothing':
      return () => '';
    case 'severity':
      return ({ severity }) => severity;
    case 'service':
      return ({ serviceName }) => serviceName;
    case 'tag':
      return ({ tags }) => textOf(findTag(parseTags(tags), by.name)) ?? NONE;
  }
}
