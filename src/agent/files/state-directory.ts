import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LmsError } from '../../errors/catalogue.ts';
import { codeOf, isAbsent, whyOf } from './faults.ts';
import { makeDirectory } from './make-directory.ts';
import { StateLock } from './state-lock.ts';

/** Where the text of a state is kept. */
export interface StateStorage {
  /** Undefined if there is none yet. */
  read(): Promise<string | undefined>;
  /**
   * Resolves once the text outlives a crash; until then it is as it was before. Rejects with an `LmsError` if another
   * process writes there: then nothing of ours may be written any more. Called one at a time.
   */
  write(text: string): Promise<void>;
  close(): void;
}

const FILE = 'files.json';
/** What a process is writing: of its own name, as another may have taken the directory meanwhile. */
const PARTIAL = /^files[.]json[.][0-9a-f]+[.]partial$/;
/** A file that is larger is none of ours. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Of the user alone: what is in logs may be secret, and so may hashes of it. */
const MODE = 0o600;

/** A directory that keeps a state, for one process at a time. */
export class StateDirectory implements StateStorage {
  readonly #directory: string;
  readonly #lock: StateLock;
  readonly #partial = `${FILE}.${randomBytes(6).toString('hex')}.partial`;

  private constructor(directory: string, lock: StateLock) {
    this.#directory = directory;
    this.#lock = lock;
  }

  /** Makes the directory if there is none. Rejects with an `LmsError` if another process has it, or none may write. */
  static async open(path: string): Promise<StateDirectory> {
    const directory = resolve(path);
    try {
      await makeDirectory(directory);
      const lock = await StateLock.take(directory);
      for (const name of await readdir(directory))
        if (PARTIAL.test(name)) await rm(join(directory, name), { force: true });
      return new StateDirectory(directory, lock);
    } catch (error) {
      if (error instanceof LmsError) throw error;
      throw new LmsError('STATE', `The state directory ${directory} cannot be used: ${whyOf(error)}.`, {
        cause: error,
      });
    }
  }

  async read(): Promise<string | undefined> {
    const path = join(this.#directory, FILE);
    try {
      const { size } = await stat(path);
      return size > MAX_BYTES ? '' : await readFile(path, 'utf8');
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw new LmsError('STATE', `${path} cannot be read: ${whyOf(error)}.`, { cause: error });
    }
  }

  async write(text: string): Promise<void> {
    if (!(await this.#lock.isHeld()))
      throw new LmsError('STATE', `Another agent has taken the state directory ${this.#directory}.`);
    const partial = join(this.#directory, this.#partial);
    const file = await open(partial, 'w', MODE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, join(this.#directory, FILE));
    await this.#syncFolder();
  }

  close(): void {
    this.#lock.release();
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#directory, 'r');
    try {
      await folder.sync();
    } catch (error) {
      // Some file systems have nothing to flush there.
      if (codeOf(error) !== 'EINVAL') throw error;
    } finally {
      await folder.close();
    }
  }
}
