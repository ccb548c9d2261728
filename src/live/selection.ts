import { type Grant, seesAll, shownService } from '../access/grant.ts';
import type { Filter } from '../query/filter.ts';
import { type FilteredView, matchesView } from '../query/predicate.ts';
import { printFilter } from '../query/print.ts';
import { EntryViews, type LiveEntry } from './live-entry.ts';
import type { EntryEvent } from './tail-event.ts';

/** Names of services that it remembers what they are called. */
const MAX_NAMES = 10_000;

/** What those see who ask for the same and may see the same: looked at once for all of them. */
export class Selection {
  readonly #grant: Grant;
  readonly #seesAll: boolean;
  readonly #matches: (view: FilteredView) => boolean;
  /** By their stored names. */
  readonly #names = new Map<string, string | undefined>();

  constructor(filter: Filter, grant: Grant) {
    this.#grant = grant;
    this.#seesAll = seesAll(grant);
    this.#matches = matchesView(filter);
  }

  /** The event of an entry that they see; undefined: they do not. */
  eventOf(live: LiveEntry, views = new EntryViews(live)): EntryEvent | undefined {
    const name = this.#shownName(live.entry.serviceName);
    if (name === undefined || !this.#matches(views.of(name))) return undefined;
    return live.event(name);
  }

  #shownName(stored: string): string | undefined {
    if (this.#seesAll) return stored;
    if (this.#names.has(stored)) return this.#names.get(stored);
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    const shown = shownService(this.#grant, stored);
    this.#names.set(stored, shown);
    return shown;
  }
}

/** Equal for those who see the same. */
export function selectionKey(filter: Filter, { services, prefix, hidden }: Grant): string {
  return JSON.stringify([printFilter(filter), services?.toSorted() ?? null, prefix, hidden.toSorted()]);
}
