import type { StoredEntry } from '../logs/entry.ts';
import { entryId } from '../logs/entry-id.ts';
import { type Means, readPage } from '../query/answers/page.ts';
import type { EntryKey, EntryReader } from '../query/answers/ports.ts';
import { millisecondsOf } from '../query/answers/processes.ts';
import { EVERYTHING } from '../query/filter.ts';
import { columnTimeAt } from './times.ts';

const PAGE_ROWS = 500;
/** Of a minute that has more, no more are read at a time than this. */
const MAX_ROWS = 50_000;
const MINUTE_MS = 60_000;

/** How a minute is read. */
export interface MinuteReading {
  readonly reader: EntryReader;
  readonly signal: AbortSignal;
  /** Whether a row was written since the first look. */
  readonly isNew: (entry: StoredEntry) => boolean;
}

/** The rows of a minute, as far as they were looked at. */
export class WatchedMinute {
  readonly #minute: string;
  /** Rows that were there before the first look, or were looked at. */
  #known: number;
  readonly #shown = new Set<string>();
  /** Up to here all was read. */
  #last: EntryKey | undefined;
  /** There were fewer at the last look. */
  #wasLess = false;
  #isLessAgain = false;

  /** `minute`: its start, `YYYY-MM-DD HH:MM:00`. `rows`: so many are old. */
  constructor(minute: string, rows: number) {
    this.#minute = minute;
    this.#known = rows;
  }

  /** Whether there may be rows that were not looked at. */
  hasChanged(rows: number): boolean {
    // Rows are read after they are counted: once, there may be fewer than were read. Twice, some were deleted.
    const isLess = rows < this.#known;
    this.#isLessAgain = isLess && this.#wasLess;
    this.#wasLess = isLess;
    return rows > this.#known || this.#isLessAgain;
  }

  /** Shows rows that were not. Returns how many there should have been besides. */
  async read(
    rows: number,
    reading: MinuteReading,
    show: (entries: readonly StoredEntry[]) => void,
  ): Promise<number> {
    if (this.#last !== undefined) this.#known += await this.#readFrom(this.#last, reading, show);
    // What is late stands before what was read.
    if (this.#last === undefined || rows > this.#known || this.#isLessAgain)
      this.#known = await this.#readFrom(undefined, reading, show);
    const missing = Math.max(0, rows - this.#known);
    this.#known += missing;
    return missing;
  }

  /** Returns how many rows were looked at. */
  async #readFrom(
    from: EntryKey | undefined,
    { reader, signal, isNew }: MinuteReading,
    show: (entries: readonly StoredEntry[]) => void,
  ): Promise<number> {
    const means: Means = {
      reader,
      budget: { maxMs: Infinity, maxRows: Infinity },
      now: () => performance.now(),
      signal,
    };
    const to = columnTimeAt(millisecondsOf(this.#minute) + MINUTE_MS);
    const stretch = { order: 'oldest', from: `${this.#minute}.000000`, to } as const;
    let after = from;
    let read = 0;
    while (read < MAX_ROWS) {
      const request = { filter: EVERYTHING, stretch: { ...stretch, after }, limit: PAGE_ROWS };
      const { entries, next } = await readPage(request, means);
      const fresh = entries.filter((entry) => isNew(entry) && this.#isUnseen(entry));
      read += entries.length;
      if (fresh.length > 0) show(fresh);
      after = entries.at(-1) ?? after;
      if (after !== undefined && isBehind(after, this.#last))
        this.#last = { timestamp: after.timestamp, eventId: after.eventId };
      if (next === undefined) break;
    }
    return read;
  }

  #isUnseen(entry: StoredEntry): boolean {
    const id = entryId(entry);
    if (this.#shown.has(id)) return false;
    this.#shown.add(id);
    return true;
  }
}

function isBehind(key: EntryKey, last: EntryKey | undefined): boolean {
  if (last === undefined) return true;
  if (key.timestamp !== last.timestamp) return key.timestamp > last.timestamp;
  return key.eventId > last.eventId;
}
