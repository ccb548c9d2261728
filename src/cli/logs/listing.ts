import type { StoredEntry } from '../../logs/entry.ts';
import type { Means, Page } from '../../query/answers/page.ts';
import type { Order, Stretch } from '../../query/answers/ports.ts';
import type { Search } from '../../query/answers/search.ts';
import { searchEntries } from '../../query/answers/search.ts';
import { placeBefore } from '../../query/answers/stretch.ts';
import type { Filter } from '../../query/filter.ts';

/** Which entries are listed. */
export interface ListRequest {
  readonly filter: Filter;
  /** A time as a column holds it: half of the entries are before it. */
  readonly around: string | undefined;
  /** How many, Infinity: all. */
  readonly lines: number;
  /** Newest first. */
  readonly isReversed: boolean;
  /** Where another listing ended, newest first, and this one goes on; from the newest on if absent. */
  readonly start?: Stretch | undefined;
}

/** What is kept of a page. */
type ReadPage = Pick<Page, 'next' | 'cost'>;

/** What of the listing is over. */
export interface Searched {
  /** Pages that were read, but for their entries: of all that match, these would not fit into memory. */
  readonly pages: readonly ReadPage[];
  /** Where a search was stopped before its end, and in which order it went: undefined if none was. */
  readonly stopped: { readonly order: Order; readonly at: string | undefined } | undefined;
}

/**
 * Entries in the order in which they are shown. Of a number of the newest all are found before the first is
 * shown; of all, or the newest first, each page as it is read.
 */
export class Listing implements Searched {
  readonly pages: ReadPage[] = [];
  stopped: Searched['stopped'];
  readonly #request: ListRequest;
  readonly #means: Means;

  constructor(request: ListRequest, means: Means) {
    this.#request = request;
    this.#means = means;
  }

  /** Where the entries go on that come behind those of this listing; undefined if there are none. */
  get next(): Stretch | undefined {
    const last = this.pages.at(-1);
    return last === undefined ? this.#start : last.next;
  }

  get #start(): Stretch {
    const { start, lines, isReversed } = this.#request;
    return start ?? { order: isReversed || lines !== Infinity ? 'newest' : 'oldest' };
  }

  async *entries(): AsyncGenerator<readonly StoredEntry[]> {
    const { filter, around, lines, isReversed } = this.#request;
    if (around !== undefined) {
      yield this.#inOrder(await this.#around(around));
      return;
    }
    const isInOrder = isReversed || lines === Infinity;
    const search: Search = { filter, stretch: this.#start, limit: lines };
    if (isInOrder) yield* this.#pages(search);
    else yield (await this.#all(search)).toReversed();
  }

  /** The half before a time and the half from it on, oldest first. */
  async #around(time: string): Promise<StoredEntry[]> {
    const { filter, lines } = this.#request;
    const after = placeBefore(time);
    const before = Math.floor(lines / 2);
    const older = await this.#all({ filter, stretch: { order: 'newest', after }, limit: before });
    const newer = await this.#all({ filter, stretch: { order: 'oldest', after }, limit: lines - before });
    return [...older.reverse(), ...newer];
  }

  #inOrder(entries: StoredEntry[]): readonly StoredEntry[] {
    return this.#request.isReversed ? entries.reverse() : entries;
  }

  async #all(search: Search): Promise<StoredEntry[]> {
    const found: StoredEntry[] = [];
    for await (const entries of this.#pages(search)) for (const entry of entries) found.push(entry);
    return found;
  }

  async *#pages(search: Search): AsyncGenerator<readonly StoredEntry[]> {
    let left = search.limit;
    let last: ReadPage | undefined;
    try {
      for await (const page of searchEntries(search, this.#means)) {
        const { next, cost } = page;
        last = { next, cost };
        this.pages.push(last);
        left -= page.entries.length;
        yield page.entries;
      }
    } catch (error) {
      // What was stopped the hard way was stopped, too: what was found before stays found.
      if (!this.#means.signal.aborted) throw error;
    }
    const isOver = left === 0 || (last !== undefined && last.next === undefined);
    if (!isOver) this.stopped ??= { order: search.stretch.order, at: last?.next?.after?.timestamp };
  }
}
