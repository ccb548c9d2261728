import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, matchesGlob, resolve, sep } from 'node:path';
import { isAbsent, whyOf } from './faults.ts';

/** Files that were found, and directories in which new ones would be. */
export interface FoundPaths {
  readonly paths: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
  /** What could not be looked at, for a person. */
  readonly problems: readonly string[];
  /** Its paths: what was there before, or below, may be there still. */
  readonly unknown: ReadonlySet<string>;
}

const MAGIC = /[*?[\]{}]|!\(/;
const MAX_DEPTH = 64;

interface Finding {
  readonly paths: Set<string>;
  readonly directories: Set<string>;
  readonly problems: string[];
  readonly unknown: Set<string>;
}

function isPattern(path: string): boolean {
  return MAGIC.test(path);
}

/**
 * The files that paths, patterns (`*`, `?`, `[…]`, `{…}`, `!(…)`, and `**` for any number of directories) and directories
 * (the files in them, not those below) name at the moment. Names that begin with a dot only if they are named with it.
 */
export async function findPaths(inputs: readonly string[]): Promise<FoundPaths> {
  const found: Finding = { paths: new Set(), directories: new Set(), problems: [], unknown: new Set() };
  for (const input of inputs) await find(resolve(input), found);
  return found;
}

/** Whether these paths, patterns and directories name a file of this path, if there is one. */
export function namesPath(inputs: readonly string[], path: string): boolean {
  return inputs.some((input) => {
    const named = resolve(input);
    if (named === path) return true;
    if (isPattern(named)) return matchesGlob(path, named);
    return dirname(path) === named && !basename(path).startsWith('.');
  });
}

async function find(path: string, found: Finding): Promise<void> {
  const kind = await kindOf(path, found);
  if (kind === 'directory') return list(path, ['*'], found);
  if (kind === 'other')
    found.problems.push(`${path}: it is no file: what comes out of it can be piped to the input -`);
  if (kind === 'file') found.paths.add(path);
  if (kind !== undefined) {
    found.directories.add(dirname(path));
    return;
  }
  const segments = path.split(sep);
  const first = segments.findIndex(isPattern);
  if (first === -1) return waitFor(path, found);
  await list(segments.slice(0, first).join(sep) || sep, segments.slice(first), found);
}

/** What is not there yet comes to be in its directory, or in the one in which that is made first. */
async function waitFor(path: string, found: Finding): Promise<void> {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if (directory !== dirname(directory) && (await kindOf(directory, found)) !== 'directory') continue;
    found.directories.add(directory);
    return;
  }
}

type Kind = 'file' | 'directory' | 'other';

async function kindOf(path: string, found: Finding): Promise<Kind | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return 'file';
    return stats.isDirectory() ? 'directory' : 'other';
  } catch (error) {
    doNotKnow(path, error, found);
    return undefined;
  }
}

function doNotKnow(path: string, error: unknown, found: Finding): void {
  if (isAbsent(error)) return;
  found.problems.push(`${path}: ${whyOf(error)}`);
  found.unknown.add(path);
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
  if (!isPattern(segment)) return go(join(directory, segment), rest, found, depth);
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

/** On by a segment that is no pattern. */
async function go(path: string, rest: readonly string[], found: Finding, depth: number): Promise<void> {
  const kind = await kindOf(path, found);
  if (kind === 'directory') {
    if (rest.length > 0) await list(path, rest, found, depth + 1);
    return;
  }
  await waitFor(path, found);
  if (kind === 'file' && rest.length === 0) found.paths.add(path);
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
    if (isAbsent(error)) await waitFor(directory, found);
    else doNotKnow(directory, error, found);
    return [];
  }
}
