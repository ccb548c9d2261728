/** Who has files open, and may have to close some of them. */
export interface FileOpener {
  readonly openFiles: number;
  /** Deleted ones among them. */
  readonly deletedFiles: number;
}

/** How much the inputs of an agent hold open, all together. */
export interface OpenFilesLimits {
  readonly files: number;
  /** Deleted ones among them: their space on the disk is not free before they are closed. */
  readonly deletedFiles: number;
}

/**
 * The open files of all inputs of an agent. One may have all that nobody else needs, and each has its share as soon as
 * it needs it.
 */
export class OpenFiles {
  readonly limits: OpenFilesLimits;
  readonly #openers = new Set<FileOpener>();

  constructor(limits: OpenFilesLimits) {
    this.limits = limits;
  }

  join(opener: FileOpener): void {
    this.#openers.add(opener);
  }

  leave(opener: FileOpener): void {
    this.#openers.delete(opener);
  }

  /**
   * How many of its files somebody must close before it opens another one. Who has less than its share may go beyond
   * the limit: the others close as many when they look next.
   */
  excessOf(opener: FileOpener): number {
    if (this.#sum('openFiles') < this.limits.files || opener.openFiles < this.#share) return 0;
    // Some at once, as it takes long to find them.
    return Math.ceil(opener.openFiles / 10);
  }

  /** How many somebody has beyond its share that others need. */
  overflowOf(opener: FileOpener): number {
    const beyond = this.#sum('openFiles') - this.limits.files;
    return Math.max(0, Math.min(beyond, opener.openFiles - this.#share));
  }

  /** How many deleted files somebody may hold open. */
  deletedOf(opener: FileOpener): number {
    const { deletedFiles } = this.limits;
    const others = this.#sum('deletedFiles') - opener.deletedFiles;
    return Math.max(Math.floor(deletedFiles / this.#openers.size), deletedFiles - others);
  }

  get #share(): number {
    return Math.max(1, Math.floor(this.limits.files / this.#openers.size));
  }

  #sum(name: 'openFiles' | 'deletedFiles'): number {
    let sum = 0;
    for (const opener of this.#openers) sum += opener[name];
    return sum;
  }
}
