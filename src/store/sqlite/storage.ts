import { statfs } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { StoredSize } from '../../retention/ports.ts';
import { count } from '../rows.ts';
import { readTotals } from './reads.ts';

const PAGES = `SELECT page_size, page_count, freelist_count
  FROM pragma_page_size, pragma_page_count, pragma_freelist_count`;
const TABLES =
  "SELECT COUNT(*) AS ours FROM sqlite_schema WHERE type = 'table' AND name = 'service_severity'";

/** See `Storage.size`: all tables and indexes are pages of one file. What its log holds beside it is not in it yet. */
export async function readStoredSize(file: DatabaseSync, path: string): Promise<StoredSize | undefined> {
  if (count(file.prepare(TABLES).get() ?? {}, 'ours') === 0) return undefined;
  const pages = file.prepare(PAGES).get() ?? {};
  const pageBytes = count(pages, 'page_size');
  const free = count(pages, 'freelist_count');
  const table = {
    name: basename(path),
    rows: readTotals(file).rows,
    dataBytes: (count(pages, 'page_count') - free) * pageBytes,
    indexBytes: 0,
    freeBytes: free * pageBytes,
  };
  return { tables: [table], diskFreeBytes: await diskFreeBytes(path) };
}

async function diskFreeBytes(path: string): Promise<number | undefined> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize;
}
