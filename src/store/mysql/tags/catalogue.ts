import { count, type Row, text } from '../../rows.ts';
import { taggedBy, type TagIndex } from '../../tags/tag-index.ts';
import type { KnownTag } from '../../tags/tag-path.ts';
import type { Session } from '../driver/session.ts';

/** Columns with a note of ours, and how many columns the key of the same name has that begins with it. */
const COLUMNS = `SELECT CAST(COLUMN_NAME AS CHAR) AS name, CAST(COLUMN_COMMENT AS CHAR) AS note
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'service_logs'
  AND COLUMN_COMMENT <> ''`;
const KEYS = `SELECT CAST(INDEX_NAME AS CHAR) AS name,
  GROUP_CONCAT(CAST(COLUMN_NAME AS CHAR) ORDER BY SEQ_IN_INDEX) AS columns_of_key
  FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'service_logs'
  GROUP BY INDEX_NAME`;
const SIZES = `SELECT CAST(index_name AS CHAR) AS name, stat_value * @@innodb_page_size AS bytes
  FROM mysql.innodb_index_stats
  WHERE database_name = DATABASE() AND table_name = 'service_logs' AND stat_name = 'size'`;

/** The indexes of tags, by the database's own catalogue, in the order of their tags. */
export async function tagIndexes(session: Pick<Session, 'select'>): Promise<readonly TagIndex[]> {
  const columns = await session.select(COLUMNS);
  const indexes = columns.flatMap((row) => {
    const tag = taggedBy(text(row, 'note'));
    return tag === undefined ? [] : [{ tag, name: text(row, 'name') }];
  });
  if (indexes.length === 0) return [];
  const keys = new Set(
    (await session.select(KEYS)).map((row) => `${String(row['name'])}: ${String(row['columns_of_key'])}`),
  );
  return indexes
    .map(({ tag, name }): TagIndex => {
      const isThere = keys.has(`${name}: ${name},timestamp,event_id`);
      return { tag, name, state: isThere ? 'ready' : 'incomplete' };
    })
    .toSorted((one, other) => (one.tag < other.tag ? -1 : 1));
}

/** The same with their sizes, as far as the user may see them. */
export async function sizedTagIndexes(session: Pick<Session, 'select'>): Promise<readonly TagIndex[]> {
  const indexes = await tagIndexes(session);
  if (indexes.length === 0) return [];
  const rows = await session.select(SIZES).catch((): readonly Row[] => []);
  const sizes = new Map(rows.map((row) => [String(row['name']), count(row, 'bytes')]));
  return indexes.map((index) => ({ ...index, bytes: sizes.get(index.name) }));
}

/** After so long a reader looks again which tags have an index. */
const AGE_MS = 10_000;

/** The indexes of tags as a reader knows them. */
export class TagCatalogue {
  #known: { readonly tags: readonly KnownTag[]; readonly atMs: number } | undefined;

  /** Those that were ready some seconds ago; with `anew` now. */
  async read(session: Pick<Session, 'select'>, { anew = false } = {}): Promise<readonly KnownTag[]> {
    const nowMs = performance.now();
    if (!anew && this.#known !== undefined && nowMs - this.#known.atMs < AGE_MS) return this.#known.tags;
    const tags = (await tagIndexes(session))
      .filter(({ state }) => state === 'ready')
      .map(({ tag, name }) => ({ tag, index: name, value: (table: string) => `${table}.\`${name}\`` }));
    this.#known = { tags, atMs: nowMs };
    return tags;
  }
}
