import type { FollowedFile } from './followed-file.ts';
import type { FileRecord } from './record.ts';
import type { FileLimits } from './timing.ts';

/** The files that an input reads. */
export class FollowedFiles {
  readonly #limits: FileLimits;
  readonly #byId = new Map<string, FollowedFile>();
  readonly #byKey = new Map<string, FollowedFile>();
  #isCrowded = false;

  constructor(limits: FileLimits) {
    this.#limits = limits;
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

  add(file: FollowedFile): void {
    this.#byId.set(file.record.id, file);
    this.#byKey.set(file.key, file);
  }

  /** Reads it no more. */
  async drop(file: FollowedFile): Promise<void> {
    this.#byId.delete(file.record.id);
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
    if (!isUrgent && this.openFiles < this.#limits.openFiles) return;
    this.#isCrowded = true;
    const closable = this.all.filter(({ source, names }) => source !== undefined && names.size > 0);
    closable.sort(
      (one, other) => Number(other.isAtEnd) - Number(one.isAtEnd) || one.grewAtMs - other.grewAtMs,
    );
    // Some at once, as it takes long to find them.
    const count = Math.max(1, Math.ceil(this.#limits.openFiles / 10));
    for (const file of closable.slice(0, count)) await file.rest();
  }

  async close(): Promise<void> {
    for (const file of this.#byId.values()) await file.rest();
  }
}
