import type { StoredEntry } from '../logs/entry.ts';
import type { EntryKey } from '../query/answers/ports.ts';
import { isBefore, isSameKey } from './part-contents.ts';

type Batches = AsyncIterable<readonly StoredEntry[]>;

/**
 * Those of the entries whose key is not among the archived ones. Both come in the order of their keys, and are read
 * in step: memory does not grow with them.
 */
export async function* lateEntries(
  entries: Batches,
  archived: Batches,
): AsyncGenerator<readonly StoredEntry[], undefined> {
  const keys = new Keys(archived);
  try {
    for await (const batch of entries) {
      const late: StoredEntry[] = [];
      for (const entry of batch) {
        if (keys.isPassed(entry)) await keys.reach(entry);
        if (!keys.has(entry)) late.push(entry);
      }
      if (late.length > 0) yield late;
    }
  } finally {
    await keys.close();
  }
}

/** Keys in their order, of which those are looked for that come in the same order. */
class Keys {
  readonly #batches: AsyncIterator<readonly EntryKey[]>;
  #batch: readonly EntryKey[] = [];
  #at = 0;
  #isOver = false;

  constructor(batches: AsyncIterable<readonly EntryKey[]>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** Whether `reach` has to be called for this one. */
  isPassed(key: EntryKey): boolean {
    while (this.#at < this.#batch.length && this.#isBehind(key)) this.#at += 1;
    return this.#at >= this.#batch.length && !this.#isOver;
  }

  async reach(key: EntryKey): Promise<void> {
    while (this.isPassed(key)) {
      const result = await this.#batches.next();
      this.#isOver = result.done === true;
      this.#batch = result.done === true ? [] : result.value;
      this.#at = 0;
    }
  }

  has(key: EntryKey): boolean {
    const here = this.#batch[this.#at];
    return here !== undefined && isSameKey(here, key);
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  #isBehind(key: EntryKey): boolean {
    const here = this.#batch[this.#at];
    return here !== undefined && isBefore(here, key);
  }
}
