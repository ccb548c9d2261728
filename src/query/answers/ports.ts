import type { StoredEntry } from '../../logs/entry.ts';
import type { Severity } from '../../logs/severity.ts';
import type { Filter } from '../filter.ts';
import type { Need } from '../words/needed-words.ts';
import type { Processes } from './processes.ts';
import type { TagTexts } from './tag-bounds.ts';
import type { Way } from './way.ts';

/** The first time behind all that a column holds: no database takes it for a time, and no row has it. */
export const END_OF_TIME = '9999-12-31 24:00:00.000000';

/** The key of an entry: a row's, and that of an entry which is not stored yet. */
export interface EntryKey {
  /** UTC as a column holds it: `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly timestamp: string;
  readonly eventId: string;
}

/** Which entries come first. */
export type Order = 'newest' | 'oldest';

/** The entries of a time, in an order, behind one of them. */
export interface Stretch {
  readonly order: Order;
  /** The key before the first, in this order; from the end of the time if absent. */
  readonly after?: EntryKey | undefined;
  /** The first time that belongs to it, as a column holds it; since ever if absent. */
  readonly from?: string | undefined;
  /** The first time behind it: none, or `END_OF_TIME`, if it goes on for ever. */
  readonly to?: string | undefined;
}

/**
 * The way to the rows: in the order of their key, or those of some services and severities alone by the index
 * of these, or those alone that have one of some values in each of some tags, by the indexes of these.
 */
export type AccessPath = { readonly kind: 'key' } | ({ readonly kind: 'services' } & Selection) | TagPath;

/** A way by the indexes of tags. An index that is no longer there is done without. */
export interface TagPath {
  readonly kind: 'tags';
  /** At least one; each with one text or more. */
  readonly tags: readonly TagTexts[];
  /** Only rows of these are wanted: an index more, if that helps. */
  readonly selection?: Selection | undefined;
}

/** Rows by service and severity: every severity of every service. */
export interface Selection {
  readonly services: readonly string[];
  readonly severities: readonly Severity[];
}

/** What a piece of a search is to look at. */
export interface PieceRequest {
  readonly stretch: Stretch;
  readonly path: AccessPath;
  /** What is looked for. Of what matches, nothing is left out; something else may be returned. */
  readonly filter: Filter;
  /**
   * No more rows of the table are looked at, at least 1; by another index about as many. Absent: the
   * filter matches every row of the stretch on this path, so that `maxEntries` is bound enough.
   */
  readonly maxRows?: number | undefined;
  /** No more entries are returned, at least 1. */
  readonly maxEntries: number;
}

/** What was found in a piece. */
export interface Piece {
  /** In the order of the stretch. */
  readonly entries: readonly StoredEntry[];
  /** The last key up to which all rows were looked at; absent: all of the stretch was. */
  readonly end?: EntryKey | undefined;
  /** Rows of the table that were looked at, or at most so many. */
  readonly rowsRead: number;
  /** The rows that this piece was bound to, if more would have taken the database too long. */
  readonly reducedToRows?: number | undefined;
  /** How a server reached the rows, if one was asked for them: the path of the request is not the one it takes. */
  readonly way?: Way | undefined;
}

/** How many rows there are of a service and severity. */
export interface KeyCount {
  readonly serviceName: string;
  readonly severity: Severity;
  readonly count: number;
}

/** How many rows of a service and severity there are in a minute. */
export interface MinuteCount extends KeyCount {
  /** Its start, UTC: `YYYY-MM-DD HH:MM:00`. */
  readonly minute: string;
}

/** Which counts by minute are asked for. */
export interface MinutesRequest {
  readonly order: Order;
  /** The first minute, and the first behind the last: `YYYY-MM-DD HH:MM:00`. Open if absent. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** All if absent. */
  readonly services?: readonly string[] | undefined;
  readonly severities?: readonly Severity[] | undefined;
  /** About so many counts are looked at, at least 1: whole minutes. */
  readonly maxCounts: number;
}

/** What was found of the counts by minute. */
export interface Minutes {
  /** In the order asked for, by minute. */
  readonly counts: readonly MinuteCount[];
  /** The last minute that was looked at; absent: all were. */
  readonly end?: string | undefined;
  readonly countsRead: number;
}

/** Whole minutes: the first, and the first behind the last, `YYYY-MM-DD HH:MM:00`. */
export interface MinuteRange {
  readonly from: string;
  readonly to: string;
}

/** How many rows of a service and severity there are in a range of minutes. */
export interface RangeCount extends KeyCount {
  /** Its place in what was asked for, from 0. */
  readonly range: number;
}

/** Which sums of counts are asked for. */
export interface SumsRequest {
  /** At least one. */
  readonly ranges: readonly MinuteRange[];
  /** `key`: each service and severity by itself. Of services all severities together, and the other way round. */
  readonly by: 'key' | 'service' | 'severity';
  /** These services alone; all if absent. Not by severity. */
  readonly services?: readonly string[] | undefined;
}

/** How many rows there are in a range of minutes. */
export interface RangeSum {
  /** Its place in what was asked for, from 0. */
  readonly range: number;
  /** Empty where it is of all services. */
  readonly serviceName: string;
  /** Undefined where it is of all severities. */
  readonly severity: Severity | undefined;
  readonly count: number;
}

/** What the index of words is asked. */
export interface WordPartsRequest {
  readonly need: Need;
  /** Whole days: midnight of the first, and of the first behind the last, or `END_OF_TIME`. */
  readonly from: string;
  readonly to: string;
}

/** Where there may be entries with the words: from a time to before another. */
export interface WordParts {
  /** In the order of their beginnings; they may overlap, and lie in part outside of what was asked for. */
  readonly parts: readonly { readonly from: string; readonly to: string }[];
}

/**
 * The read side of the database. Everything that it reads is bounded by its request. Aborted, it rejects with
 * the signal's reason, and the database is not left at work. Rejects with `LmsError` otherwise.
 */
export interface EntryReader {
  /**
   * The time in which all of its entries lie, by whole minutes, null if it has none: of a reader that knows it at
   * once, and for which counts by minute cost what reading the rows does. Absent: those are cheap.
   */
  readonly extent?: { readonly from: string; readonly to: string } | null | undefined;
  piece(request: PieceRequest, signal: AbortSignal): Promise<Piece>;
  entry(key: EntryKey, signal: AbortSignal): Promise<StoredEntry | undefined>;
  /**
   * The names of the tags that have an index, as of some seconds ago; undefined if that cannot be known. In no
   * order.
   */
  indexedTags(signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** Every service and severity that has rows, from the counts: in no order. */
  keyCounts(signal: AbortSignal): Promise<readonly KeyCount[]>;
  minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes>;
  /** The last minute that `minutes` would look at; undefined if that is all of them. */
  lastMinute(request: MinutesRequest, signal: AbortSignal): Promise<string | undefined>;
  /** The sums of the counts by minute in each of the ranges, at least one: in no order. */
  rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]>;
  /**
   * The same sums from counts by hour and day, where the database has such and can tell in the same moment that
   * they are right; undefined otherwise.
   */
  rangeSums(request: SumsRequest, signal: AbortSignal): Promise<readonly RangeSum[] | undefined>;
  /** Undefined: there is no index of words, or it cannot be relied on now. */
  wordParts(request: WordPartsRequest, signal: AbortSignal): Promise<WordParts | undefined>;
  /** What the processes of ours last said of themselves. */
  processes(signal: AbortSignal): Promise<Processes>;
  close(): Promise<void>;
}
