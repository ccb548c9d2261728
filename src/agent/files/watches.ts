import { type FSWatcher, watch } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { codeOf, whyOf } from './faults.ts';

/** Something happened in a directory. */
export interface Hint {
  readonly directory: string;
  /** Of the file to which it happened, if that is known. */
  readonly name: string | undefined;
  /** Whether the name was made, moved or removed; else the file was written to. */
  readonly isOfName: boolean;
}

export type OnHint = (hint: Hint) => void;

/** File systems that others write to, of which this machine is not told, by their magic numbers (`man statfs`). */
const REMOTE: ReadonlySet<number> = new Set([
  ...[0x6969, 0x517b, 0xff534d42, 0xfe534d42], // NFS, SMB
  ...[0x5346414f, 0x6b414653, 0x73757245, 0x564c], // AFS (two), Coda, NCP
  ...[0x01021997, 0x65735546, 0x786f4256], // 9P, FUSE, folders of VirtualBox
  ...[0x00c36400, 0x0bd00bd0, 0x01161970, 0x7461636f, 0x19830326, 0x47504653], // Ceph, Lustre, GFS2, OCFS2, BeeGFS, GPFS
]);
const TOO_MANY: ReadonlySet<string> = new Set(['ENOSPC', 'EMFILE']);
const MAX_WATCHES = 1_000;

/** Another directory of the same name is watched anew. */
interface Watched {
  readonly watcher: FSWatcher | undefined;
  /** Its inode, which the next one may have, too, and when it was made. */
  readonly identity: string;
}

/** Watches directories, as far as the system lets us. It is a hint only: everything is looked at in any case. */
export class Watches {
  readonly #onHint: OnHint;
  readonly #begin: typeof watch;
  readonly #watchers = new Map<string, Watched>();
  #problem: string | undefined;

  /** `begin`: what the system does. */
  constructor(onHint: OnHint, begin = watch) {
    this.#onHint = onHint;
    this.#begin = begin;
  }

  /** Why not all is watched, for a person; undefined if it is. What is not watched is seen some seconds later. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** How many directories are watched. */
  get count(): number {
    let count = 0;
    for (const { watcher } of this.#watchers.values()) if (watcher !== undefined) count += 1;
    return count;
  }

  /** Watches these, and no others. Whether some are watched only now: what happened there before was not told. */
  async keep(directories: ReadonlySet<string>): Promise<boolean> {
    const before = new Set(this.#watchers.values());
    await this.#forgetOthers(directories);
    await this.#watchAll(directories);
    return [...this.#watchers.values()].some((watched) => !before.has(watched));
  }

  async #forgetOthers(directories: ReadonlySet<string>): Promise<void> {
    for (const [directory, { watcher, identity }] of this.#watchers) {
      if (directories.has(directory) && (await identityOf(directory)) === identity) continue;
      watcher?.close();
      this.#watchers.delete(directory);
    }
  }

  async #watchAll(directories: ReadonlySet<string>): Promise<void> {
    for (const directory of directories) {
      if (this.#watchers.has(directory)) continue;
      if (this.#watchers.size >= MAX_WATCHES) {
        this.#problem = `More than ${MAX_WATCHES} directories are too many to be watched: the others are looked at every few seconds.`;
        return;
      }
      const identity = await identityOf(directory);
      if (identity === undefined) continue;
      const watcher = (await isRemote(directory)) ? undefined : this.#watch(directory);
      this.#watchers.set(directory, { watcher, identity });
    }
  }

  close(): void {
    for (const { watcher } of this.#watchers.values()) watcher?.close();
    this.#watchers.clear();
  }

  #watch(directory: string): FSWatcher | undefined {
    try {
      const watcher = this.#begin(directory, { persistent: false }, (event, name) => {
        this.#onHint({ directory, name: name ?? undefined, isOfName: event === 'rename' });
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(directory);
      });
      return watcher;
    } catch (error) {
      if (TOO_MANY.has(codeOf(error)))
        this.#problem =
          'The system has no more watches for us (fs.inotify.max_user_watches, max_user_instances): ' +
          'what is not watched is looked at every few seconds.';
      else this.#problem = `${directory} cannot be watched: ${whyOf(error)}.`;
      return undefined;
    }
  }
}

async function identityOf(directory: string): Promise<string | undefined> {
  return stat(directory).then(
    ({ ino, birthtimeMs }) => `${ino} ${birthtimeMs}`,
    () => undefined,
  );
}

async function isRemote(directory: string): Promise<boolean> {
  return statfs(directory).then(
    ({ type }) => REMOTE.has(type),
    () => false,
  );
}
