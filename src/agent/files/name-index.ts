import { basename } from 'node:path';

/**
 * Finds what belongs to a path by its name: of thousands of files, the few that may have been rotated to there, or
 * from there. Whether they were is for `isOfLog` and `isRotatedName`, of which this leaves out none.
 */
export class NameIndex<T> {
  readonly #byStem = new Map<string, Set<T>>();

  add(path: string, item: T): void {
    const stem = stemOf(path);
    const items = this.#byStem.get(stem) ?? new Set();
    items.add(item);
    this.#byStem.set(stem, items);
  }

  remove(path: string, item: T): void {
    const stem = stemOf(path);
    const items = this.#byStem.get(stem);
    items?.delete(item);
    if (items?.size === 0) this.#byStem.delete(stem);
  }

  /** Whose rotated files may have the name of this path. */
  originalsOf(path: string): ReadonlySet<T> {
    const name = basename(path);
    const found = new Set<T>();
    for (let length = 0; length <= name.length; length += 1)
      for (const item of this.#byStem.get(name.slice(0, length)) ?? []) found.add(item);
    return found;
  }
}

/** The part of a name with which all names begin that its file may be rotated to. */
function stemOf(path: string): string {
  const name = basename(path)
    .replace(/\.gz$/, '')
    .replace(/\.\d{1,4}$/, '');
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}
