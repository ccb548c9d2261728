import type { LogEntry } from '../../../logs/entry.ts';
import { StoreError } from '../../../pipeline/ports.ts';
import { keyOf } from '../../batch.ts';
import { count, text } from '../../rows.ts';
import type { Inserted } from '../driver/pipelined-insert.ts';
import type { Parameter, Session } from '../driver/session.ts';
import { selectWritten } from './statements.ts';

/**
 * What the server says of an INSERT of several rows, in any language: `Records: 3 Duplicates: 1 Warnings: 0`.
 */
const INSERT_INFO = /^\D*(\d+)\D+(\d+)\D+\d+\D*$/;

/**
 * Whether the answer to `insertRows` says that every row is new. A connection with the flag
 * CLIENT_FOUND_ROWS, which a proxy may set behind our back, counts a row that stayed as it is among the
 * affected ones, and then among the duplicates as well; any other counts it nowhere. So the difference of the
 * two is the number of new rows, whatever the flag is. Where the answer has no such text (it has none for a
 * single row, and a proxy may drop it), nothing can be said.
 */
export function saysAllNew({ affectedRows, info }: Inserted, rows: number): boolean {
  const [, records, duplicates] = INSERT_INFO.exec(info) ?? [];
  return Number(records) === rows && affectedRows - Number(duplicates) === rows;
}

/**
 * Those of the entries, just inserted, whose row this attempt wrote. Throws a `StoreError` of verdict `row`
 * if one has no row at all: a unique key that somebody added to the table takes it for a duplicate of another
 * row.
 */
export async function newRows(
  session: Session,
  entries: readonly LogEntry[],
  attemptId: bigint,
): Promise<readonly LogEntry[]> {
  const values: Parameter[] = [String(attemptId)];
  for (const { timestamp, eventId } of entries) values.push(timestamp, eventId);
  const isNew = new Map<string, boolean>();
  for (const row of await session.select(selectWritten(entries.length), values))
    isNew.set(keyOf(text(row, 'timestamp'), text(row, 'event_id')), count(row, 'is_new') === 1);
  return entries.filter(({ timestamp, eventId }) => {
    const known = isNew.get(keyOf(timestamp, eventId));
    if (known === undefined) throw notStored(eventId);
    return known;
  });
}

function notStored(eventId: string): StoreError {
  const reason = 'a unique key of service_logs that LMS did not make takes it for another row';
  return new StoreError('row', 'NOT_STORED', `event ${eventId} was not stored: ${reason}`);
}
