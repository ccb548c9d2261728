import type { StoredEntry } from '../logs/entry.ts';
import {
  type EntryKey,
  type EntryReader,
  type KeyCount,
  type MinuteRange,
  type Minutes,
  type MinutesRequest,
  type Order,
  type Piece,
  type PieceRequest,
  type RangeCount,
  type Stretch,
} from '../query/answers/ports.ts';
import type { Processes } from '../query/answers/processes.ts';
import { narrowed, placeBefore, timeBehind } from '../query/answers/stretch.ts';
import type { Time } from '../query/answers/time-range.ts';
import { type Bounds, boundsOf } from '../query/bounds.ts';
import { EVERYTHING, type Filter } from '../query/filter.ts';
import { matches } from '../query/predicate.ts';
import type { ArchivedDay } from './archive.ts';
import { ArchiveCounts } from './archive-counts.ts';
import { Collection } from './collection.ts';
import { type Interval, intervalsOf, isIn, partsWith } from './intervals.ts';
import type { PartManifest } from './manifest.ts';
import { isBefore } from './part-contents.ts';
import type { PartReading } from './part-reading.ts';

/** What is looked for. */
interface Sought {
  readonly filter: Filter;
  readonly stretch: Stretch;
}

/** An interval in which there may be something, and the parts that may have it. */
interface Candidate {
  readonly interval: Interval;
  readonly parts: readonly PartManifest[];
}

/**
 * What was found in an interval, in the order of the stretch: pages are taken of it, so that it is not read for
 * each. Without `after` and `end` it is all that matches, otherwise what of it lies between these.
 */
interface Found {
  readonly interval: Interval;
  readonly sought: Sought;
  readonly entries: readonly StoredEntry[];
  readonly end: EntryKey | undefined;
}

const NOTHING: Piece = { entries: [], rowsRead: 0 };

/**
 * Reads an archive in place. What the manifests say of times, services and severities decides which parts are read;
 * a part is read as a whole, and verified, before anything of it is given out. Memory is bounded: one part at a
 * time, and what matches in some.
 */
export class ArchiveReader implements EntryReader {
  readonly #intervals: readonly Interval[];
  readonly #reading: PartReading;
  readonly #counts: ArchiveCounts;
  readonly #newCollection: (order: Order) => Collection;
  #found: Found | undefined;

  /** `maxCharacters` of what matches are kept at once; much, if absent. */
  constructor(days: readonly ArchivedDay[], reading: PartReading, maxCharacters?: number) {
    this.#newCollection = (order) => new Collection(order, maxCharacters);
    this.#intervals = intervalsOf(days);
    this.#reading = reading;
    this.#counts = new ArchiveCounts(days, reading);
  }

  get extent(): Time | null {
    return this.#counts.extent;
  }

  async piece({ stretch, filter, maxEntries }: PieceRequest, signal: AbortSignal): Promise<Piece> {
    signal.throwIfAborted();
    const bounds = boundsOf(filter);
    const within = narrowed(stretch, bounds);
    if (within === undefined) return NOTHING;
    const [candidate, next] = this.#candidates(within, bounds);
    if (candidate === undefined) return NOTHING;
    const { found, rowsRead } = await this.#find(candidate, { filter, stretch: within }, signal);
    const inOrder = found.sought.stretch.order === within.order ? found.entries : found.entries.toReversed();
    const start = firstAhead(inOrder, within);
    const entries = inOrder.slice(start, start + maxEntries);
    if (start + entries.length < inOrder.length || found.end !== undefined)
      return { entries, ...endAt(entries.at(-1)), rowsRead };
    const { from, to } = candidate.interval;
    return { entries, ...(next !== undefined && endAt(within.order === 'newest' ? from : to)), rowsRead };
  }

  async entry({ timestamp, eventId }: EntryKey, signal: AbortSignal): Promise<StoredEntry | undefined> {
    const stretch: Stretch = { order: 'oldest', from: timestamp, to: timeBehind(timestamp) };
    let after: EntryKey | undefined = placeBefore(timestamp);
    while (after !== undefined) {
      const request: PieceRequest = {
        stretch: { ...stretch, after },
        path: { kind: 'key' },
        filter: EVERYTHING,
        maxEntries: 1_000,
      };
      const { entries, end }: Piece = await this.piece(request, signal);
      const entry = entries.find((each) => each.eventId === eventId);
      if (entry !== undefined) return entry;
      after = end;
    }
    return undefined;
  }

