import type { Clock } from '../pipeline/ports.ts';
import type { EntryEvent, EventRange, TailEvent } from './tail-event.ts';

/** What a tail brings; `E` is an entry as whoever follows it has it. */
export type ReceivedEvent<E> = FoundEvent<E> | Exclude<TailEvent, EntryEvent>;

/** An entry that matches, and its id. */
export interface Found<E> {
  readonly entryId: string;
  readonly entry: E;
}

interface FoundEvent<E> extends Found<E> {
  readonly kind: 'entry';
  readonly position: string;
}

/** Up to when what was published is stored, RFC 3339; undefined: nobody says so. `now` is the same clock's time. */
export interface StoredState {
  readonly at: string | undefined;
  readonly now: string;
}

/** What a failure means to whoever would try again. */
export interface Failure {
  /** Trying again is of no use: the question is wrong, or not allowed. */
  readonly isFinal: boolean;
  /** Try again no earlier. */
  readonly retryAfterMs?: number | undefined;
}

/** What following a tail takes. */
export interface FollowPorts<E> {
  /**
   * Opens the tail: behind a position, or from its beginning with the history that was asked for. Resolves once
   * the server has accepted it. An empty array says that something came. Aborted, it is over.
   */
  open(
    place: { readonly resume: string | undefined },
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly ReceivedEvent<E>[]>>;
  /** What is stored and matches, with times from one to the other, both included; in pages, oldest first. */
  fill(range: EventRange, signal: AbortSignal): AsyncIterable<readonly Found<E>[]>;
  storedUpTo(signal: AbortSignal): Promise<StoredState>;
  /** What is to be made of what one of the three rejected with. */
  failureOf(error: unknown): Failure;
  readonly clock: Clock;
  /** From 0 to below 1; Math.random if absent. */
  readonly random?: (() => number) | undefined;
}

/** An entry, shown once. */
export interface FollowedEntry<E> extends Found<E> {
  readonly kind: 'entry';
  /** It was found in a gap, and is out of the order of the others. */
  readonly isFilled: boolean;
}

/** What is said beside the entries. */
export type FollowNote =
  /** The tail ended, and is opened again after a while. */
  | { readonly kind: 'reconnecting'; readonly inMs: number; readonly cause: unknown }
  | { readonly kind: 'reconnected' }
  /** Entries may be missing here. They are looked for, and so are those that were skipped. */
  | ({ readonly kind: 'gap' } & EventRange)
  | ({ readonly kind: 'skipped' | 'sampled'; readonly count: number } & EventRange)
  /** Nothing is missing here any more: so many entries were found. */
  | ({ readonly kind: 'filled'; readonly count: number } & EventRange)
  /** Entries may stay missing here: what was to be stored is not. */
  | ({ readonly kind: 'incomplete'; readonly cause: unknown } & EventRange)
  /** How far behind it is what is shown; 0: no longer. */
  | { readonly kind: 'behind'; readonly lagMs: number };

/** What whoever follows a tail gets. */
export type Followed<E> = FollowedEntry<E> | FollowNote;
