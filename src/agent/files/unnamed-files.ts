import type { FollowedFile } from './followed-file.ts';
import type { FollowedFiles } from './followed-files.ts';
import type { Now } from './now.ts';
import type { OpenFiles } from './open-files.ts';
import type { FileTiming } from './timing.ts';

/** A file that is no longer read, because nobody writes to it, its bytes are to be looked for, or it was held too long. */
export interface Ending {
  readonly file: FollowedFile;
  readonly why: 'read' | 'elsewhere' | 'held';
}

/** Files to which no path leads that the input is to read: rotated away, or deleted. */
export class UnnamedFiles {
  readonly #files: FollowedFiles;
  readonly #open: OpenFiles;
  readonly #timing: FileTiming;

  constructor(
    files: FollowedFiles,
    { open, timing }: { readonly open: OpenFiles; readonly timing: FileTiming },
  ) {
    this.#files = files;
    this.#open = open;
    this.#timing = timing;
  }

  /** Looks at those whose time it is, and says which of them end. */
  async look(now: Now): Promise<readonly Ending[]> {
    const endings: Ending[] = [];
    const deleted: FollowedFile[] = [];
    for (const file of this.#files.all) {
      if (file.names.size > 0) continue;
      if (file.lookAtMs <= now.ms) await this.#lookAt(file, now);
      const why = this.#endOf(file, now);
      if (why !== undefined) endings.push({ file, why });
      else if (file.deletedAtMs !== undefined) deleted.push(file);
    }
    deleted.sort((one, other) => (other.deletedAtMs ?? 0) - (one.deletedAtMs ?? 0));
    for (const file of deleted.splice(this.#open.deletedOf(this.#files))) endings.push({ file, why: 'held' });
    this.#files.deletedFiles = deleted.length;
    return endings;
  }

  async #lookAt(file: FollowedFile, now: Now): Promise<void> {
    file.lookAtMs = now.ms + this.#timing.lookMs;
    const { source } = file;
    if (source === undefined) return;
    try {
      const seen = await source.look();
      if (file.isOtherThan(seen)) file.isAtEnd = false;
      if (seen.isDeleted) file.deletedAtMs ??= now.ms;
    } catch {
      // A server of network files that forgot it: it is looked for by its bytes.
      await file.rest();
    }
  }

  #endOf(file: FollowedFile, now: Now): Ending['why'] | undefined {
    const { flushMs, restMs, deletedMs } = this.#timing;
    const { deletedAtMs, isAtEnd, reading, isParked } = file;
    if (file.source === undefined && !isParked) return 'elsewhere';
    const idleMs = now.ms - file.grewAtMs;
    if (isAtEnd && !reading.isPending && reading.isConfirmed) {
      if (idleMs >= (deletedAtMs === undefined && !isParked ? restMs : flushMs)) return 'read';
    }
    return deletedAtMs !== undefined && now.ms - deletedAtMs >= deletedMs ? 'held' : undefined;
  }
}
