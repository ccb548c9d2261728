import type { FollowedFile } from './followed-file.ts';
import { NameIndex } from './name-index.ts';
import type { FileOpener, OpenFiles } from './open-files.ts';
import type { FileRecord } from './record.ts';

/** The files that an input reads. */
export class FollowedFiles implements FileOpener {
  readonly #open: OpenFiles;
  readonly #byId = new Map<string, FollowedFile>();
  readonly #byKey = new Map<string, FollowedFile>();
  /** By where they were found, and where that led to. */
  readonly #byName = new NameIndex<FollowedFile>();
  readonly #homes = new Map<FollowedFile, string>();
  #isCrowded = false;
  /** Deleted files that are held open. */
  deletedFiles = 0;

  constructor(open: OpenFiles) {
    this.#open = open;
    open.join(this);
  }

  get all(): readonly FollowedFile[] {
    return [...this.#byId.values()];
  }

  get size(): number {
    return this.#byId.size;
  }

  get openFiles(): number {
    let count = 0;
    for (const { source } of this.#byId.values()) if (source !== undefined) count += 1;
    return count;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  at(key: string | undefined): FollowedFile | undefined {
    return key === undefined ? undefined : this.#byKey.get(key);
  }

  /** Whether what was found at a record's path is still there, and not rotated away. */
  isAtItsPath({ id, path }: FileRecord): boolean {
    return this.#byId.get(id)?.names.has(path) === true;
  }

  /** Those from which what is at this path may have been rotated away, by its name. */
  originalsOf(path: string): ReadonlySet<FollowedFile> {
    return this.#byName.originalsOf(path);
  }

  add(file: FollowedFile): void {
    const { id, path, home } = file.record;
    this.#byId.set(id, file);
    this.#byKey.set(file.key, file);
    this.#byName.add(path, file);
    this.#byName.add(home.path, file);
    this.#homes.set(file, home.path);
  }

  /** Reads it no more. */
  async drop(file: FollowedFile): Promise<void> {
    this.#byId.delete(file.record.id);
    this.#byName.remove(file.record.path, file);
    this.#byName.remove(this.#homes.get(file) ?? '', file);
    this.#homes.delete(file);
    if (this.#byKey.get(file.key) === file) this.#byKey.delete(file.key);
    file.names.clear();
    await file.rest();
  }

  /** Whether there were more files to be open than may be. */
  get isCrowded(): boolean {
    return this.#isCrowded;
  }

  /** Makes room for one more open file: closes those that need it least. */
  async makeRoom(isUrgent = false): Promise<void> {
    const excess = this.#open.excessOf(this);
    if (excess === 0 && !isUrgent) return;
    this.#isCrowded = true;
    await this.#close(Math.max(1, excess));
  }

  /** Closes what others need. */
  async makeRoomForOthers(): Promise<void> {
    const count = this.#open.overflowOf(this);
    if (count > 0) await this.#close(count);
  }

  /** Files that are deleted cannot be opened again. Of those that no path leads to it is most often known where they are. */
  async #close(count: number): Promise<void> {
    const closable = this.all.filter(
      ({ source, names, deletedAtMs }) =>
        source !== undefined && (names.size > 0 || deletedAtMs === undefined),
    );
    closable.sort(
      (one, other) =>
        Number(other.isAtEnd) - Number(one.isAtEnd) ||
        Number(other.names.size > 0) - Number(one.names.size > 0) ||
        one.grewAtMs - other.grewAtMs,
    );
    for (const file of closable.slice(0, count)) await file.park();
  }

  /** Closes all, and needs no room any more. */
  async close(): Promise<void> {
    this.#open.leave(this);
    for (const file of this.#byId.values()) await file.rest();
  }
}
