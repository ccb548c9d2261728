import type { EntriesPage, PageQuestion, TailEntry } from '../../../client/src/types.ts';
import { type Clock, pause } from './clock.ts';

/** What looking at what is stored takes, where there is no stream. */
export interface PollPorts {
  readonly clock: Clock;
  entries(question: PageQuestion, options: { readonly signal: AbortSignal }): Promise<EntriesPage>;
}

const POLL_MS = 5_000;
const PAGE_SIZE = 200;
/** If more than these pages are new, it is better to ask anew. */
const MAX_PAGES = 25;

type PollQuestion = Pick<PageQuestion, 'q' | 'tz' | 'since'>;

/**
 * Looks every five seconds at the newest entries that are stored, and further back until it meets one that it has
 * seen. Resolves once the signal is aborted; a server that does not answer is asked again.
 */
export async function poll(
  ports: PollPorts,
  question: PollQuestion,
  told: { came: (entries: readonly TailEntry[]) => void; again: () => void },
  signal: AbortSignal,
): Promise<void> {
  let seen: ReadonlySet<string> | undefined;
  while (!signal.aborted) {
    try {
      const { entries, isWhole } = await newEntries(ports, question, seen, signal);
      if (hasEnded(signal)) return;
      if (isWhole) {
        told.came(entries.toReversed().filter(({ id }) => seen?.has(id) !== true));
        const kept = entries.length < PAGE_SIZE ? [...(seen ?? [])].slice(0, PAGE_SIZE) : [];
        seen = new Set([...entries.slice(0, PAGE_SIZE * 2).map(({ id }) => id), ...kept]);
      } else {
        seen = undefined;
        told.again();
      }
    } catch {
      // The panes say what is wrong with a question, or with the server.
    }
    await pause(ports.clock, POLL_MS, signal);
  }
}

/** It may have, while something was waited for. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The newest first, down to one that was seen; all there is of the first page, at first. */
async function newEntries(
  ports: PollPorts,
  question: PollQuestion,
  seen: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<{ readonly entries: readonly TailEntry[]; readonly isWhole: boolean }> {
  const found: TailEntry[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await ports.entries({ ...question, order: 'newest', limit: PAGE_SIZE, cursor }, { signal });
    found.push(...page.entries);
    const isMet = seen === undefined || page.entries.some(({ id }) => seen.has(id));
    if (isMet || page.next === null) return { entries: found, isWhole: true };
    cursor = page.next;
  }
  return { entries: found, isWhole: false };
}
