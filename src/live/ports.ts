import type { Grant } from '../access/grant.ts';
import type { LogEntry } from '../logs/entry.ts';
import type { Means } from '../query/answers/page.ts';
import type { Filter } from '../query/filter.ts';
import type { Position } from './position.ts';
import type { EventRange } from './tail-event.ts';

/** Told what a source has. */
export interface LiveReceiver {
  /** Entries in the order in which they came. One may come again. */
  entries(entries: readonly LogEntry[]): void;
  /** What was published with times between these may not have come, and will not. */
  gap(range: EventRange): void;
  /** It has ended for good; told at most once, and not after `stop`. */
  failed(error: Error): void;
}

/** Where new entries come from: for everybody, whatever they ask for. */
export interface LiveSource {
  /** Resolves once all comes that is published from then on. Rejects with `LmsError`; it may be tried again. */
  start(receiver: LiveReceiver): Promise<void>;
  /** Nothing is told afterwards. Never rejects; whoever starts it again has a source without a past. */
  stop(): Promise<void>;
  /** How far what it has told is behind what is published, as far as it knows. */
  lagMs(): number;
}

/** Asks the database in turn with others. */
export type AskHistory = <T>(work: (means: Means) => Promise<T>, isPatient?: boolean) => Promise<T>;

/** What comes first in a tail. */
export interface HistoryRequest {
  /** Which entries: the tail's filter and perhaps a time. */
  readonly filter: Filter;
  /** The time that they are from, as a column holds it. */
  readonly from?: string | undefined;
  /** The last so many alone; all if absent. */
  readonly last?: number | undefined;
  /** Reads them, by the names that whoever asks knows. */
  readonly ask: AskHistory;
}

/** What a tail shows. */
export interface TailRequest {
  readonly filter: Filter;
  /** Who reads: he sees his services alone, by the names that he knows. */
  readonly grant: Grant;
  /** Where an earlier tail of the same question ended. */
  readonly resume?: Position | undefined;
  readonly history?: HistoryRequest | undefined;
  /** Entries a second at most; what is more is left out, and counted. */
  readonly maxRate?: number | undefined;
  /** Whose tails are counted together; absent: they are not. */
  readonly key?: string | undefined;
  /** Aborted, it ends. */
  readonly signal: AbortSignal;
}
