import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { numberText } from '../markdown.ts';
import type { KeptServer } from './server.ts';

/** Bytes a row below which nobody asks. */
const LEAST = 0.05;
const BLOCK = 512;
/** Ours, of the benchmark. */
const OTHERS = new Set(['bench_days', 'bench_notes']);
/** Whole pages of each index; that of the key has the rows. */
const INDEXES = `SELECT table_name AS tableName, index_name AS indexName, stat_value * @@innodb_page_size AS bytes
  FROM mysql.innodb_index_stats WHERE database_name = DATABASE() AND stat_name = 'size'`;

interface IndexRow extends RowDataPacket {
  readonly tableName: string;
  readonly indexName: string;
  readonly bytes: string | number;
}

interface TableRow extends RowDataPacket {
  readonly name: string;
}

export const DISK_HEAD = ['', 'bytes a row', 'MB', 'VictoriaLogs'];

/** Bytes of every table and every index of the rows, as rows of a table. */
export async function diskRows(server: KeptServer, database: string, rows: number): Promise<string[][]> {
  const tables = await server.rows<TableRow>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    database,
  );
  const names = tables.map(({ name }) => name).filter((name) => !OTHERS.has(name));
  await server.run(`ANALYZE TABLE ${names.join(', ')}`, database);
  const indexes = (await server.rows<IndexRow>(INDEXES, database)).filter(({ tableName }) =>
    names.includes(tableName),
  );
  const files = await Promise.all(names.map((name) => fileBytes(server, database, name)));
  const line = (name: string, bytes: number, anchor = '') => [
    name,
    numberText(bytes / rows, 1),
    numberText(bytes / 1e6, 0),
    anchor,
  ];
  const large = indexes
    .map(({ tableName, indexName, bytes }) => ({ name: nameOf(tableName, indexName), bytes: Number(bytes) }))
    .filter(({ bytes }) => bytes / rows >= LEAST)
    .toSorted((a, b) => b.bytes - a.bytes);
  return [
    ...large.map(({ name, bytes }) => line(name, bytes)),
    line(
      'all files',
      files.reduce((sum, bytes) => sum + bytes, 0),
      '45',
    ),
  ];
}

function nameOf(table: string, index: string): string {
  if (index !== 'PRIMARY') return `\`${table}\`, key \`${index}\``;
  return table === 'service_logs' ? 'the rows, by their key' : `\`${table}\``;
}

/** What the file of a table takes on disk: pages that were made smaller leave holes in it. */
export async function fileBytes({ directory }: KeptServer, database: string, table: string): Promise<number> {
  const { blocks } = await stat(join(directory, 'data', database, `${table}.ibd`));
  return blocks * BLOCK;
}
