import { randomInt } from 'node:crypto';
import type { Counts } from '../../counts.ts';
import type { Parameter, Session } from '../driver/session.ts';
import { MAX_CHUNK_ROWS, powerOfTwo } from './chunks.ts';
import { MARK_LEVEL, NO_TIME, rollupKeys, rollupStatements } from './rollup-statements.ts';
import { addToCounts, addToMinutes, removeEmptyRollups } from './statements.ts';

/**
 * Adds to every table of counts: the last statements of a worker's transaction, so that rows which every writer
 * wants are locked briefly. What is new in `service_severity` is marked as known to the sums; if it is new
 * there and not among the marks, somebody removed it without them, and the mark stays another.
 */
export async function addCounts(session: Session, counts: Counts): Promise<void> {
  const changedAt = freshTime();
  const minutes = counts
    .byMinute()
    .map(({ minute, serviceName, severity, count }) => [minute, serviceName, severity, String(count)]);
  const keys = counts
    .byKey()
    .map(({ serviceName, severity, count }) => [serviceName, severity, String(count), changedAt]);
  await addInChunks(session, addToMinutes, minutes);
  for (const sql of rollupStatements(counts, 1, changedAt)) await session.run(sql);
  await addInChunks(session, addToCounts, keys);
}

/**
 * Takes off the sums what was deleted. Sums of nothing go, but for the marks: they are among those of counts by
 * minute that are `gone`.
 */
export async function subtractRollups(session: Session, counts: Counts, gone: Counts): Promise<void> {
  for (const sql of rollupStatements(counts, -1, freshTime())) await session.run(sql);
  await addInChunks(session, removeEmptyRollups, rollupKeys(gone));
}

/** The mark of a service and severity, as parameters of `addToRollups`. */
export function rollupMark(
  { serviceName, severity }: { readonly serviceName: string; readonly severity: string },
  seenAt: string,
): string[] {
  return ['0', MARK_LEVEL, NO_TIME, serviceName, severity, '0', seenAt];
}

/** Executes a statement for all rows, in statements of a few fixed sizes. */
export async function addInChunks(
  session: Session,
  statement: (rows: number) => string,
  rows: readonly (readonly Parameter[])[],
): Promise<void> {
  for (let start = 0; start < rows.length;) {
    const end = start + powerOfTwo(Math.min(MAX_CHUNK_ROWS, rows.length - start));
    await session.execute(statement(end - start), rows.slice(start, end).flat());
    start = end;
  }
}

/** A time that is nobody else's: about now, in microseconds. It only has to differ from all others. */
export function freshTime(): string {
  const now = new Date().toISOString().slice(0, 23).replace('T', ' ');
  return `${now}${String(randomInt(1_000)).padStart(3, '0')}`;
}
