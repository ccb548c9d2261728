import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './faults.ts';

/** Of the user alone: what is in logs may be secret. */
const MODE = 0o700;

/**
 * Makes a directory, and those above it, unless it is there. Rejects as `mkdir` does. Node's own way to do so, by
 * `recursive`, never ends where a file system says of what it is told to make that it is not there, as /proc does.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: MODE });
  } catch (error) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error;
  }
}
