import { exactCount, type Row } from '../columns.ts';
import { COUNT_DIFFERENCES, countDifference, minuteDifference } from '../differences.ts';
import type { Repair, WrongCounts } from '../store.ts';
import { WrongCountsTally } from '../wrong-counts.ts';
import { Correction, type CountTable } from './correction.ts';
import { DIFFERENT_MINUTES } from './differences.ts';
import type { Pool } from './pool.ts';
import { NO_TIMEOUT, type Session } from './session.ts';

/** Repairs wait here for each other. Nobody else locks this row; workers read it without. */
const LOCK = 'SELECT version FROM lms_migrations WHERE version = 1 FOR UPDATE';

/** The counts that differ from the rows, in one snapshot. Changes nothing. */
export function findWrongCounts(pool: Pool): Promise<Repair> {
  return inSnapshot(pool, (reader) => compare(reader, undefined));
}

/**
 * Adds to every count what the rows have more, or takes off what they have less, in one transaction. What is added is the
 * difference within one snapshot: a worker that commits after the snapshot adds to rows and count alike, so the difference stays
 * right. The snapshot is taken under the lock: it sees all that earlier repairs did, one whose reply was lost included.
 */
export function repairCounts(pool: Pool): Promise<Repair> {
  return pool.use(async (writer) => {
    await writer.run('START TRANSACTION');
    await writer.select(LOCK);
    const repair = await inSnapshot(pool, (reader) => compare(reader, writer));
    await writer.run('COMMIT');
    return repair;
  });
}

/** Lends a session that sees the tables as they were at one moment; it cannot write. */
async function inSnapshot<T>(pool: Pool, read: (reader: Session) => Promise<T>): Promise<T> {
  const reader = await pool.acquire();
  let finished = false;
  try {
    await reader.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await reader.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const result = await read(reader);
    await reader.run('COMMIT');
    finished = true;
    return result;
  } finally {
    if (finished) pool.release(reader);
    else pool.discard(reader);
  }
}

/**
 * Reads the differences of both tables, and mends them if there is a `writer`: minutes first, as workers do. All long reading is done
 * before the first row is locked; of minutes there may be too many to hold, so they come one by one.
 */
async function compare(reader: Session, writer: Session | undefined): Promise<Repair> {
  const correction = (table: CountTable) => writer && new Correction(writer, table);
  const wrongCounts = await reader.select(COUNT_DIFFERENCES, [], NO_TIMEOUT);
  const wrongMinutes = reader.stream(DIFFERENT_MINUTES, []);
  const minutes = await eachDifference(
    wrongMinutes,
    minuteDifference,
    correction('service_severity_minutes'),
  );
  const counts = await eachDifference(wrongCounts, countDifference, correction('service_severity'));
  return { counts, minutes };
}

async function eachDifference<D>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  read: (row: Row) => D,
  correction: Correction | undefined,
): Promise<WrongCounts<D>> {
  const wrong = new WrongCountsTally<D>();
  for await (const row of rows) {
    wrong.add(read(row));
    await correction?.add(row, exactCount(row, 'log_rows'), exactCount(row, 'counted'));
  }
  await correction?.finish();
  return wrong.result();
}
