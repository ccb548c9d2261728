import type { StoredEntry } from '../../logs/entry.ts';
import { entryId } from '../../logs/entry-id.ts';
import { readContext } from '../../query/answers/context.ts';
import type { Means } from '../../query/answers/page.ts';
import { unlimited } from '../../query/answers/page.ts';
import type { EntryKey } from '../../query/answers/ports.ts';
import { EVERYTHING, type Filter } from '../../query/filter.ts';
import type { Listing } from './listing.ts';

/** What of the neighbours is shown. */
export interface ContextChoice {
  /** How many before and after. */
  readonly lines: number;
  /** Those of the same service alone. */
  readonly isOfService: boolean;
}

/** Entries that stand together. */
interface Group {
  readonly entries: StoredEntry[];
  /** The ids of those. */
  readonly ids: Set<string>;
}

/**
 * The entries of a listing, each among its neighbours. Where the neighbours of two meet they are one group, as
 * of `grep -C`.
 */
export class ContextListing {
  readonly #listing: Listing;
  readonly #choice: ContextChoice;
  readonly #means: Means;
  readonly #matches = new Set<string>();

  constructor(listing: Listing, choice: ContextChoice, means: Means) {
    this.#listing = listing;
    this.#choice = choice;
    this.#means = unlimited(means);
  }

  /** How many of the entries so far were asked for. */
  get matches(): number {
    return this.#matches.size;
  }

  /** Whether an entry was asked for, and is no neighbour alone. */
  isMatch(entry: EntryKey): boolean {
    return this.#matches.has(entryId(entry));
  }

  async *groups(): AsyncGenerator<readonly StoredEntry[]> {
    let open: Group | undefined;
    for await (const entries of this.#listing.entries()) {
      for (const entry of entries) this.#matches.add(entryId(entry));
      for (const entry of entries) {
        const next = await this.#around(entry);
        if (open !== undefined && meets(open, next.entries)) add(open, next.entries);
        else {
          if (open !== undefined) yield open.entries;
          open = groupOf(next.shown);
        }
      }
    }
    if (open !== undefined) yield open.entries;
  }

  /** The entry and its neighbours; `entries` has one more before it, to which another group may reach. */
  async #around(
    entry: StoredEntry,
  ): Promise<{ readonly entries: StoredEntry[]; readonly shown: StoredEntry[] }> {
    const { lines } = this.#choice;
    const { before, after } = await readContext(
      { key: entry, filter: this.#neighbours(entry), before: lines + 1, after: lines },
      this.#means,
    );
    return { entries: [...before, entry, ...after], shown: [...before.slice(-lines), entry, ...after] };
  }

  #neighbours({ serviceName }: StoredEntry): Filter {
    if (!this.#choice.isOfService) return EVERYTHING;
    return { kind: 'column', column: 'service', test: { kind: 'equals', text: serviceName } };
  }
}

function groupOf(entries: readonly StoredEntry[]): Group {
  return { entries: [...entries], ids: new Set(entries.map(entryId)) };
}

function meets({ ids }: Group, entries: readonly StoredEntry[]): boolean {
  return entries.some((entry) => ids.has(entryId(entry)));
}

function add({ entries, ids }: Group, more: readonly StoredEntry[]): void {
  for (const entry of more) {
    const id = entryId(entry);
    if (ids.has(id)) continue;
    ids.add(id);
    entries.push(entry);
  }
}
