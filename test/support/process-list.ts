import type { Connection, RowDataPacket } from 'mysql2/promise';

/** MySQL's error where a statement is at work whose text utf8mb3 cannot hold: its list of processes is a table in that. */
const UNLISTED = 'ER_CANNOT_CONVERT_STRING';

/**
 * Asks `information_schema.processlist`, and again for as long as MySQL cannot tell of a statement that somebody else has
 * it do.
 */
export async function askProcessList(connection: Connection, sql: string): Promise<RowDataPacket[]> {
  for (;;) {
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === UNLISTED)) throw error;
    }
  }
}

/** How many statements the server is at for others, in the database of a connection. */
export async function statementsOfOthers(connection: Connection): Promise<number> {
  const rows = await askProcessList(
    connection,
    `SELECT id FROM information_schema.processlist
    WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info IS NOT NULL`,
  );
  return rows.length;
}
