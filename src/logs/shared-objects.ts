type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Objects that many records of a message have as a member. What each record would do with them again is done
 * once: their depth and their names were looked at, and what is left of one without some members is kept.
 */
export class SharedObjects {
  /** What is left of each, by the names of the members that it is without. */
  readonly #left = new Map<unknown, Map<string, JsonObject>>();

  add(object: JsonObject): void {
    this.#left.set(object, new Map());
  }

  has(value: unknown): boolean {
    return this.#left.has(value);
  }

  /** What `make` leaves of an object that was added; it is shared as well. */
  left(object: JsonObject, names: readonly string[], make: () => JsonObject): JsonObject {
    const known = this.#left.get(object);
    const key = names.join('\n');
    let left = known?.get(key);
    if (left === undefined) {
      left = make();
      known?.set(key, left);
      this.add(left);
    }
    return left;
  }
}
