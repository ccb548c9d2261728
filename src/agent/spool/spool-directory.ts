import { hash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../files/faults.ts';
import { segmentNumber } from './segment.ts';

/** In the directory of a spool: what its input was called. */
const NAME_FILE = 'input';
/** No input has a longer name. */
const MAX_NAME = 4_096;

/** What an input has left that is not named any more, or has no spool any more. */
export interface OrphanedSpool {
  readonly directory: string;
  /** What its input was called; undefined: nobody wrote it down. */
  readonly input: string | undefined;
  readonly bytes: number;
}

/** The directory of the spool of an input, below that of the state: by its name, as it was written. */
export function spoolDirectory(stateDirectory: string, name: string): string {
  const readable = name.replace(/[^\w.-]+/g, '_').slice(0, 60);
  return join(stateDirectory, 'spool', `${readable}-${hash('sha256', name).slice(0, 12)}`);
}

/** Writes down, in the directory of a spool, what its input is called. Where it cannot, nothing else needs it. */
export async function writeSpoolName(directory: string, name: string): Promise<void> {
  await writeFile(join(directory, NAME_FILE), `${name}\n`, { mode: 0o600 }).catch(() => undefined);
}

/** The spools that have something in them and are none of these directories. */
export async function orphanedSpools(
  stateDirectory: string,
  inUse: ReadonlySet<string>,
): Promise<OrphanedSpool[]> {
  const orphans: OrphanedSpool[] = [];
  const parent = join(stateDirectory, 'spool');
  for (const name of await namesIn(parent)) {
    const directory = join(parent, name);
    if (inUse.has(directory)) continue;
    const bytes = await bytesIn(directory);
    if (bytes > 0) orphans.push({ directory, input: await nameOf(directory), bytes });
  }
  return orphans;
}

async function bytesIn(directory: string): Promise<number> {
  let sum = 0;
  for (const name of await namesIn(directory)) {
    if (segmentNumber(name) === undefined) continue;
    sum += await stat(join(directory, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return sum;
}

async function nameOf(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, NAME_FILE), 'utf8').catch(() => '');
  const [name = ''] = text.slice(0, MAX_NAME).split('\n', 1);
  return name === '' ? undefined : name;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).toSorted();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
