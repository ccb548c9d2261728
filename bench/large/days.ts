import { Readable } from 'node:stream';
import type { Connection, QueryValues, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { numberText } from '../markdown.ts';
import { freeBytes, type KeptServer } from './server.ts';

const LANES = 2;
const GIBIBYTE = 1024 ** 3;
/** Left for everybody else: filling ends where less is free. */
const KEPT_FREE_BYTES = 15 * GIBIBYTE;
/** Which days are in: written in the transaction that has their rows, so one that was interrupted is not. */
const DAYS = 'CREATE TABLE IF NOT EXISTS bench_days (day INT UNSIGNED NOT NULL PRIMARY KEY)';

/** A set of rows that is loaded day by day. */
export interface DailySet {
  readonly database: string;
  readonly days: number;
  readonly rowsADay: number;
  /** What a row takes at most, with the indexes of the schema. */
  readonly bytesARow: number;
  /** LOAD DATA of the file `rows` of a day. */
  readonly load: string;
  /** Makes that file, and returns what the statements are that have to follow in the same transaction. */
  readonly day: (day: number) => DayOfRows;
}

/** A statement with its values. */
export type Statement = readonly [string, QueryValues];

/** The rows of a day as a file for LOAD DATA, to be read once. */
export interface DayOfRows {
  readonly file: Iterable<Buffer>;
  /** Statements with their values, as they are once the file was read. */
  readonly rest: () => readonly Statement[];
}

interface DayRow extends RowDataPacket {
  readonly day: number;
}

/** What loading took. */
export interface Loaded {
  readonly rows: number;
  readonly seconds: number;
}

/**
 * Loads the days of a set that are not there yet, in order of the key, each in a transaction. Throws where the
 * disk gets full; what is in stays.
 */
export async function loadDays(
  server: KeptServer,
  set: DailySet,
  print: (text: string) => void,
): Promise<Loaded> {
  await server.run(DAYS, set.database);
  const missing = await missingDays(server, set);
  if (missing.length === 0) return { rows: 0, seconds: 0 };
  const room = missing.length * set.rowsADay * set.bytesARow + KEPT_FREE_BYTES;
  print(`${set.database}: ${missing.length} of ${set.days} days to load, ${await requireRoom(server, room)}`);
  const startMs = performance.now();
  const seconds = () => (performance.now() - startMs) / 1_000;
  let rows = 0;
  const lane = async () => {
    const connection = await server.connect(set.database);
    try {
      for (let day = missing.shift(); day !== undefined; day = missing.shift()) {
        await loadDay(connection, set, day);
        rows += set.rowsADay;
        print(`${set.database}: day ${day + 1} of ${set.days}, ${numberText(rows / seconds(), 0)} rows/s`);
        await requireRoom(server, KEPT_FREE_BYTES);
      }
    } finally {
      await connection.end();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { rows, seconds: seconds() };
}

async function missingDays(server: KeptServer, { database, days }: DailySet): Promise<number[]> {
  const rows = await server.rows<DayRow>('SELECT day FROM bench_days', database);
  const there = new Set(rows.map(({ day }) => day));
  return Array.from({ length: days }, (_none, day) => day).filter((day) => !there.has(day));
}

/** Says how much is free. Throws if it is less. */
async function requireRoom({ directory }: KeptServer, bytes: number): Promise<string> {
  const free = await freeBytes(directory);
  const gib = (value: number) => `${(value / GIBIBYTE).toFixed(1)} GiB`;
  const text = `${gib(free)} free in ${directory}, of ${gib(bytes)} that it may take and leave`;
  if (free < bytes) throw new Error(`too little: ${text}`);
  return text;
}

async function loadDay(connection: Connection, { rowsADay, load, day: make }: DailySet, day: number) {
  const { file, rest } = make(day);
  await connection.query('START TRANSACTION');
  const [{ affectedRows }] = await connection.query<ResultSetHeader>({
    sql: load,
    infileStreamFactory: () => Readable.from(file, { objectMode: false }),
  });
  if (affectedRows !== rowsADay) throw new Error(`day ${day}: ${affectedRows} rows went in`);
  for (const [sql, values] of rest()) await connection.query(sql, values);
  await connection.query('INSERT INTO bench_days VALUES (?)', [day]);
  await connection.query('COMMIT');
}
