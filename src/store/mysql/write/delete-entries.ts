import { StoreError } from '../../../pipeline/ports.ts';
import type { EntryKey } from '../../../query/answers/ports.ts';
import { Counts } from '../../counts.ts';
import { severity, text } from '../../rows.ts';
import type { Session } from '../driver/session.ts';
import { subtractWords } from '../words.ts';
import { subtractRollups } from './add-counts.ts';
import { powerOfTwo } from './chunks.ts';
import { MARK_LEVEL, NO_TIME } from './rollup-statements.ts';
import { deleteRows, selectForDeletion } from './statements.ts';

/**
 * Rows of a statement. Few: what is locked is soon free again, and of the counts that it changes, which
 * workers want too, there are not many.
 */
const ROWS_AT_ONCE = 256;
const LESS = '`count` = `count` - LEAST(`count`, CAST(? AS UNSIGNED))';
const KEY_WHERE = 'WHERE service_name = ? AND severity = ?';
/** A mark that says something else stays: then the sums may have something of what is no more. */
const FORGET_MARK = `DELETE FROM lms_rollups ${KEY_WHERE} AND width = 0 AND by_service = ${MARK_LEVEL} AND start = '${NO_TIME}'
  AND seen_at = (SELECT changed_at FROM service_severity ${KEY_WHERE} AND \`count\` = 0)`;
const MINUTE_WHERE = 'WHERE `minute` = ? AND service_name = ? AND severity = ?';

/**
 * Deletes the rows of these keys (sorted, each once) that are still there, and takes them off the counts, in
 * one transaction; resolves to their number. Locks in the order in which workers do, so that neither waits in
 * a circle. On an error the transaction is left open, for the pool to end.
 */
export async function deleteEntries(session: Session, keys: readonly EntryKey[]): Promise<number> {
  const counts = new Counts();
  let deleted = 0;
  await session.run('START TRANSACTION');
  for (let start = 0; start < keys.length;) {
    const end = start + powerOfTwo(Math.min(ROWS_AT_ONCE, keys.length - start));
    deleted += await deleteChunk(session, keys.slice(start, end), counts);
    start = end;
  }
  await subtractWords(session, counts.rowsByMinute());
  await subtract(session, counts);
  await session.run('COMMIT');
  return deleted;
}

async function deleteChunk(session: Session, keys: readonly EntryKey[], counts: Counts): Promise<number> {
  const values = keys.flatMap(({ timestamp, eventId }) => [timestamp, eventId]);
  const rows = await session.select(selectForDeletion(keys.length), values);
  if (rows.length === 0) return 0;
  for (const row of rows) {
    counts.add({
      timestamp: text(row, 'timestamp'),
      serviceName: text(row, 'service_name'),
      severity: severity(row, 'severity'),
    });
  }
  // What is there is locked, and what is not does not come in unseen: then this says another number.
  const { affectedRows } = await session.execute(deleteRows(keys.length), values);
  if (affectedRows !== rows.length) throw changedMeanwhile();
  return rows.length;
}

/** As repair does: never below zero, which the columns do not hold; counts of nothing go. */
async function subtract(session: Session, counts: Counts): Promise<void> {
  for (const { minute, serviceName, severity: level, count } of counts.byMinute()) {
    const key = [minute, serviceName, level];
    await session.execute(`UPDATE service_severity_minutes SET ${LESS} ${MINUTE_WHERE}`, [
      String(count),
      ...key,
    ]);
    await session.execute(`DELETE FROM service_severity_minutes ${MINUTE_WHERE} AND \`count\` = 0`, key);
  }
  await subtractRollups(session, counts);
  for (const { serviceName, severity: level, count } of counts.byKey()) {
    const key = [serviceName, level];
    await session.execute(`UPDATE service_severity SET ${LESS}, changed_at = changed_at ${KEY_WHERE}`, [
      String(count),
      ...key,
    ]);
    await session.execute(FORGET_MARK, [...key, ...key]);
    await session.execute(`DELETE FROM service_severity ${KEY_WHERE} AND \`count\` = 0`, key);
  }
}

/** A worker stored one of the keys between two statements. Tried again, both are right. */
function changedMeanwhile(): StoreError {
  return new StoreError('transient', 'CHANGED_MEANWHILE', 'rows came in while they were deleted');
}
