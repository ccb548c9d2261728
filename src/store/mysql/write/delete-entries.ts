import { StoreError } from '../../../pipeline/ports.ts';
import type { EntryKey } from '../../../query/answers/ports.ts';
import type { DeletionFor, RowKey, ServiceSeverity } from '../../../retention/ports.ts';
import { Counts } from '../../counts.ts';
import { areCounted, type CountedKey } from '../../deletion/counted-key.ts';
import { severity, text } from '../../rows.ts';
import type { Session } from '../driver/session.ts';
import { subtractWords } from '../words.ts';
import { powerOfTwo } from './chunks.ts';
import { literalOf } from './literals.ts';
import { putOnAccount } from './on-account.ts';
import { deleteRows, LOCKED_BY_KEY, selectForDeletion } from './statements.ts';
import { subtractCounts } from './subtract-counts.ts';

/** Rows of a statement. */
const ROWS_AT_ONCE = 256;

/** What a deletion by keys goes by besides. */
export interface KeysDeletion {
  readonly on?: DeletionFor | undefined;
  /** All are of these; found to be another's, a row is not deleted, and the deletion is transient. */
  readonly only?: readonly ServiceSeverity[] | undefined;
}

/**
 * Deletes the rows of these keys (sorted, each once) that are still there, and takes them off the counts, in
 * one transaction; resolves to their number. Locks in the order in which workers do, so that neither waits in
 * a circle. On an error the transaction is left open, for the pool to end.
 */
export async function deleteEntries(
  session: Session,
  keys: readonly RowKey[],
  { on, only }: KeysDeletion = {},
): Promise<number> {
  if (areCounted(keys)) {
    const deleted = await unlessChanged(session, () => deleteAsCounted(session, keys, on));
    if (deleted !== undefined) return deleted;
  }
  const wanted = only && new Set(only.map(nameOf));
  const counts = new Counts();
  let deleted = 0;
  await session.run('START TRANSACTION');
  for (let start = 0; start < keys.length;) {
    const end = start + powerOfTwo(Math.min(ROWS_AT_ONCE, keys.length - start));
    deleted += await deleteChunk(session, keys.slice(start, end), { counts, wanted });
    start = end;
  }
  await commitDeletion(session, counts, { on, deleted });
  return deleted;
}

/** What the work resolves to; undefined, with its transaction undone, if rows changed between two statements of it. */
export async function unlessChanged<T>(session: Session, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isChangedMeanwhile(error)) throw error;
    await session.run('ROLLBACK');
    return undefined;
  }
}

/**
 * Deletes rows of which it is known what they count as, without looking at them first: as many are there that are
 * still of their services and severities, or nothing is deleted.
 */
async function deleteAsCounted(
  session: Session,
  keys: readonly CountedKey[],
  on: DeletionFor | undefined,
): Promise<number> {
  const counts = new Counts();
  await session.run('START TRANSACTION');
  for (let start = 0; start < keys.length; start += ROWS_AT_ONCE) {
    const some = keys.slice(start, start + ROWS_AT_ONCE);
    for (const key of some) counts.add(key);
    await deleteExactly(session, deleteCountedSql(some), some.length);
  }
  await commitDeletion(session, counts, { on, deleted: keys.length });
  return keys.length;
}

/** Deletes so many rows, neither more nor fewer: CHANGED_MEANWHILE otherwise. */
export async function deleteExactly(session: Session, sql: string, rows: number): Promise<void> {
  const { affectedRows } = await session.change(sql);
  if (affectedRows !== rows) throw changedMeanwhile();
}

/**
 * Deletes rows that are what they are known as. As text: of so many parameters the driver would make an object each.
 * A single one is compared by columns, see `ofKeys`.
 */
export function deleteCountedSql(keys: readonly CountedKey[]): string {
  const columns = ['`timestamp`', 'event_id', 'service_name', 'severity'];
  const rows = keys.map(({ timestamp, eventId, serviceName, severity: level }) =>
    [timestamp, eventId, serviceName, level].map(literalOf),
  );
  const [only, ...others] = rows;
  const where =
    only !== undefined && others.length === 0
      ? columns.map((column, index) => `${column} = ${only[index] ?? ''}`).join(' AND ')
      : `(${columns.join(', ')}) IN (${rows.map((row) => `(${row.join(',')})`).join(',')})`;
  return `DELETE service_logs FROM ${LOCKED_BY_KEY} WHERE ${where}`;
}

/** Takes what the open transaction has deleted off all that counts it, and commits. */
export async function commitDeletion(
  session: Session,
  counts: Counts,
  { on = {}, deleted }: { readonly on?: DeletionFor | undefined; readonly deleted: number },
): Promise<void> {
  await subtractWords(session, counts.rowsByMinute());
  await subtractCounts(session, counts);
  await putOnAccount(session, on, deleted);
  await session.run('COMMIT');
}

async function deleteChunk(
  session: Session,
  keys: readonly EntryKey[],
  { counts, wanted }: { readonly counts: Counts; readonly wanted: ReadonlySet<string> | undefined },
): Promise<number> {
  const values = keys.flatMap(({ timestamp, eventId }) => [timestamp, eventId]);
  const rows = await session.select(selectForDeletion(keys.length), values);
  if (rows.length === 0) return 0;
  for (const row of rows) {
    const of = { serviceName: text(row, 'service_name'), severity: severity(row, 'severity') };
    if (wanted?.has(nameOf(of)) === false) throw changedMeanwhile();
    counts.add({ timestamp: text(row, 'timestamp'), ...of });
  }
  // What is there is locked, and what is not does not come in unseen: then this says another number.
  const { affectedRows } = await session.execute(deleteRows(keys.length), values);
  if (affectedRows !== rows.length) throw changedMeanwhile();
  return rows.length;
}

function nameOf({ serviceName, severity: level }: ServiceSeverity): string {
  return `${level} ${serviceName}`;
}

/** A worker stored a row between two statements that were to find the same. Tried again, both do. */
export function changedMeanwhile(): StoreError {
  return new StoreError('transient', CHANGED_MEANWHILE, 'rows came in while they were deleted');
}

const CHANGED_MEANWHILE = 'CHANGED_MEANWHILE';

/** Whether a deletion was given up because its rows changed between two of its statements. */
function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof StoreError && error.code === CHANGED_MEANWHILE;
}
