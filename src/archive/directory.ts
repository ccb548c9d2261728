import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LmsError } from '../errors/catalogue.ts';
import { damaged } from './manifest.ts';
import type { Place, PlacedFile, WriteOptions } from './place.ts';

/** What a file is called until all of it is stored. */
const PARTIAL = /^\..*\.partial$/;
const READ_BYTES = 256 * 1024;
/** Of a file system that knows no second name for a file. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'no file may be so large',
  EACCES: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is no directory',
  EIO: 'the disk cannot be read or written',
};

/** A directory as a place of an archive. It is made when something is written. */
export class Directory implements Place {
  readonly text: string;

  constructor(path: string) {
    this.text = path;
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly PlacedFile[]> {
    const [folder, rest] = splitPrefix(prefix);
    const files: PlacedFile[] = [];
    await this.#collect(folder, rest, files, signal);
    return files.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async *read(name: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* createReadStream(this.#path(name), {
        highWaterMark: READ_BYTES,
        signal,
      }) as AsyncIterable<Buffer>;
    } catch (error) {
      signal?.throwIfAborted();
      throw codeOf(error) === 'ENOENT'
        ? damaged(name, 'it is not there', error)
        : this.#error('read', name, error);
    }
  }

  async write(
    name: string,
    content: AsyncIterable<Uint8Array>,
    { replace = false, signal }: WriteOptions = {},
  ): Promise<boolean> {
    const path = this.#path(name);
    const partial = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.partial`);
    const source = failureKept(content);
    try {
      await this.#makeFolder(dirname(path));
      await fill(partial, source.content, signal);
      const isOurs = replace ? await rename(partial, path).then(() => true) : await isPlaced(partial, path);
      await syncFolder(dirname(path));
      return isOurs;
    } catch (error) {
      signal?.throwIfAborted();
      const failure = source.failure();
      throw failure instanceof Error ? failure : this.#error('write', name, error);
    } finally {
      await rm(partial, { force: true }).catch(() => undefined);
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true }).catch((error: unknown) => {
      throw this.#error('remove', name, error);
    });
  }

  async removeLeftovers(prefix: string): Promise<void> {
    const [folder, rest] = splitPrefix(prefix);
    for (const name of await this.#namesIn(folder)) {
      if (PARTIAL.test(name) && name.startsWith(`.${rest}`)) await this.remove(folder + name);
    }
  }

  /** Adds the files of a folder and of those in it; `folder` ends with a slash, or is empty. */
  async #collect(folder: string, start: string, files: PlacedFile[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    for (const name of await this.#namesIn(folder)) {
      if (!name.startsWith(start) || PARTIAL.test(name)) continue;
      const found = await stat(this.#path(folder + name)).catch(() => undefined);
      if (found?.isDirectory()) await this.#collect(`${folder}${name}/`, '', files, signal);
      else if (found?.isFile()) files.push({ name: folder + name, bytes: found.size });
    }
  }

  /** Of a folder that is not there: none. */
  async #namesIn(folder: string): Promise<readonly string[]> {
    try {
      return await readdir(this.#path(folder));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw this.#error('read', folder, error);
    }
  }

  /**
   * Each new folder is durable in the one above it. One after the other: Node's own way of making all of them never
   * ends where a file system says of a folder in one that is there that there is no such file, as `/proc` does.
   */
  async #makeFolder(path: string): Promise<void> {
    try {
      if (!(await isMade(path))) return;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
      await this.#makeFolder(dirname(path));
      await isMade(path);
    }
    await syncFolder(dirname(path));
  }

  #path(name: string): string {
    return join(this.text, name);
  }

  #error(doing: string, name: string, error: unknown): LmsError {
    if (error instanceof LmsError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    const why = WHY[codeOf(error)];
    const text = `cannot ${doing} ${this.#path(name)}: ${why === undefined ? reason : `${why} (${reason})`}`;
    return new LmsError('ARCHIVE_PLACE', text, { cause: error });
  }
}

function splitPrefix(prefix: string): [folder: string, rest: string] {
  const at = prefix.lastIndexOf('/') + 1;
  return [prefix.slice(0, at), prefix.slice(at)];
}

/** Flushed, so that a power cut cannot leave a name with less than all of it. */
async function fill(path: string, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
  const file = await open(path, 'wx');
  await pipeline(content, file.createWriteStream({ flush: true }), { signal });
}

/** Gives a file its name, if no other has it. */
async function isPlaced(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
  }
  // Then two at once could not tell; a lease has them not.
  if ((await stat(path).catch(() => undefined)) !== undefined) return false;
  await rename(partial, path);
  return true;
}

/** Makes a folder in one that is there; resolves to false if something of the name is there already. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Some file systems have nothing to flush there.
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    await folder.close();
  }
}

/** Tells what the content threw from what went wrong with the file. */
function failureKept(content: AsyncIterable<Uint8Array>): {
  readonly content: AsyncIterable<Uint8Array>;
  readonly failure: () => unknown;
} {
  let failure: unknown;
  async function* kept(): AsyncGenerator<Uint8Array> {
    try {
      yield* content;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { content: kept(), failure: () => failure };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
