import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { ExpectedRow } from './messages.ts';
import type { Published } from './publishing.ts';

/** What the tables hold, held against what was published. All zero but `rows`: everything is right. */
export interface TableCheck {
  readonly rows: number;
  /** Confirmed valid messages that have no row. */
  readonly lost: number;
  /** Rows beyond the first of a message. */
  readonly double: number;
  /** Rows that say something else than their message. */
  readonly altered: number;
  /** Rows of poison messages, or of none that was published. */
  readonly alien: number;
  /**
   * Service and severity, or service, severity and minute, for which the counts are not the number of rows.
   */
  readonly miscounted: number;
}

interface Row extends RowDataPacket, ExpectedRow {
  /** The publisher's own: a row's identity without the suffix that stands for its service. */
  readonly event_id: string;
}

interface CountRow extends RowDataPacket {
  readonly name: string;
  readonly messages: string;
}

/**
 * Looks with statements of its own, in one snapshot, at the rows of a run and at the counts of everything:
 * the program's own `lms verify` is not asked.
 */
export async function checkTables(url: string, run: string, published: Published): Promise<TableCheck> {
  const connection = await createConnection({ uri: url, timezone: 'Z', dateStrings: true });
  try {
    await connection.query("SET time_zone = '+00:00', NAMES utf8mb4");
    await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const [rows] = await connection.query<Row[]>(
      `SELECT REGEXP_REPLACE(event_id, '~[-_0-9A-Za-z]{8}$', '') AS event_id, service_name, severity, payload, CAST(timestamp AS CHAR) AS timestamp
       FROM service_logs WHERE event_id LIKE ?`,
      [`${run}-%`],
    );
    return { ...compare(rows, published), miscounted: await countMiscounted(connection) };
  } finally {
    await connection.end();
  }
}

/** How many rows a run has so far. */
export async function countRows(url: string, run: string): Promise<number> {
  const connection = await createConnection(url);
  try {
    const sql = 'SELECT run AS name, COUNT(*) AS messages FROM (SELECT ? AS run) AS it, service_logs';
    const [[row]] = await connection.query<CountRow[]>(`${sql} WHERE event_id LIKE ? GROUP BY run`, [
      run,
      `${run}-%`,
    ]);
    return Number(row?.messages ?? 0);
  } finally {
    await connection.end();
  }
}

function compare(rows: readonly Row[], { confirmed, uncertain }: Published): Omit<TableCheck, 'miscounted'> {
  const expected = new Map<string, ExpectedRow>();
  for (const { eventId, row } of [...confirmed, ...uncertain]) if (row) expected.set(eventId, row);
  const seen = new Set<string>();
  const found = { rows: rows.length, double: 0, altered: 0, alien: 0 };
  for (const row of rows) {
    const should = expected.get(row.event_id);
    if (should === undefined) found.alien += 1;
    else if (seen.has(row.event_id)) found.double += 1;
    else if (!isSame(row, should)) found.altered += 1;
    seen.add(row.event_id);
  }
  const lost = [...confirmed].filter(({ eventId, row }) => row !== undefined && !seen.has(eventId));
  return { ...found, lost: lost.length };
}

function isSame(row: ExpectedRow, should: ExpectedRow): boolean {
  return (
    row.service_name === should.service_name &&
    row.severity === should.severity &&
    row.timestamp === should.timestamp &&
    row.payload === should.payload
  );
}

const KEY = "CONCAT_WS('|', HEX(service_name), severity)";
const MINUTE = "DATE_FORMAT(%, '%Y-%m-%d %H:%i:00')";

/** Rows against both tables of counts. */
async function countMiscounted(connection: Connection): Promise<number> {
  const minuteOf = (column: string) => `CONCAT_WS('|', ${KEY}, ${MINUTE.replace('%', column)})`;
  const counts = async (name: string, measure: string, table: string) => {
    const sql = `SELECT ${name} AS name, ${measure} AS messages FROM ${table} GROUP BY ${name}`;
    const [rows] = await connection.query<CountRow[]>(sql);
    return new Map(rows.map((row) => [row.name, Number(row.messages)]));
  };
  const byKey = await counts(KEY, 'COUNT(*)', 'service_logs');
  const byMinute = await counts(minuteOf('timestamp'), 'COUNT(*)', 'service_logs');
  return (
    differences(byKey, await counts(KEY, 'SUM(count)', 'service_severity')) +
    differences(byMinute, await counts(minuteOf('minute'), 'SUM(count)', 'service_severity_minutes'))
  );
}

function differences(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => (one.get(name) ?? 0) !== (other.get(name) ?? 0)).length;
}
