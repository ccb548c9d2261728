import { count, storedEntry, type Row } from '../columns.ts';
import type { StoredEntry, Totals, Verification } from '../store.ts';
import { minuteDifferencesSql, TALLY_KEYS, verification } from '../verification.ts';
import type { Pool } from './pool.ts';
import { NO_TIMEOUT, type Session } from './session.ts';

const PAGE_ROWS = 1_000;
const COLUMNS = '`timestamp`, event_id, service_name, severity, payload, tags, created_at';
const ORDER = `ORDER BY \`timestamp\`, event_id LIMIT ${PAGE_ROWS}`;
const FIRST_PAGE = `SELECT ${COLUMNS} FROM service_logs ${ORDER}`;
// Not `(timestamp, event_id) > (?, ?)`: for that the servers walk the whole index.
const NEXT_PAGE = `SELECT ${COLUMNS} FROM service_logs
  WHERE \`timestamp\` >= ? AND (\`timestamp\` > ? OR event_id > ?) ${ORDER}`;

const MINUTE_DIFFERENCES = minuteDifferencesSql("DATE_FORMAT(`timestamp`, '%Y-%m-%d %H:%i:00')");

/** Compares the tables in one snapshot. */
export async function verifyTables(session: Session): Promise<Verification> {
  await session.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const keys = await session.select(TALLY_KEYS, [], NO_TIMEOUT);
  const minutes = await session.select(MINUTE_DIFFERENCES, [], NO_TIMEOUT);
  await session.run('COMMIT');
  return verification(keys, minutes);
}

/** The number of rows, from the counts. */
export async function readTotals(session: Session): Promise<Totals> {
  const [row = {}] = await session.select('SELECT SUM(`count`) AS log_rows FROM service_severity');
  return { rows: count(row, 'log_rows') };
}

/** Every row in the order of its key, by pages: short statements, and no row is held longer than it is looked at. */
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

async function* readPage(pool: Pool, after: StoredEntry | undefined): AsyncGenerator<Row> {
  const session = await pool.acquire();
  let finished = false;
  try {
    if (after === undefined) yield* session.stream(FIRST_PAGE, []);
    else yield* session.stream(NEXT_PAGE, [after.timestamp, after.timestamp, after.eventId]);
    finished = true;
  } finally {
    if (finished) pool.release(session);
    else pool.discard(session);
  }
}
