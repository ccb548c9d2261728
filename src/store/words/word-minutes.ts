import { rowsOf, WIDTHS, type WordsDialect, type WordsSession } from './session.ts';

/** Rows of a statement. */
const ROWS_AT_ONCE = 128;

/** Adds to the rows that were seen of some minutes, hours or days, in their order. */
export async function addWordMinutes(
  session: WordsSession,
  { onConflict, inserted }: Pick<WordsDialect, 'onConflict' | 'inserted'>,
  width: string,
  rows: ReadonlyMap<string, number>,
): Promise<void> {
  const all = [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
  for (let start = 0; start < all.length; start += ROWS_AT_ONCE) {
    const some = all.slice(start, start + ROWS_AT_ONCE);
    const sql = `INSERT INTO lms_words_minutes (width, start, rows_at_build, epoch)
      VALUES ${rowsOf('(?, ?, ?, 1)', some.length)} ${onConflict('width, start')}
      rows_at_build = lms_words_minutes.rows_at_build + ${inserted('rows_at_build')}, epoch = lms_words_minutes.epoch + 1`;
    await session.change(
      sql,
      some.flatMap(([at, seen]) => [width, at, String(seen)]),
    );
  }
}

/** The start of the minute, hour or day that a minute belongs to. */
export function startOfWidth(minute: string, width: string): string {
  if (width === WIDTHS.minute) return minute;
  return width === WIDTHS.hour ? `${minute.slice(0, 13)}:00:00` : `${minute.slice(0, 10)} 00:00:00`;
}

/** What some minutes come to in wider ones. */
export function sums(minutes: ReadonlyMap<string, number>, width: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [minute, rows] of minutes) {
    const start = startOfWidth(minute, width);
    found.set(start, (found.get(start) ?? 0) + rows);
  }
  return found;
}
