import type { StoredEntry } from '../../logs/entry.ts';
import type { Filter } from '../filter.ts';
import { type Means, readPage } from './page.ts';
import type { EntryKey, Order } from './ports.ts';

/** What stands around an entry. */
export interface ContextRequest {
  /** Of an entry, or any place in the order of keys. */
  readonly key: EntryKey;
  /** Which entries count: those of its service, or all. */
  readonly filter: Filter;
  /** How many before and after it. */
  readonly before: number;
  readonly after: number;
}

/** The neighbours of an entry, oldest first, itself not among them. */
export interface Context {
  readonly before: readonly StoredEntry[];
  readonly after: readonly StoredEntry[];
  /** Otherwise the budget ended before all were found. */
  readonly isComplete: boolean;
}

/** What came before an entry, and what after. */
export async function readContext(request: ContextRequest, means: Means): Promise<Context> {
  const [before, after] = await Promise.all([
    neighbours(request, 'newest', request.before, means),
    neighbours(request, 'oldest', request.after, means),
  ]);
  return {
    before: before.entries.toReversed(),
    after: after.entries,
    isComplete: before.isComplete && after.isComplete,
  };
}

async function neighbours(
  { key, filter }: ContextRequest,
  order: Order,
  limit: number,
  means: Means,
): Promise<{ readonly entries: readonly StoredEntry[]; readonly isComplete: boolean }> {
  if (limit === 0) return { entries: [], isComplete: true };
  const { timestamp, eventId } = key;
  return readPage({ filter, stretch: { order, after: { timestamp, eventId } }, limit }, means);
}
