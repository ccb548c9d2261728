import type { StoredEntry } from '../logs/entry.ts';
import type { EntryKey, Order } from '../query/answers/ports.ts';
import { isBefore, isSameKey } from './part-contents.ts';

/** Characters of entries that are kept, all of a part at least; what an entry takes beside its text. */
const MAX_CHARACTERS = 96 * 1024 ** 2;
const ENTRY_CHARACTERS = 200;

/**
 * Entries that come in any order, of which the first are kept in an order, as many as there is room for: at least
 * one.
 */
export class Collection {
  readonly #order: Order;
  readonly #maxCharacters: number;
  #entries: StoredEntry[] = [];
  #characters = 0;
  #end: EntryKey | undefined;

  constructor(order: Order, maxCharacters = MAX_CHARACTERS) {
    this.#order = order;
    this.#maxCharacters = maxCharacters;
  }

  /** What is behind this key is not kept; undefined if all is. */
  get end(): EntryKey | undefined {
    return this.#end;
  }

  add(entry: StoredEntry): void {
    if (this.#end !== undefined && !this.#isEarlier(entry, this.#end) && !isSameKey(entry, this.#end)) return;
    this.#entries.push({ ...entry, tags: entry.tags === null ? null : copyOf(entry.tags) });
    this.#characters += charactersOf(entry);
    // Half as much again may come, so that it is not sorted for each.
    if (this.#characters > this.#maxCharacters * 1.5) this.#shrink();
  }

  /** Those that are kept, each once. */
  entries(): readonly StoredEntry[] {
    if (this.#characters > this.#maxCharacters) this.#shrink();
    else this.#sort();
    return this.#entries;
  }

  #shrink(): void {
    this.#sort();
    let kept = 0;
    let characters = 0;
    for (const entry of this.#entries) {
      characters += charactersOf(entry);
      if (kept > 0 && characters > this.#maxCharacters) break;
      kept += 1;
    }
    if (kept < this.#entries.length) this.#end = this.#entries[kept - 1];
    this.#entries.length = kept;
    this.#characters = this.#entries.reduce((sum, entry) => sum + charactersOf(entry), 0);
  }

  #sort(): void {
    this.#entries.sort((one, other) =>
      this.#isEarlier(one, other) ? -1 : this.#isEarlier(other, one) ? 1 : 0,
    );
    this.#entries = this.#entries.filter((entry, index) => {
      const before = this.#entries[index - 1];
      return before === undefined || !isSameKey(before, entry);
    });
    this.#characters = this.#entries.reduce((sum, entry) => sum + charactersOf(entry), 0);
  }

  #isEarlier(one: EntryKey, other: EntryKey): boolean {
    return this.#order === 'newest' ? isBefore(other, one) : isBefore(one, other);
  }
}

/** A text of its own: as a part of what was read it would keep all of that in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

function charactersOf({ payload, tags }: StoredEntry): number {
  return payload.length + (tags?.length ?? 0) + ENTRY_CHARACTERS;
}
