import type { DatabaseSync } from 'node:sqlite';
import { type Row, text } from '../rows.ts';
import {
  indexName,
  MAX_CHARACTERS,
  noteOf,
  taggedBy,
  type TagIndex,
  UNDECIDED,
  valueSql,
} from '../tags/tag-index.ts';
import type { KnownTag } from '../tags/tag-path.ts';

const INDEXES = `SELECT name, sql FROM sqlite_schema
  WHERE type = 'index' AND tbl_name = 'service_logs' AND sql LIKE '%lms index of tag%' ORDER BY name`;

/** The indexes of tags, in the order of their tags. */
export function tagIndexes(file: DatabaseSync): readonly TagIndex[] {
  const rows: readonly Row[] = file.prepare(INDEXES).all();
  return rows
    .flatMap((row): TagIndex[] => {
      const tag = taggedBy(text(row, 'sql'));
      return tag === undefined ? [] : [{ tag, name: text(row, 'name'), state: 'ready' }];
    })
    .toSorted((one, other) => (one.tag < other.tag ? -1 : 1));
}

/** The same as a reader knows them. */
export function knownTags(file: DatabaseSync): readonly KnownTag[] {
  return tagIndexes(file).map(({ tag, name }) => ({
    tag,
    index: name,
    value: (table) => expression(tag, table),
  }));
}

/** In one transaction: others wait, as for any write. */
export function addTagIndex(file: DatabaseSync, tag: string): void {
  const name = indexName(tag);
  file.exec(`CREATE INDEX IF NOT EXISTS ${name} ON service_logs (
    ${expression(tag)} /* ${noteOf(tag)} */, timestamp, event_id)`);
}

/** Resolves to whether there was one. */
export function dropTagIndex(file: DatabaseSync, tag: string): boolean {
  const found = tagIndexes(file).find((index) => index.tag === tag);
  if (found === undefined) return false;
  file.exec(`DROP INDEX IF EXISTS \`${found.name}\``);
  return true;
}

/**
 * What the index of a tag holds: a question has to say the same. The file takes any text for tags, and a function
 * of JSON fails with what is none. Of a name that is there twice the library takes the first, and we the last.
 */
function expression(tag: string, table?: string): string {
  const tags = table === undefined ? 'tags' : `${table}.tags`;
  const quoted = tag.split('.').map((part) => `'"${part}"'`);
  const twice = [...new Set(quoted), ...(quoted.length > 1 ? [`'"${tag}"'`] : [])]
    .map((name) => `instr(substr(${tags}, instr(${tags}, ${name}) + 1), ${name}) > 0`)
    .join(' OR ');
  const value = valueSql(tag, {
    json: (path) => `(${tags} -> '${path}')`,
    withoutQuotes: (json) => `trim(${json}, '"')`,
    cut: (whole) => `substr(${whole}, 1, ${MAX_CHARACTERS})`,
    backslash: '\\',
  });
  return `CASE WHEN ${tags} IS NULL THEN NULL WHEN NOT json_valid(${tags}) OR ${twice} THEN '${UNDECIDED}' ELSE ${value} END`;
}
