import type { SizeMark } from '../retention/ports.ts';
import type { RecordsDialect, RecordsSession } from './records.ts';
import { count, type Row, time } from './rows.ts';

const COLUMNS = ['seen_bytes', 'row_count', 'bytes_per_row', 'seen_at', 'shrunk_at'];
const MARK = `SELECT ${COLUMNS.join(', ')} FROM lms_retention_size WHERE id = 1`;

/** See `RetentionBook.sizeMark`. */
export async function readSizeMark(session: RecordsSession): Promise<SizeMark | undefined> {
  const [row] = await session.select(MARK, []);
  return row && sizeMark(row);
}

/** See `RetentionBook.markSize`. */
export async function writeSizeMark(
  session: RecordsSession,
  { onConflict, inserted }: RecordsDialect,
  { seenBytes, rows, bytesPerRow, seenAt, shrunkAt }: SizeMark,
): Promise<void> {
  const set = COLUMNS.map((column) => `${column} = ${inserted(column)}`);
  const sql = `INSERT INTO lms_retention_size (id, ${COLUMNS.join(', ')}) VALUES (1, ?, ?, ?, ?, ?)
    ${onConflict('id')} ${set.join(', ')}`;
  const values = [String(seenBytes), String(rows), String(bytesPerRow), seenAt, shrunkAt ?? null];
  await session.change(sql, values);
}

function sizeMark(row: Row): SizeMark {
  return {
    seenBytes: count(row, 'seen_bytes'),
    rows: count(row, 'row_count'),
    bytesPerRow: Number(row['bytes_per_row']),
    seenAt: time(row, 'seen_at'),
    shrunkAt: row['shrunk_at'] === null ? undefined : time(row, 'shrunk_at'),
  };
}
