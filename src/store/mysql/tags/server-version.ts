import { LmsError } from '../../../errors/catalogue.ts';
import { text } from '../../rows.ts';
import type { Session } from '../driver/session.ts';

/** What differs between the servers that can have an index of a tag. */
export interface IndexedServer {
  /** The JSON of the value at a path of `tags`, as text. */
  readonly json: (path: string) => string;
}

/** From here on MySQL hides generated columns from `SELECT *`. */
const MYSQL_SINCE = [8, 0, 23] as const;
/**
 * MariaDB's servers before these could crash at their start if a table had indexed virtual columns (MDEV-39261).
 * Of a series that is not here none is known to be right; those after the last are.
 */
const MARIADB_SINCE: readonly (readonly [number, number, number])[] = [
  [10, 6, 26],
  [10, 11, 17],
  [11, 4, 11],
  [11, 8, 7],
  [12, 3, 2],
];

const MYSQL: IndexedServer = { json: (path) => `CONVERT(JSON_EXTRACT(tags, '${path}') USING utf8mb4)` };
const MARIADB: IndexedServer = { json: (path) => `JSON_EXTRACT(tags, '${path}')` };

/** Looks which server this is. Throws INDEX if it is none that can have indexes of tags. */
export async function indexedServer(session: Pick<Session, 'select'>): Promise<IndexedServer> {
  const [row = {}] = await session.select('SELECT CAST(VERSION() AS CHAR) AS version');
  return serverOf(text(row, 'version'));
}

/** The same by what a server says of its version. */
export function serverOf(version: string): IndexedServer {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  const numbers = [Number(major), Number(minor), Number(patch)] as const;
  if (/TiDB|Vitess/i.test(version))
    throw new LmsError('INDEX', `indexes of tags were never tried on this server (${version})`);
  if (version.includes('MariaDB')) {
    if (isRightMariaDb(numbers)) return MARIADB;
    throw new LmsError(
      'INDEX',
      `MariaDB ${numbers.join('.')} may crash at its start with indexes of virtual columns (MDEV-39261): ` +
        `it takes ${MARIADB_SINCE.map((since) => since.join('.')).join(', ')} or a later one of these series`,
    );
  }
  if (isAtLeast(numbers, MYSQL_SINCE)) return MYSQL;
  throw new LmsError('INDEX', `MySQL ${numbers.join('.')} is too old: it takes ${MYSQL_SINCE.join('.')}`);
}

type Numbers = readonly [number, number, number];

function isRightMariaDb(version: Numbers): boolean {
  const [major, minor] = version;
  const series = MARIADB_SINCE.find((since) => since[0] === major && since[1] === minor);
  return isAtLeast(version, series ?? [12, 3, 2]);
}

function isAtLeast(version: Numbers, since: Numbers): boolean {
  for (const [at, number] of version.entries()) {
    const least = since[at] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}
