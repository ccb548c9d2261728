import type { Connection } from 'mysql2/promise';

/** How many statements the server is at for others, in the database of a connection. */
export async function statementsOfOthers(connection: Connection): Promise<number> {
  const [rows] = await connection.query(`SELECT id FROM information_schema.processlist
    WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info IS NOT NULL`);
  return (rows as unknown[]).length;
}
