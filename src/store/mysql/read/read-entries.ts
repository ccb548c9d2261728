import type { StoredEntry } from '../../../logs/entry.ts';
import { storedEntry } from '../../columns.ts';
import type { Sql } from '../../filter-sql.ts';
import { entryBytes, MAX_PIECE_BYTES } from '../../reading.ts';
import type { Session } from '../driver/session.ts';

/** Rows until they are all read or so large together that they are enough. */
export async function readEntries(
  session: Session,
  sql: Sql | undefined,
): Promise<{ readonly entries: StoredEntry[]; readonly isCut: boolean }> {
  const entries: StoredEntry[] = [];
  let bytes = 0;
  if (sql === undefined) return { entries, isCut: false };
  await session.each(sql.text, [...sql.values], (row) => {
    const entry = storedEntry(row);
    entries.push(entry);
    bytes += entryBytes(entry);
    return bytes <= MAX_PIECE_BYTES;
  });
  return { entries, isCut: bytes > MAX_PIECE_BYTES };
}
