import { readdir, stat } from 'node:fs/promises';
import { dirname, join, matchesGlob, resolve, sep } from 'node:path';
import { isAbsent, whyOf } from './faults.ts';

/** Files that were found, and directories in which new ones would be. */
export interface FoundPaths {
  readonly paths: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
  /** What could not be looked at, for a person. */
  readonly problems: readonly string[];
}

const MAGIC = /[*?[\]{}]/;
const MAX_DEPTH = 64;

interface Finding {
  readonly paths: Set<string>;
  readonly directories: Set<string>;
  readonly problems: string[];
}

function isPattern(path: string): boolean {
  return MAGIC.test(path);
}

/**
 * The files that paths, patterns (`*`, `?`, `[…]`, `{…}`, and `**` for any number of directories) and directories (the
 * files in them, not those below) name at the moment. Names that begin with a dot only if they are named with it.
 */
export async function findPaths(inputs: readonly string[]): Promise<FoundPaths> {
  const found: Finding = { paths: new Set(), directories: new Set(), problems: [] };
  for (const input of inputs) await find(resolve(input), found);
  return found;
}

async function find(path: string, found: Finding): Promise<void> {
  const kind = await kindOf(path, found);
  if (kind === 'directory') return list(path, ['*'], found);
  if (kind === 'file') {
    found.paths.add(path);
    found.directories.add(dirname(path));
    return;
  }
  const segments = path.split(sep);
  const first = segments.findIndex(isPattern);
  if (first === -1) {
    found.directories.add(dirname(path));
    return;
  }
  await list(segments.slice(0, first).join(sep) || sep, segments.slice(first), found);
}

async function kindOf(path: string, found: Finding): Promise<'file' | 'directory' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (!isAbsent(error)) found.problems.push(`${path}: ${whyOf(error)}`);
    return undefined;
  }
}

/** What is in a directory by the segments of a pattern, of which the last names files. */
async function list(
  directory: string,
  segments: readonly string[],
  found: Finding,
  depth = 0,
): Promise<void> {
  const [segment = '', ...rest] = segments;
  if (depth > MAX_DEPTH) return;
  if (!isPattern(segment)) {
    if (rest.length > 0) return list(join(directory, segment), rest, found, depth + 1);
    return addFile(join(directory, segment), false, found);
  }
  const entries = await entriesOf(directory, found);
  if (segment === '**') await list(directory, rest.length === 0 ? ['*'] : rest, found, depth + 1);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (segment === '**') {
      if (entry.isDirectory() && !entry.name.startsWith('.')) await list(path, segments, found, depth + 1);
    } else if (!matches(entry.name, segment)) continue;
    else if (rest.length === 0) await addFile(path, entry.isFile(), found);
    else if (entry.isDirectory() || entry.isSymbolicLink()) await list(path, rest, found, depth + 1);
  }
}

function matches(name: string, segment: string): boolean {
  return (segment.startsWith('.') || !name.startsWith('.')) && matchesGlob(name, segment);
}

/** A symbolic link counts as what it leads to. */
async function addFile(path: string, isFile: boolean, found: Finding): Promise<void> {
  if (isFile || (await kindOf(path, found)) === 'file') found.paths.add(path);
}

async function entriesOf(directory: string, found: Finding) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    found.directories.add(directory);
    return entries;
  } catch (error) {
    if (!isAbsent(error)) found.problems.push(`${directory}: ${whyOf(error)}`);
    return [];
  }
}
