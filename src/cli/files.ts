import { createWriteStream } from 'node:fs';
import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LmsError } from '../errors/catalogue.ts';

/**
 * Looks at the start whether these paths can be written at the end; undefined and `-` always can. Throws OUTPUT with the first
 * that can't.
 */
export async function requireWritable(...paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    if (path === undefined || path === '-') continue;
    try {
      await access(dirname(path), constants.W_OK);
    } catch (error) {
      throw outputError(path, error);
    }
  }
}

/** Writes text to a file, or to `stdout` for `-`. Throws OUTPUT with the path if it can't. */
export async function writeText(path: string, text: AsyncIterable<string>, stdout: Writable): Promise<void> {
  try {
    if (path === '-') await pipeline(text, stdout, { end: false });
    else await pipeline(text, createWriteStream(path));
  } catch (error) {
    throw outputError(path, error);
  }
}

/** Writes a value as a JSON file. Throws OUTPUT with the path if it can't. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw outputError(path, error);
  }
}

function outputError(path: string, error: unknown): LmsError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LmsError('OUTPUT', `cannot write ${path}: ${reason}`, { cause: error });
}
