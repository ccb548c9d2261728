import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isOfLog } from './matching.ts';
import { NameIndex } from './name-index.ts';
import type { FileRecord } from './record.ts';

/** A path, and the records from whose files it may have been rotated away. */
export interface Sibling {
  readonly path: string;
  readonly originals: readonly FileRecord[];
}

/** Directories of files that are looked for, with where each of them was last. */
type Directories = Map<string, Set<string>>;

/** The paths of files that may be what was rotated away from those of these records: by their names, beside them. */
export async function siblingsOf(records: readonly FileRecord[]): Promise<readonly Sibling[]> {
  const directories: Directories = new Map();
  const byName = new NameIndex<FileRecord>();
  for (const record of records) {
    const { path, home } = record;
    byName.add(path, record);
    byName.add(home.path, record);
    for (const directory of new Set([dirname(path), dirname(home.path)])) {
      const homes = directories.get(directory) ?? new Set();
      homes.add(home.path);
      directories.set(directory, homes);
    }
  }
  const found: Sibling[] = [];
  for (const [directory, homes] of directories) {
    // What is not there, or may not be looked at, has no files for us.
    for (const name of await readdir(directory).catch(() => [])) {
      const path = join(directory, name);
      const originals = [...byName.originalsOf(path)].filter(
        (record) => isBeside(directory, record) && isOfLog(path, record),
      );
      if (homes.has(path) || originals.length > 0) found.push({ path, originals });
    }
  }
  return found;
}

function isBeside(directory: string, { path, home }: FileRecord): boolean {
  return dirname(path) === directory || dirname(home.path) === directory;
}
