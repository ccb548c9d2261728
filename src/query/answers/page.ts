import type { StoredEntry } from '../../logs/entry.ts';
import type { Filter } from '../filter.ts';
import { type Budget, Spending } from './budget.ts';
import type { EntryKey, EntryReader, Order, Stretch } from './ports.ts';
import { Scan } from './scan.ts';
import type { Way } from './way.ts';

/** Which entries are asked for. */
export interface PageRequest {
  readonly filter: Filter;
  readonly stretch: Stretch;
  /** How many entries, at least 1. */
  readonly limit: number;
}

/** What a question is answered with, and on whose account. */
export interface Means {
  readonly reader: EntryReader;
  readonly budget: Budget;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  /** Aborted, the question is given up. */
  readonly signal: AbortSignal;
}

/** The means of a question that nobody goes on with: it goes on by itself until it is stopped. */
export function unlimited(means: Means): Means {
  return { ...means, budget: { maxMs: Infinity, maxRows: Infinity, end: means.budget.end } };
}

/** Entries that match, and where the search stands. */
export interface Page {
  /** In the order of the stretch. */
  readonly entries: readonly StoredEntry[];
  /** The page is full or all of the stretch was searched; otherwise the budget ended it. */
  readonly isComplete: boolean;
  /** Where the search goes on; undefined: there is nothing behind the page. */
  readonly next: Stretch | undefined;
  /** What comes before the page; undefined while nothing was found and nothing was skipped. */
  readonly previous: Stretch | undefined;
  readonly cost: Cost;
}

/** What an answer took. */
export interface Cost extends Way {
  readonly rowsRead: number;
  readonly ms: number;
}

/**
 * Fills a page from the beginning of a stretch, within a budget. Pages that go on where the one before ended
 * have each entry that was there all the time exactly once, and others at most once.
 */
export async function readPage(request: PageRequest, means: Means): Promise<Page> {
  const { stretch, limit } = request;
  const { reader, budget, now, signal } = means;
  const spending = new Spending(budget, now);
  const scan = new Scan(reader, request, signal);
  const entries: StoredEntry[] = [];
  while (!scan.isOver && entries.length < limit && (spending.rows === 0 || !spending.isUsedUp)) {
    const step = await scan.step(limit - entries.length);
    spending.spend(Math.max(1, step.rowsRead));
    for (const entry of step.entries) entries.push(entry);
  }
  return {
    entries,
    isComplete: scan.isOver || entries.length === limit,
    next: scan.isOver ? undefined : { ...stretch, after: scan.position },
    previous: previousOf(stretch, entries[0]),
    cost: { ...scan.way, rowsRead: spending.rows, ms: spending.ms },
  };
}

const OPPOSITE: Readonly<Record<Order, Order>> = { newest: 'oldest', oldest: 'newest' };

/** The way back begins before the first entry of the page, or where the page began. */
function previousOf(stretch: Stretch, first: EntryKey | undefined): Stretch | undefined {
  const after = first ?? stretch.after;
  if (after === undefined) return undefined;
  const { timestamp, eventId } = after;
  return { ...stretch, order: OPPOSITE[stretch.order], after: { timestamp, eventId } };
}
