import type { StoredEntry } from '../../../logs/entry.ts';
import { storedEntry } from '../../columns.ts';
import { entryBytes, MAX_PIECE_BYTES } from '../../reading.ts';
import type { Parameter, Session } from '../driver/session.ts';

/** A statement of rows; without values it is not prepared. */
interface RowsSql {
  readonly text: string;
  readonly values?: readonly Parameter[] | undefined;
}

/** Rows until they are all read or so large together that they are enough. */
export async function readEntries(
  session: Pick<Session, 'each'>,
  { text, values }: RowsSql,
): Promise<{ readonly entries: StoredEntry[]; readonly isCut: boolean }> {
  const entries: StoredEntry[] = [];
  let bytes = 0;
  await session.each(text, values && [...values], (row) => {
    const entry = storedEntry(row);
    entries.push(entry);
    bytes += entryBytes(entry);
    return bytes <= MAX_PIECE_BYTES;
  });
  return { entries, isCut: bytes > MAX_PIECE_BYTES };
}
