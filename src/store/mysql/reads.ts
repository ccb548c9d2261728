import type { StoredEntry } from '../../logs/entry.ts';
import { STORED_COLUMNS, storedEntry } from '../columns.ts';
import { minuteDifferencesSql } from '../differences.ts';
import { boundsOfPrefix, EVENT_IDS } from '../event-ids.ts';
import { count, type Row, text } from '../rows.ts';
import type { Totals, Verification } from '../store.ts';
import { KEY_COMPARISONS, verification } from '../verification.ts';
import type { Pool } from './driver/pool.ts';
import { NO_TIMEOUT, type Session } from './driver/session.ts';
import { checkRollups } from './rollups/upkeep.ts';

const PAGE_ROWS = 1_000;
const ORDER = `ORDER BY \`timestamp\`, event_id LIMIT ${PAGE_ROWS}`;
const FIRST_PAGE = `SELECT ${STORED_COLUMNS} FROM service_logs ${ORDER}`;
// Not `(timestamp, event_id) > (?, ?)`: for that the servers walk the whole index.
const NEXT_PAGE = `SELECT ${STORED_COLUMNS} FROM service_logs
  WHERE \`timestamp\` >= ? AND (\`timestamp\` > ? OR event_id > ?) ${ORDER}`;

/** Selects the counts by minute that differ from the rows, in the order in which writers lock them. */
export const DIFFERENT_MINUTES = minuteDifferencesSql("DATE_FORMAT(`timestamp`, '%Y-%m-%d %H:%i:00')");
const FIRST_DIFFERENT_MINUTES = `${DIFFERENT_MINUTES} LIMIT 100`;

/** Compares the tables in one snapshot. */
export async function verifyTables(session: Session): Promise<Verification> {
  await session.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const keys = await session.select(KEY_COMPARISONS, [], NO_TIMEOUT);
  const minutes = await session.select(FIRST_DIFFERENT_MINUTES, [], NO_TIMEOUT);
  const rollups = await checkRollups(session);
  await session.run('COMMIT');
  return verification(keys, minutes, rollups);
}

/** The number of rows, from the counts. */
export async function readTotals(session: Session): Promise<Totals> {
  const [row = {}] = await session.select('SELECT SUM(`count`) AS log_rows FROM service_severity');
  return { rows: count(row, 'log_rows') };
}

/**
 * Every row in the order of its key, by pages: short statements, and no row is held longer than it is looked
 * at.
 */
export async function* readEntries(pool: Pool): AsyncGenerator<StoredEntry> {
  let last: StoredEntry | undefined;
  for (let rows = PAGE_ROWS; rows === PAGE_ROWS;) {
    rows = 0;
    for await (const row of readPage(pool, last)) {
      last = storedEntry(row);
      rows += 1;
      yield last;
    }
  }
}

function readPage(pool: Pool, after: StoredEntry | undefined): AsyncIterable<Row> {
  if (after === undefined) return readStream(pool, (session) => session.stream(FIRST_PAGE, []));
  const { timestamp, eventId } = after;
  return readStream(pool, (session) => session.stream(NEXT_PAGE, [timestamp, timestamp, eventId]));
}

/**
 * The event ids that begin with `prefix`. The servers read the index `by_service` for it, which holds every
 * key: the rows themselves would be many times as much.
 */
export async function* readEventIds(pool: Pool, prefix: string): AsyncGenerator<string> {
  const bounds = boundsOfPrefix(prefix);
  for await (const row of readStream(pool, (session) => session.stream(EVENT_IDS, bounds, NO_TIMEOUT)))
    yield text(row, 'event_id');
}

async function* readStream(pool: Pool, read: (session: Session) => AsyncIterable<Row>): AsyncGenerator<Row> {
  const session = await pool.acquire();
  let finished = false;
  try {
    yield* read(session);
    finished = true;
  } finally {
    if (finished) pool.release(session);
    else pool.discard(session);
  }
}
