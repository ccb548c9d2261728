import type { Filter } from '../filter.ts';
import { type Means, type Page, readPage } from './page.ts';
import type { Stretch } from './ports.ts';

/** What is looked for, and how much of it. */
export interface Search {
  readonly filter: Filter;
  readonly stretch: Stretch;
  /** How many entries, at least 1; Infinity: all of them. */
  readonly limit: number;
}

/** Entries that are read at once: what is asked for in full goes through memory in pages. */
const PAGE_ENTRIES = 1_000;

/**
 * Looks for entries page by page: where a budget ends one, the next goes on from there, until enough are
 * found, all of the stretch was searched, or the budget's `end` is aborted.
 */
export async function* searchEntries(search: Search, means: Means): AsyncGenerator<Page> {
  const { filter, limit } = search;
  let stretch: Stretch | undefined = search.stretch;
  let wanted = limit;
  while (stretch !== undefined && wanted > 0 && means.budget.end?.aborted !== true) {
    const page: Page = await readPage({ filter, stretch, limit: Math.min(wanted, PAGE_ENTRIES) }, means);
    yield page;
    wanted -= page.entries.length;
    stretch = page.next;
  }
}
