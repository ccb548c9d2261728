import type { StoredEntry } from '../logs/entry.ts';
import { entryId } from '../logs/entry-id.ts';
import { entryJson } from '../logs/entry-json.ts';
import { type Means, type Page, readPage } from '../query/answers/page.ts';
import type { EntryKey, Stretch } from '../query/answers/ports.ts';
import type { HistoryRequest } from './ports.ts';
import { type Position, printPosition } from './position.ts';
import type { EntryEvent } from './tail-event.ts';

/** Instead of a server's run: the position is a place in the database. */
export const HISTORY_EPOCH = 'h';

/** A page takes no longer: whoever waits for what is found hears between pages that it is looked for. */
const PAGE_MS = 10_000;
/** Entries that are read at once: fewer at first, and where they are large. */
const FIRST_ENTRIES = 25;
const MOST_ENTRIES = 1_000;
/** About as many UTF-16 units a page has at most. */
const PAGE_UNITS = 256 * 1024;

/**
 * When a history was asked for first, in milliseconds since 1970: its positions say so. "10m" is ten minutes before
 * that, however often it is cut.
 */
export function askedAtMs(resume: Position | undefined, nowMs: number): number {
  return resume?.epoch === HISTORY_EPOCH ? Math.min(resume.serverMs, nowMs) : nowMs;
}

/** The position of an entry that was read from the database, in a history that was asked for at that time. */
export function historyPosition(id: string | undefined, askedMs: number): string {
  const position: Position = { entryId: id, epoch: HISTORY_EPOCH, sequence: 0, serverMs: askedMs };
  return printPosition(position);
}

/** The event of an entry that was read from the database. */
export function storedEvent(entry: StoredEntry, askedMs: number): EntryEvent {
  const id = entryId(entry);
  return {
    kind: 'entry',
    position: historyPosition(id, askedMs),
    entryId: id,
    entry,
    json: entryJson(entry),
  };
}

/** Reads what is stored, oldest first: page by page, as it is taken. */
export class HistoryPages {
  readonly #request: HistoryRequest;
  #stretch: Stretch | undefined;
  #limit = FIRST_ENTRIES;

  /** `after`: begins behind this key. */
  constructor(request: HistoryRequest, after?: EntryKey) {
    this.#request = request;
    this.#stretch = { order: 'oldest', ...(after !== undefined && { after }) };
  }

  /** The next page, which may be empty; undefined: there is none. */
  async next(isPatient: boolean): Promise<readonly StoredEntry[] | undefined> {
    const { filter, ask } = this.#request;
    const stretch = this.#stretch;
    if (stretch === undefined) return undefined;
    const limit = this.#limit;
    const { entries, next }: Page = await ask(
      (means) => readPage({ filter, stretch, limit }, inTime(means)),
      isPatient,
    );
    this.#stretch = next;
    this.#limit = limitFor(entries);
    return entries;
  }
}

/** The last stored entries, oldest first: as far as the budget of a question goes. */
export async function lastStored({ filter, ask }: HistoryRequest, limit: number): Promise<StoredEntry[]> {
  const page = await ask((means) => readPage({ filter, stretch: { order: 'newest' }, limit }, inTime(means)));
  return page.entries.toReversed();
}

function inTime(means: Means): Means {
  const { budget } = means;
  return { ...means, budget: { ...budget, maxMs: Math.min(PAGE_MS, budget.maxMs) } };
}

function limitFor(entries: readonly StoredEntry[]): number {
  const units = entries.reduce((sum, { payload, tags }) => sum + payload.length + (tags?.length ?? 0), 1);
  const fitting = Math.floor((PAGE_UNITS * Math.max(1, entries.length)) / units);
  return Math.max(1, Math.min(MOST_ENTRIES, fitting));
}

/** In the order of their keys. */
export function byKey(one: EntryEvent, other: EntryEvent): number {
  const [a, b] = [one.entry, other.entry];
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  return a.eventId < b.eventId ? -1 : 1;
}
