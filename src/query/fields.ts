import type { ColumnName } from './filter.ts';

/** What a name in an expression stands for. */
export type Field =
  | { readonly kind: 'column'; readonly column: ColumnName }
  | { readonly kind: 'severity' }
  | { readonly kind: 'time' }
  | { readonly kind: 'tag'; readonly name: string };

/** Names of the columns, as they are called in tables, messages and by people. */
const COLUMNS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['service', { kind: 'column', column: 'service' }],
  ['service_name', { kind: 'column', column: 'service' }],
  ['payload', { kind: 'column', column: 'payload' }],
  ['message', { kind: 'column', column: 'payload' }],
  ['text', { kind: 'column', column: 'payload' }],
  ['event_id', { kind: 'column', column: 'event_id' }],
  ['severity', { kind: 'severity' }],
  ['level', { kind: 'severity' }],
  ['time', { kind: 'time' }],
  ['timestamp', { kind: 'time' }],
]);

/** All names that are columns. */
export const COLUMN_NAMES: readonly string[] = [...COLUMNS.keys()];

/** Before the name of a tag that a column has too. */
export const TAG_PREFIX = 'tags.';

/** A name may end neither in a dash, which could begin an arrow, nor in `.` or `/`. */
export const NAME = /[\p{L}_@$](?:[\p{L}\p{M}\p{N}_@$./-]*[\p{L}\p{M}\p{N}_@$])?/uy;

/** What a name means: the column that is called so, else the tag. */
export function fieldOf(name: string): Field {
  const tag = name.startsWith(TAG_PREFIX) ? name.slice(TAG_PREFIX.length) : name;
  return COLUMNS.get(name) ?? { kind: 'tag', name: tag };
}

/** Whether a column is called so. */
export function isColumnName(name: string): boolean {
  return COLUMNS.has(name);
}

/** The same for all names of a field. */
export function keyOf(field: Field): string {
  if (field.kind === 'column') return field.column;
  return field.kind === 'tag' ? TAG_PREFIX + field.name : field.kind;
}
