import type { FoundEntry } from '../logs/entry.ts';
import { entryId } from '../logs/entry-id.ts';
import { rfc3339 } from '../logs/entry-json.ts';
import type { Field } from '../query/fields.ts';
import { writtenField } from '../query/names.ts';
import { findTag, parseTags, textOf } from '../query/tags.ts';
import { jsonOf } from './json-text.ts';

/** What a field of an entry holds. */
export type FieldValue =
  | { readonly kind: 'text'; readonly text: string }
  /** As a column holds it. */
  | { readonly kind: 'time'; readonly at: string }
  /** Of a tag. */
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'none' };

/** A field that was asked for by name. */
export interface NamedField {
  /** As it was written. */
  readonly name: string;
  readonly read: (entry: FoundEntry) => FieldValue;
}

const text = (value: string): FieldValue => ({ kind: 'text', text: value });

/** What is no field of the query language, and of an entry all the same. */
const OTHERS: ReadonlyMap<string, NamedField['read']> = new Map<string, NamedField['read']>([
  ['id', (entry) => text(entryId(entry))],
  [
    'created_at',
    ({ createdAt }) => (createdAt === undefined ? { kind: 'none' } : { kind: 'time', at: createdAt }),
  ],
  ['tags', ({ tags }) => (tags === null ? { kind: 'none' } : { kind: 'json', value: parseTags(tags) })],
]);

/** The field that a name stands for: that of the query language, and `id`, `created_at` and `tags`. */
export function namedField(name: string): NamedField {
  return { name, read: OTHERS.get(name) ?? reader(writtenField(name)) };
}

function reader(field: Field): NamedField['read'] {
  switch (field.kind) {
    case 'severity':
      return ({ severity }) => text(severity);
    case 'time':
      return ({ timestamp }) => ({ kind: 'time', at: timestamp });
    case 'column':
      return COLUMNS[field.column];
    case 'tag':
      return ({ tags }) => {
        const value = findTag(parseTags(tags), field.name);
        return value === undefined ? { kind: 'none' } : { kind: 'json', value };
      };
  }
}

const COLUMNS = {
  service: ({ serviceName }: FoundEntry) => text(serviceName),
  payload: ({ payload }: FoundEntry) => text(payload),
  event_id: ({ eventId }: FoundEntry) => text(eventId),
} as const;

/** A value as text; `timeText` says how a time is written. Undefined: there is none. */
export function valueText(value: FieldValue, timeText: (at: string) => string): string | undefined {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'time':
      return timeText(value.at);
    case 'json':
      return textOf(value.value) ?? jsonOf(value.value);
    case 'none':
      return undefined;
  }
}

/** Some fields of an entry as a JSON object on one line, by the names as they were written. */
export function fieldsJson(entry: FoundEntry, fields: readonly NamedField[]): string {
  const members = fields.flatMap(({ name, read }) => {
    const value = read(entry);
    if (value.kind === 'none') return [];
    const json = value.kind === 'json' ? jsonOf(value.value) : JSON.stringify(valueText(value, rfc3339));
    return [`${JSON.stringify(name)}:${json}`];
  });
  return `{${members.join(',')}}`;
}
