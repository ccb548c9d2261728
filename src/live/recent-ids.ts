/** Ids of the latest, in two halves: the older one is forgotten at once when the younger one is full. */
export class RecentIds {
  readonly #half: number;
  #young = new Set<string>();
  #old = new Set<string>();

  /** Knows at least the last `half` ids, and at most twice as many. */
  constructor(half: number) {
    this.#half = half;
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }

  /** Whether it is new. */
  add(id: string): boolean {
    if (this.has(id)) return false;
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
    return true;
  }
}