  /** There are none, and nothing to add. */
  indexedTags(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  keyCounts(): Promise<readonly KeyCount[]> {
    return Promise.resolve(this.#counts.keyCounts());
  }

  minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes> {
    return this.#counts.minutes(request, signal);
  }

  lastMinute(request: MinutesRequest): Promise<string | undefined> {
    return Promise.resolve(this.#counts.lastMinute(request));
  }

  rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]> {
    return this.#counts.rangeCounts(ranges, signal);
  }

  rangeSums(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  wordParts(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Nobody writes to it. */
  processes(): Promise<Processes> {
    return Promise.resolve({ now: '', processes: [] });
  }

  close(): Promise<void> {
    this.#found = undefined;
    return Promise.resolve();
  }

  /** The next two, at most. */
  #candidates(stretch: Stretch, bounds: Bounds): readonly Candidate[] {
    const found: Candidate[] = [];
    const count = this.#intervals.length;
    for (let index = 0; index < count && found.length < 2; index += 1) {
      const interval = this.#intervals[stretch.order === 'newest' ? count - 1 - index : index];
      const parts = interval === undefined ? [] : partsWith(interval, { stretch, bounds });
      if (interval !== undefined && parts.length > 0) found.push({ interval, parts });
    }
    return found;
  }

  /** All that matches, if there is room for it, else what of it is next. */
  async #find(
    candidate: Candidate,
    sought: Sought,
    signal: AbortSignal,
  ): Promise<{ readonly found: Found; readonly rowsRead: number }> {
    const { filter, stretch } = sought;
    if (this.#found !== undefined && hasNext(this.#found, candidate.interval, sought))
      return { found: this.#found, rowsRead: 0 };
    // What is here no longer is let go of before as much is read again.
    this.#found = undefined;
    const all = await this.#read(candidate, { filter, stretch: { ...stretch, after: undefined } }, signal);
    if (hasNext(all, candidate.interval, sought)) {
      this.#found = all;
      return { found: all, rowsRead: all.rowsRead };
    }
    const found = await this.#read(candidate, sought, signal);
    this.#found = found;
    return { found, rowsRead: all.rowsRead + found.rowsRead };
  }

  async #read(
    { interval, parts }: Candidate,
    sought: Sought,
    signal: AbortSignal,
  ): Promise<Found & { readonly rowsRead: number }> {
    const isMatch = matches(sought.filter);
    let collection = this.#newCollection(sought.stretch.order);
    const restart = () => {
      collection = this.#newCollection(sought.stretch.order);
    };
    const take = (entry: StoredEntry) => {
      if (isIn(interval, entry) && isAhead(entry, sought.stretch) && isMatch(entry)) collection.add(entry);
    };
    const rowsRead = await this.#reading.read(parts, { take, restart }, signal);
    return { interval, sought, entries: collection.entries(), end: collection.end, rowsRead };
  }
}

function endAt(end: EntryKey | undefined): Pick<Piece, 'end'> {
  return end === undefined ? {} : { end: keyOf(end) };
}

/** Whether what comes next of what is sought is among what was found. */
function hasNext({ interval, sought, end }: Found, of: Interval, { filter, stretch }: Sought): boolean {
  const { order, from, to, after } = sought.stretch;
  if (interval !== of || sought.filter !== filter || from !== stretch.from || to !== stretch.to) return false;
  if (after === undefined && end === undefined) return true;
  if (order !== stretch.order) return false;
  if (stretch.after === undefined) return after === undefined;
  const isBehindStart = after === undefined || !isEarlier(order, stretch.after, after);
  return isBehindStart && (end === undefined || isEarlier(order, stretch.after, end));
}

function isAhead(entry: EntryKey, { order, after, from, to }: Stretch): boolean {
  if (from !== undefined && entry.timestamp < from) return false;
  if (to !== undefined && entry.timestamp >= to) return false;
  return after === undefined || isEarlier(order, after, entry);
}

/** The place of the first that is ahead, in entries that were found for this time and stand in its order. */
function firstAhead(entries: readonly StoredEntry[], { order, after }: Stretch): number {
  if (after === undefined) return 0;
  let [start, end] = [0, entries.length];
  while (start < end) {
    const middle = Math.floor((start + end) / 2);
    const entry = entries[middle];
    if (entry === undefined || isEarlier(order, after, entry)) end = middle;
    else start = middle + 1;
  }
  return start;
}

function isEarlier(order: Stretch['order'], one: EntryKey, other: EntryKey): boolean {
  return order === 'newest' ? isBefore(other, one) : isBefore(one, other);
}

function keyOf({ timestamp, eventId }: EntryKey): EntryKey {
  return { timestamp, eventId };
}
