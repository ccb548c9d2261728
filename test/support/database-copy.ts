import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { freshDatabase, type TestDatabase } from './database.ts';

/** So many rows go into a statement. */
const ROWS_AT_ONCE = 500;

interface Column {
  readonly name: string;
  readonly isBinary: boolean;
}

/**
 * Copies a database into a fresh one as `mysqldump --single-transaction` and a restore do: every table as it was
 * in one consistent snapshot, while others write. `onSnapshot` is called once the snapshot stands.
 */
export async function copyDatabase(
  from: TestDatabase,
  onSnapshot: () => Promise<void> = () => Promise.resolve(),
): Promise<TestDatabase> {
  const copy = await freshDatabase();
  const [source, target] = [await connect(from.url), await connect(copy.url)];
  try {
    const tables = await tablesOf(source);
    await source.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await source.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    await onSnapshot();
    for (const table of tables) await copyTable(table, source, target);
    await source.query('COMMIT');
    return copy;
  } catch (error) {
    await copy.drop();
    throw error;
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

function connect(url: string): Promise<Connection> {
  return createConnection({ uri: url, dateStrings: true, supportBigNumbers: true, bigNumberStrings: true });
}

async function tablesOf(source: Connection): Promise<string[]> {
  const [rows] = await source.query<RowDataPacket[]>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`,
  );
  return rows.map(({ name }) => String(name));
}

async function copyTable(table: string, source: Connection, target: Connection): Promise<void> {
  const [[created]] = await source.query<RowDataPacket[]>('SHOW CREATE TABLE ??', [table]);
  await target.query(String(created?.['Create Table']));
  const columns = await columnsOf(table, source);
  const names = columns.map(({ name }) => name);
  const binary = new Set(columns.filter(({ isBinary }) => isBinary).map(({ name }) => name));
  const [rows] = await source.query<RowDataPacket[]>({
    sql: 'SELECT ?? FROM ??',
    values: [names, table],
    typeCast: (field) => (binary.has(field.name) ? field.buffer() : field.string('utf8')),
  });
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = rows.slice(start, start + ROWS_AT_ONCE);
    const values = some.map((row) => names.map((name) => row[name] as string | Buffer | null));
    await target.query('INSERT INTO ?? (??) VALUES ?', [table, names, values]);
  }
}

/** Those that are stored: what a server makes of others is not copied. */
async function columnsOf(table: string, source: Connection): Promise<Column[]> {
  const [rows] = await source.query<RowDataPacket[]>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND COALESCE(generation_expression, '') = ''
     ORDER BY ordinal_position`,
    [table],
  );
  return rows.map(({ name, type }) => ({
    name: String(name),
    isBinary: /blob|binary/.test(String(type)),
  }));
}
