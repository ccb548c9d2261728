/**
 * Which element shows which line: an element whose line has gone out of sight shows another one, for to make
 * elements anew is what costs most where lines come by the thousand. What stays in sight stays where it was.
 */
export class Slots {
  #of = new Map<string, number>();
  #next = 0;

  /** The numbers of the elements for lines; no other line gets that of `kept`, even if that is gone. */
  assign(ids: readonly string[], kept: string | undefined): readonly number[] {
    const wanted = new Set(ids);
    const free: number[] = [];
    for (const [id, slot] of this.#of) if (!wanted.has(id) && id !== kept) free.push(slot);
    const before = this.#of;
    this.#of = new Map();
    for (const id of ids) this.#of.set(id, before.get(id) ?? -1);
    return ids.map((id) => {
      const known = this.#of.get(id) ?? -1;
      const slot = known >= 0 ? known : (free.pop() ?? this.#next++);
      this.#of.set(id, slot);
      return slot;
    });
  }
}
