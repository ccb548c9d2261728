/** Who has files open, and may have to close some of them. */
export interface FileOpener {
  readonly openFiles: number;
  /** Deleted ones among them. */
  readonly deletedFiles: number;
  /** Asks for some to be closed, soon: others need room. */
  closeSome(count: number): void;
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
   * the limit: who has most is asked to close as many.
   */
  excessOf(opener: FileOpener): number {
    const { files } = this.limits;
    if (this.#sum('openFiles') < files) return 0;
    const share = Math.max(1, Math.floor(files / this.#openers.size));
    // Some at once, as it takes long to find them.
    if (opener.openFiles >= share) return Math.ceil(opener.openFiles / 10);
    let most = opener;
    for (const each of this.#openers) if (each.openFiles > most.openFiles) most = each;
    if (most !== opener) most.closeSome(1);
    return 0;
  }

  /** How many deleted files somebody may hold open. */
  deletedOf(opener: FileOpener): number {
    const { deletedFiles } = this.limits;
    const others = this.#sum('deletedFiles') - opener.deletedFiles;
    return Math.max(Math.floor(deletedFiles / this.#openers.size), deletedFiles - others);
  }

  #sum(name: 'openFiles' | 'deletedFiles'): number {
    let sum = 0;
    for (const opener of this.#openers) sum += opener[name];
    return sum;
  }
}
