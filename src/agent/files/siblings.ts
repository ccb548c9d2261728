import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isOfLog } from './matching.ts';
import type { FileRecord } from './record.ts';

/** Files of one directory that are looked for. */
interface Looked {
  readonly homes: Set<string>;
  /** By the paths under which they were found. */
  readonly logs: Map<string, FileRecord>;
}

/** The paths of files that may be what was rotated away from those of these records: by their names, beside them. */
export async function siblingsOf(records: Iterable<FileRecord>): Promise<ReadonlySet<string>> {
  const byDirectory = new Map<string, Looked>();
  for (const record of records) {
    for (const directory of new Set([dirname(record.path), dirname(record.home.path)])) {
      const looked = byDirectory.get(directory) ?? { homes: new Set(), logs: new Map() };
      looked.homes.add(record.home.path);
      looked.logs.set(record.path, record);
      byDirectory.set(directory, looked);
    }
  }
  const found = new Set<string>();
  for (const [directory, { homes, logs }] of byDirectory) {
    // What is not there, or may not be looked at, has no files for us.
    const names = await readdir(directory).catch(() => []);
    const originals = [...logs.values()];
    for (const name of names) {
      const path = join(directory, name);
      if (homes.has(path) || originals.some((record) => isOfLog(path, record))) found.add(path);
    }
  }
  return found;
}
