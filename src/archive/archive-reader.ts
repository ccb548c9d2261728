import type { StoredEntry } from '../logs/entry.ts';
import type {
  EntryKey,
  EntryReader,
  KeyCount,
  MinuteRange,
  Minutes,
  MinutesRequest,
  Piece,
  PieceRequest,
  RangeCount,
} from '../query/answers/ports.ts';
import type { Processes } from '../query/answers/processes.ts';
import { minuteOf, minutesLater, narrowed, startOf } from '../query/answers/stretch.ts';
import type { Time } from '../query/answers/time-range.ts';
import { END_OF_TIME } from '../query/answers/ports.ts';
import { boundsOf } from '../query/bounds.ts';
import { type Filter } from '../query/filter.ts';
import { matches } from '../query/predicate.ts';
import { type ArchivedDay, countsOf } from './archive.ts';
import { Collection } from './collection.ts';
import { type Interval, intervalsOf, isIn, mayHold } from './intervals.ts';
import type { PartManifest } from './manifest.ts';
import { isBefore, isSameKey } from './part-contents.ts';
import type { PartReading } from './part-reading.ts';

/** What was found in an interval: pages are taken of it, so that it is not read for each. */
interface Found {
  readonly interval: Interval;
  readonly request: Pick<PieceRequest, 'filter' | 'stretch'>;
  /** In the order of the stretch, from its place on. */
  readonly entries: readonly StoredEntry[];
  /** Behind this key more may match; undefined: all that does is among the entries. */
  readonly end: EntryKey | undefined;
}

/**
 * Reads an archive in place. What the manifests say of times, services and severities decides which parts are read;
 * a part is read and verified as a whole before anything of it is given out. Memory is bounded: one part at a time,
 * and what matches in it.
 */
export class ArchiveReader implements EntryReader {
  readonly #days: readonly ArchivedDay[];
  readonly #intervals: readonly Interval[];
  readonly #reading: PartReading;
  /** The last keys of intervals that were read. */
  readonly #lasts = new Map<Interval, EntryKey>();
  #found: Found | undefined;

  constructor(days: readonly ArchivedDay[], reading: PartReading) {
    this.#days = days;
    this.#intervals = intervalsOf(days);
    this.#reading = reading;
  }

  get extent(): Time | null {
    const [first, last] = [this.#intervals[0], this.#intervals.at(-1)];
    if (first === undefined || last === undefined) return null;
    const end = minutesLater(minuteOf(latestOf(last.parts)), 1);
    return { from: startOf(minuteOf(first.from.timestamp)), to: end === undefined ? END_OF_TIME : startOf(end) };
  }

  async piece({ stretch, filter, maxEntries }: PieceRequest, signal: AbortSignal): Promise<Piece> {
    signal.throwIfAborted();
    const bounds = boundsOf(filter);
    const within = narrowed(stretch, bounds);
    if (within === undefined) return { entries: [], rowsRead: 0 };
    const intervals = within.order === 'newest' ? this.#intervals.toReversed() : this.#intervals;
    const [interval, next] = intervals.filter((each) =>
      mayHold(each, { stretch: within, bounds, last: this.#lasts.get(each) }),
    );
    if (interval === undefined) return { entries: [], rowsRead: 0 };
    const rowsRead = await this.#find(interval, { filter, stretch: within }, signal);
    const ahead = this.#found?.entries.filter((entry) => isAhead(entry, within)) ?? [];
    const entries = ahead.slice(0, maxEntries);
    const last = entries.at(-1);
    if (ahead.length > entries.length || this.#found?.end !== undefined) return { entries, end: last, rowsRead };
    return { entries, end: next && this.#endOf(interval, within.order), rowsRead };
  }
}
