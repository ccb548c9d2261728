import { createWriteStream, lstatSync } from 'node:fs';
import { access, constants, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LmsError } from '../../errors/catalogue.ts';

type Text = AsyncIterable<string> | Iterable<string>;

/**
 * Looks at the start whether these paths can be written at the end; undefined and `-` always can. Throws
 * OUTPUT with the first that can't.
 */
export async function requireWritable(...paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    if (path === undefined || path === '-') continue;
    try {
      await access(isReplaced(path) ? dirname(path) : path, constants.W_OK);
    } catch (error) {
      throw outputError(path, error);
    }
  }
}

/**
 * Writes text to a file, or to `stdout` for `-`. A file becomes complete at once, or stays as it was. Throws
 * OUTPUT with the path if it can't be written, or the `LmsError` that the text ended with.
 */
export async function writeText(path: string, text: Text, stdout: Writable): Promise<void> {
  try {
    if (path === '-') await pipeline(text, stdout, { end: false });
    else await writeFile(path, text);
  } catch (error) {
    throw outputError(path, error);
  }
}

/** Writes a value as a JSON file, complete at once. Throws OUTPUT with the path if it can't. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  try {
    await writeFile(path, [`${JSON.stringify(value, null, 2)}\n`]);
  } catch (error) {
    throw outputError(path, error);
  }
}

/**
 * Whether a path is that of a regular file, or of nothing yet. Pipes and devices are written to, and so is
 * what a link leads to.
 */
function isReplaced(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}

async function writeFile(path: string, text: Text): Promise<void> {
  if (!isReplaced(path)) {
    await pipeline(text, createWriteStream(path));
    return;
  }
  const partial = `${path}.partial`;
  const { mode = 0o666 } = lstatSync(path, { throwIfNoEntry: false }) ?? {};
  try {
    const file = await open(partial, 'w', mode);
    // Flushed, so that a power cut cannot leave the name with an empty file.
    await pipeline(text, file.createWriteStream({ flush: true }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function outputError(path: string, error: unknown): LmsError {
  if (error instanceof LmsError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new LmsError('OUTPUT', `cannot write ${path}: ${reason}`, { cause: error });
}
