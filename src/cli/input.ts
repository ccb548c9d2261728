import { fstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { LmsError } from '../errors/catalogue.ts';
import type { Context } from './context.ts';

/** A stream of bytes that a person named. */
export interface Input {
  /**
   * Its bytes, in chunks. Ends by throwing when `stop` is aborted, or INPUT with the name if it cannot be
   * read.
   */
  readonly chunks: (stop: AbortSignal) => AsyncIterable<Uint8Array>;
  /** The part that was read, 0 to 1; undefined for a stream whose length is not known. */
  readonly share: () => number | undefined;
}

/** Some thousand lines at once, so that requests are full. */
const CHUNK_BYTES = 1024 ** 2;

/** Opens a file, or standard input for `-`. Rejects with INPUT and the path if it can't. */
export async function openInput(path: string, { stdin }: Pick<Context, 'stdin'>): Promise<Input> {
  if (path === '-') {
    requireReadable(stdin);
    return { chunks: (stop) => chunksOf(stdin, 'standard input', stop), share: () => undefined };
  }
  try {
    const file = await open(path);
    const { size } = await file.stat();
    const stream = file.createReadStream({ highWaterMark: CHUNK_BYTES });
    return {
      chunks: (stop) => chunksOf(stream, path, stop),
      share: () => (size > 0 ? Math.min(1, stream.bytesRead / size) : undefined),
    };
  } catch (error) {
    throw inputError(path, error);
  }
}

/**
 * Whether standard input is a pipe or a file that someone put there: not a terminal, and not the null device
 * that services and scheduled jobs have.
 */
export function isPiped(stdin: Context['stdin']): boolean {
  if (!('fd' in stdin) || typeof stdin.fd !== 'number') return false;
  const state = fstatSync(stdin.fd);
  return state.isFIFO() || state.isFile() || state.isSocket();
}

/** Throws INPUT if standard input is what nothing can be read from: Node makes a standard input of it that is empty. */
export function requireReadable(stdin: Context['stdin']): void {
  if (!('fd' in stdin) || typeof stdin.fd !== 'number') return;
  const state = fstatSync(stdin.fd);
  const kind = state.isDirectory() ? 'a directory' : state.isBlockDevice() ? 'a block device' : undefined;
  if (kind !== undefined) throw inputError('standard input', `it is ${kind}`);
}

async function* chunksOf(stream: Readable, name: string, stop: AbortSignal): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterable<Uint8Array> = addAbortSignal(stop, stream);
  try {
    yield* chunks;
  } catch (error) {
    throw stop.aborted ? error : inputError(name, error);
  }
}

function inputError(name: string, error: unknown): LmsError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LmsError('INPUT', `cannot read ${name}: ${reason}`, { cause: error });
}
