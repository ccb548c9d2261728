import type { TailEntry } from '../../../../client/src/types.ts';

const OWN: Readonly<Record<string, (entry: TailEntry) => string>> = {
  service: ({ service_name: name }) => name,
  severity: ({ severity }) => severity,
  time: ({ timestamp }) => timestamp,
  event_id: ({ event_id: id }) => id,
};

/** What an entry has in a field, as text; undefined: it has none. A name with dots leads into tags. */
export function fieldText(entry: TailEntry, name: string): string | undefined {
  const own = Object.hasOwn(OWN, name) ? OWN[name]?.(entry) : undefined;
  if (own !== undefined) return own;
  const value = tagValue(entry.tags, name.startsWith('tags.') ? name.slice(5) : name);
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The tag of this very name goes before one that dots lead to. */
function tagValue(tags: unknown, name: string): unknown {
  if (typeof tags !== 'object' || tags === null) return undefined;
  if (Object.hasOwn(tags, name)) return Reflect.get(tags, name);
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot);
    if (!Object.hasOwn(tags, head)) continue;
    const value = tagValue(Reflect.get(tags, head), name.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Names that can be columns, found in some entries: the fields that all have, and their tags. */
export function fieldNames(entries: readonly TailEntry[]): readonly string[] {
  const names = new Set(['service', 'severity']);
  for (const { tags } of entries) for (const name of Object.keys(tags ?? {})) names.add(name);
  return [...names];
}
