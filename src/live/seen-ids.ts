/** So many of the newest ids are known at least. */
const RECENT_IDS = 100_000;
/** So many are known at most while something is being filled. */
const MAX_HELD_IDS = 1_000_000;

/**
 * The ids of entries that were shown. The oldest are forgotten, half at a time, but not while they are held, as long as
 * these are not too many: what is filled then would be shown again.
 */
export class SeenIds {
  readonly #recent: number;
  readonly #maxHeld: number;
  #newer = new Set<string>();
  #older = new Set<string>();
  #isHeld = false;
  /** Some were forgotten although they were held. */
  #isOverfull = false;

  constructor({ recent = RECENT_IDS, maxHeld = MAX_HELD_IDS } = {}) {
    this.#recent = recent;
    this.#maxHeld = maxHeld;
  }

  /** Whether the id is new. */
  add(id: string): boolean {
    if (this.#newer.has(id) || this.#older.has(id)) return false;
    this.#newer.add(id);
    if (this.#isHeld && this.isFull) this.#isOverfull = true;
    if (!this.#isHeld || this.isFull) this.#forget();
    return true;
  }

  /** From now on, or no longer, nothing is forgotten. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) return;
    this.#isOverfull = false;
    this.#forget();
  }

  /** Whether more is held than can be: nothing can be filled any more without showing it twice. */
  get isFull(): boolean {
    return this.#isOverfull || this.#newer.size + this.#older.size > this.#maxHeld;
  }

  #forget(): void {
    if (this.#newer.size < this.#recent) return;
    this.#older = this.#newer;
    this.#newer = new Set();
  }
}
