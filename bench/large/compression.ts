import { midnight, ROWS_A_DAY } from '../access-log.ts';
import { numberText } from '../markdown.ts';
import { Questions } from '../questions.ts';
import { timed } from '../timed.ts';
import { usageOf } from '../usage.ts';
import type { Databases } from './ask.ts';
import { fileBytes } from './disk.ts';
import type { Notes } from './notes.ts';
import type { KeptServer } from './server.ts';
import { makeTables } from './set.ts';

/** Days of the part that is compressed: a million and a half rows. */
const DAYS = 10;
const COLUMNS = '`timestamp`, event_id, service_name, severity, payload, tags, attempt_id';
const UNLIMITED = { maxMs: Infinity, maxRows: Infinity };
const TABLE = 'service_logs';
/** What InnoDB has of its own, by its name and how a table is told. */
const KINDS: readonly (readonly [string, string])[] = [
  ['as it is', 'ROW_FORMAT=DYNAMIC'],
  ['ROW_FORMAT=COMPRESSED, 8 KB', 'ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8'],
  ['ROW_FORMAT=COMPRESSED, 4 KB', 'ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4'],
  ['page compression, zlib', "COMPRESSION='zlib'"],
  ['page compression, lz4', "COMPRESSION='lz4'"],
];

export const COMPRESSION_HEAD = [
  '',
  'bytes a row',
  'writing, CPU µs a row',
  'rows/s',
  'newest 100, ms',
  'all rows looked at, ms',
];

/** What is compressed, where it is noted, and who is told. */
interface Compressing {
  readonly server: KeptServer;
  readonly databases: Databases;
  readonly notes: Notes;
  /** Days that there are. */
  readonly days: number;
  readonly print: (text: string) => void;
}

/** What each kind saves and costs, on the first days of the rows, as rows of a table. */
export async function compressionRows(compressing: Compressing): Promise<string[][]> {
  const { server, databases, notes, days, print } = compressing;
  const lines: string[][] = [];
  for (const [name, options] of KINDS) {
    print(`compression: ${name}`);
    const took = await notes.numbers(`compression: ${name}`, () =>
      measured(server, databases.access, Math.min(days, DAYS), options),
    );
    const { bytesARow, cpuMicros, rowsPerSecond, pageMs, scanMs } = took;
    lines.push([
      name,
      numberText(bytesARow, 1),
      numberText(cpuMicros, 1),
      numberText(rowsPerSecond, 0),
      numberText(pageMs, 1),
      numberText(scanMs, 0),
    ]);
  }
  return lines;
}

async function measured(server: KeptServer, source: string, days: number, options: string) {
  const database = `${source}_part`;
  await server.run(`DROP DATABASE IF EXISTS ${database}`);
  await makeTables(server, database);
  await server.run(`ALTER TABLE ${TABLE} ${options}`, database);
  const pid = await server.pid();
  const cpuBeforeMs = usageOf(pid).cpuMs;
  const startMs = performance.now();
  for (let day = 0; day < days; day += 1)
    await server.run(
      `INSERT INTO ${TABLE} (${COLUMNS}) SELECT ${COLUMNS} FROM ${source}.${TABLE}
      WHERE \`timestamp\` >= '${midnight(day)}' AND \`timestamp\` < '${midnight(day + 1)}'`,
      database,
    );
  // Writes what is in memory alone, and compresses the pages that are compressed on their way to the disk.
  await server.run(`FLUSH TABLES ${TABLE} FOR EXPORT; UNLOCK TABLES`, database);
  const seconds = (performance.now() - startMs) / 1_000;
  const cpuMs = usageOf(pid).cpuMs - cpuBeforeMs;
  const rows = days * ROWS_A_DAY;
  const bytes = await fileBytes(server, database, TABLE);
  await using asked = await Questions.open(server.urlOf(database), UNLIMITED);
  const page = await timed(100, () => asked.newest(''));
  const scan = await timed(1, () => asked.newest('nowhere'));
  await server.run(`DROP DATABASE ${database}`);
  return {
    bytesARow: bytes / rows,
    cpuMicros: (cpuMs * 1_000) / rows,
    rowsPerSecond: rows / seconds,
    pageMs: page.value,
    scanMs: scan.value,
  };
}
