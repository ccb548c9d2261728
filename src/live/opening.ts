import type { StoredEntry } from '../logs/entry.ts';
import { parseEntryId } from '../logs/entry-id.ts';
import { rfc3339 } from '../logs/entry-json.ts';
import { millisecondsOf } from '../query/answers/processes.ts';
import { askedAtMs, byKey, HistoryPages, historyPosition, lastStored, storedEvent } from './history.ts';
import type { TailHub } from './hub.ts';
import type { HistoryRequest, TailRequest } from './ports.ts';
import { RecentIds } from './recent-ids.ts';
import type { Start } from './resume.ts';
import { placeBefore, readRing, type RingPlace } from './ring-reading.ts';
import { Selection } from './selection.ts';
import type { EntryEvent, EventRange, TailEvent } from './tail-event.ts';
import { rangeBetween, SLACK_MS } from './times.ts';

/** Ids of rows that may come once more, as they were written not long ago. */
const RECENT_ROWS = 50_000;

/** What an opening works with. */
export interface OpeningParts {
  readonly hub: TailHub;
  readonly request: TailRequest;
  readonly history: HistoryRequest;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Up to when what was published is stored, as a column holds it; undefined: nobody says so. */
  readonly storedUpTo: () => Promise<string | undefined>;
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>;
}

/**
 * What a tail shows first: what is stored, then of what came here what was not stored yet, and what may be missing
 * between the two.
 */
export class Opening {
  readonly #parts: OpeningParts;
  readonly #pages: HistoryPages;
  readonly #isResumed: boolean;
  readonly #askedMs: number;
  /** Rows that were written not long ago: they may come here, too. */
  readonly #written = new RecentIds(RECENT_ROWS);
  #storedUpToMs: number | undefined;
  #first: readonly StoredEntry[] | undefined;
  #lastRow: string | undefined;
  /** The latest time of what was shown. */
  #latest = '';

  constructor(parts: OpeningParts) {
    const { resume } = parts.request;
    const after = resume?.entryId === undefined ? undefined : parseEntryId(resume.entryId);
    this.#parts = parts;
    this.#isResumed = after !== undefined;
    this.#lastRow = resume?.entryId;
    this.#askedMs = askedAtMs(resume, parts.wallMs());
    this.#pages = new HistoryPages(parts.history, after);
  }

  /** Reads what comes first. Rejects if it cannot be asked for. */
  async prepare(): Promise<void> {
    const { history, storedUpTo } = this.#parts;
    // Before the rows: what was stored by then is among them.
    const upTo = await storedUpTo();
    this.#storedUpToMs = upTo === undefined ? undefined : millisecondsOf(upTo);
    this.#first = this.#isOfLast ? await lastStored(history, this.#limit) : await this.#pages.next(false);
  }

  /** Whether a row was shown that may come once more. */
  has(id: string): boolean {
    return this.#written.has(id);
  }

  /** The place behind an entry that was shown; undefined: before the first. */
  positionBehind(id: string | undefined): string {
    return historyPosition(id, this.#askedMs);
  }

  /** Shows it. Returns where the tail goes on. */
  async *events(): AsyncGenerator<readonly TailEvent[], Start> {
    const { hub } = this.#parts;
    if (this.#isOfLast) {
      const { next, readMs } = yield* this.#last();
      return { next, readMs, gap: this.#missing() };
    }
    yield* this.#all();
    // What comes while they are shown is no part of it, whatever its time.
    const end = hub.ring.last + 1;
    let place = placeBefore(hub.ring, hub.ring.first);
    const gap = this.#missing();
    // Before what came here: whoever is cut in that goes on in this server's order, and does not hear of it again.
    if (gap !== undefined) yield [{ kind: 'gap', ...gap, position: this.positionBehind(this.#lastRow) }];
    while (place.next < end) {
      const part = readRing(hub, place, this.#selection());
      yield part.events.filter((event) => event.kind !== 'entry' || !this.has(event.entryId));
      place = part;
      await this.#parts.breathe();
    }
    return { next: place.next, readMs: place.readMs };
  }

  /** The last of what is stored and what is here, by their times. */
  async *#last(): AsyncGenerator<readonly TailEvent[], RingPlace> {
    const { hub, breathe } = this.#parts;
    let found = this.#shown(this.#first ?? []);
    const selection = this.#selection();
    let place = placeBefore(hub.ring, hub.ring.first);
    while (place.next <= hub.ring.last) {
      const part = readRing(hub, place, selection);
      const events = part.events.filter((event) => event.kind === 'entry');
      found = this.#newest([...found, ...events.filter(({ entryId }) => !this.has(entryId))]);
      place = part;
      await breathe();
    }
    for (const { entryId, entry } of found) {
      this.#written.add(entryId);
      this.#latest = entry.timestamp;
    }
    // Where one of these is the last that was seen, the table is read on from it.
    yield found.map((event) => ({ ...event, position: this.positionBehind(event.entryId) }));
    return place;
  }

  async *#all(): AsyncGenerator<readonly TailEvent[], void> {
    let rows = this.#first;
    this.#first = undefined;
    while (rows !== undefined) {
      yield this.#shown(rows);
      await this.#parts.breathe();
      rows = await this.#pages.next(true);
    }
  }

  #shown(rows: readonly StoredEntry[]): EntryEvent[] {
    const { hub, wallMs } = this.#parts;
    const recentMs = Math.min(hub.ring.sinceMs, wallMs()) - SLACK_MS;
    return rows.map((row) => {
      const event = storedEvent(row, this.#askedMs);
      if (millisecondsOf(row.createdAt) >= recentMs) this.#written.add(event.entryId);
      this.#lastRow = event.entryId;
      if (row.timestamp > this.#latest) this.#latest = row.timestamp;
      return event;
    });
  }

  #newest(events: readonly EntryEvent[]): EntryEvent[] {
    return events.toSorted(byKey).slice(-this.#limit);
  }

  #selection(): Selection {
    const { history, request } = this.#parts;
    return new Selection(history.filter, request.grant);
  }

  get #isOfLast(): boolean {
    return this.#parts.history.last !== undefined && !this.#isResumed;
  }

  get #limit(): number {
    return this.#parts.history.last ?? Infinity;
  }

  /** What is not stored yet and came before anything did here. */
  #missing(): EventRange | undefined {
    const { hub, history } = this.#parts;
    const { sinceMs } = hub.ring;
    const fromMs =
      this.#storedUpToMs ?? (history.from === undefined ? sinceMs : millisecondsOf(history.from));
    if (this.#storedUpToMs !== undefined && fromMs >= sinceMs) return undefined;
    const { from, to } = rangeBetween(Math.min(fromMs, sinceMs), sinceMs);
    // Of the last so many, those that are older than these are not wanted.
    const oldest = this.#isOfLast && this.#latest !== '' ? rfc3339(this.#latest) : from;
    return oldest >= to ? undefined : { from: oldest > from ? oldest : from, to };
  }
}
