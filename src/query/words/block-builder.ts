import type { StoredEntry } from '../../logs/entry.ts';
import type { EntryKey } from '../answers/ports.ts';
import { minuteOf } from '../answers/stretch.ts';
import { EntryWords } from './entry-words.ts';
import { BLOCK_WORDS, WordFilter } from './word-filter.ts';

/** Entries that follow each other, and what words they have. */
export interface Block {
  /** The keys of its first entry and of its last. */
  readonly first: EntryKey;
  readonly last: EntryKey;
  readonly rows: number;
  /** How many of them lie in each minute, oldest first. */
  readonly minutes: ReadonlyMap<string, number>;
  /** The bits of its filter. */
  readonly bits: Uint8Array;
}

/** Makes blocks of entries in the order of their keys. */
export class BlockBuilder {
  readonly #maxWords: number;
  #filter = new WordFilter();
  #words = new EntryWords(this.#filter);
  #minutes = new Map<string, number>();
  #first: EntryKey | undefined;
  #last: EntryKey | undefined;
  #rows = 0;

  /** A block ends with the entry that brings it to so many words. */
  constructor(maxWords = BLOCK_WORDS) {
    this.#maxWords = maxWords;
  }

  /** Adds an entry; returns the block that ends with it, if one does. */
  add(entry: StoredEntry): Block | undefined {
    const { timestamp, eventId } = entry;
    this.#last = { timestamp, eventId };
    this.#first ??= this.#last;
    this.#rows += 1;
    const minute = minuteOf(timestamp);
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + 1);
    this.#addWords(entry);
    return this.#filter.words >= this.#maxWords ? this.end() : undefined;
  }

  /** Ends the block that was begun; undefined if it has no entry. */
  end(): Block | undefined {
    const [first, last, rows, minutes, { bits }] = [
      this.#first,
      this.#last,
      this.#rows,
      this.#minutes,
      this.#filter,
    ];
    this.#filter = new WordFilter();
    this.#words = new EntryWords(this.#filter);
    this.#minutes = new Map();
    this.#first = undefined;
    this.#rows = 0;
    return first && last && { first, last, rows, minutes, bits };
  }

  #addWords(entry: StoredEntry): void {
    try {
      this.#words.add(entry);
    } catch {
      // Tags that somebody wrote past us and that are no JSON: whoever searches has to look at the row itself.
      this.#filter.fill();
    }
  }
}
