/** Tells whether an input is to read what is at a path. */
export type Names = (path: string) => boolean;

/** Which input of an agent has which file: each is read by one of them. */
export class Claims {
  /** Files by device and inode, and records by id: the inputs that have them. */
  readonly #owners = new Map<string, string>();
  /** In the order in which they were named. */
  readonly #inputs = new Map<string, Names>();

  /** An input that comes behind those that are there. */
  join(input: string, names: Names): void {
    this.#inputs.set(input, names);
  }

  /** Whether an input that comes before this one is to read what is at this path. */
  isForAnother(path: string, input: string): boolean {
    for (const [name, names] of this.#inputs) {
      if (name === input) return false;
      if (names(path)) return true;
    }
    return false;
  }

  /** Whether nobody else reads the file of this key, or has the record of this id. */
  isFree(key: string, input: string): boolean {
    return (this.#owners.get(key) ?? input) === input;
  }

  /** Whether it is the input's from now on. */
  claim(key: string, input: string): boolean {
    if (!this.isFree(key, input)) return false;
    this.#owners.set(key, input);
    return true;
  }

  unclaim(key: string): void {
    this.#owners.delete(key);
  }
}
