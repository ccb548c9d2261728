import type { StoredSize } from '../../retention/ports.ts';
import { count, type Row, text } from '../rows.ts';
import { OUR_TABLES } from '../storage.ts';
import type { Session } from './driver/session.ts';
import { driverError } from './errors/driver-error.ts';

/**
 * MySQL answers from a cache that may be a day old. Not among the settings of every session, since this alone
 * asks for statistics; MariaDB and others have no such cache, and say that they do not know the variable.
 */
const FRESH = 'SET SESSION information_schema_stats_expiry = 0';

/**
 * Each table by its name alone: of a list of names MariaDB opens every table of the schema, and there may be
 * thousands of others.
 */
const SIZES = OUR_TABLES.map(
  (table) => `SELECT CAST(TABLE_NAME AS CHAR) AS name, CAST(TABLE_ROWS AS CHAR) AS table_rows,
    CAST(DATA_LENGTH AS CHAR) AS data_bytes, CAST(INDEX_LENGTH AS CHAR) AS index_bytes, CAST(DATA_FREE AS CHAR) AS free_bytes
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}'`,
).join(' UNION ALL ');

/** Of MariaDB with its plugin DISKS, for a user with the right FILE. In KiB, what only root may use left out. */
const DISKS = `SELECT CAST(Path AS CHAR) AS path, CAST(Available AS CHAR) AS available, CAST(@@datadir AS CHAR) AS datadir
  FROM information_schema.DISKS`;

const KIBIBYTE = 1024;

/** See `Storage.size`. */
export async function readStoredSize(
  session: Pick<Session, 'run' | 'query'>,
): Promise<StoredSize | undefined> {
  await unlessRefused(() => session.run(FRESH));
  const rows = await session.query(SIZES);
  if (rows.length === 0) return undefined;
  const disks = (await unlessRefused(() => session.query(DISKS))) ?? [];
  return { tables: rows.map(tableSize), diskFreeBytes: diskFreeBytes(disks) };
}

/** A view of that name, or a table that is damaged, has no sizes: NULL, which is 0. */
function tableSize(row: Row): StoredSize['tables'][number] {
  return {
    name: text(row, 'name'),
    rows: count(row, 'table_rows'),
    dataBytes: count(row, 'data_bytes'),
    indexBytes: count(row, 'index_bytes'),
    freeBytes: count(row, 'free_bytes'),
  };
}

/** Of the file system that the data lie in: of those mounted above them, the nearest. */
function diskFreeBytes(disks: readonly Row[]): number | undefined {
  const above = disks.filter((row) => isBelow(text(row, 'datadir'), text(row, 'path')));
  const [nearest] = above.toSorted((one, other) => text(other, 'path').length - text(one, 'path').length);
  return nearest && count(nearest, 'available') * KIBIBYTE;
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Undefined if the server does not let us, or does not know what we mean: nothing depends on it. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (driverError(error).errno === undefined) throw error;
    return undefined;
  }
}
