import type { TailEntry } from '../../../client/src/types.ts';
import type { LiveQuestion } from './question.ts';

/** How the stream of all tabs is. Times are milliseconds since 1970. */
export type StreamState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'on'; readonly lagMs: number }
  /** It is tried again then. */
  | { readonly kind: 'reconnecting'; readonly againAtMs: number; readonly reason: string }
  /** The server has none for us. Whether it is worth while to look at what is stored instead. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly isPolled: boolean };

/** Times between which something may be missing, or no longer. */
export interface LiveNote {
  readonly kind: 'gap' | 'skipped' | 'filled' | 'incomplete';
  readonly from: string;
  readonly to: string;
  /** How many were left out, or found; 0 where nobody knows. */
  readonly count: number;
}

/** A tab, and which of its questions in a row. */
export interface Want {
  readonly tab: string;
  readonly number: number;
  readonly question: LiveQuestion;
  /** It has all that came before. */
  readonly place: string;
}

/** What came together, in order. */
export interface Batch {
  readonly entries: readonly TailEntry[];
  readonly notes: readonly LiveNote[];
  /** Whoever takes this has all before that place. */
  readonly place: string;
}

/** Of a tab to whoever leads. */
export type TabMessage =
  | ({ readonly kind: 'want' } & Want)
  | { readonly kind: 'leave'; readonly tab: string }
  | { readonly kind: 'here'; readonly tab: string }
  /** Somebody presses "try now". */
  | { readonly kind: 'try' };

/** Of whoever leads to all tabs. */
export type LeaderMessage = { readonly leader: string } & (
  | { readonly kind: 'call' }
  | { readonly kind: 'state'; readonly state: StreamState }
  /** A stream begins, for these questions of these tabs. `only`: the one thing that it asks for. */
  | {
      readonly kind: 'open';
      readonly stream: number;
      readonly wants: Readonly<Record<string, number>>;
      readonly only: string | undefined;
    }
  | ({ readonly kind: 'batch'; readonly stream: number; readonly turn: number } & Batch)
  /** So much was missed that it is better to ask anew. */
  | { readonly kind: 'again'; readonly stream: number }
);

export type Message = TabMessage | LeaderMessage;

/** All tabs of a browser: what one says, the others hear, and itself. */
export interface Bus {
  say(message: Message): void;
  /** Returns what ends it. */
  listen(hear: (message: Message) => void): () => void;
}

/** That a tab leads, as long as it does. */
export interface Leadership {
  /** Aborted once another one leads. */
  readonly lost: AbortSignal;
  release(): void;
}

/** Sees to it that one tab leads. */
export interface Election {
  /**
   * Resolves once this tab leads. `isUrgent`: whoever leads has not been heard for long, and does not any more.
   * Rejects once the signal is aborted.
   */
  lead(isUrgent: boolean, signal: AbortSignal): Promise<Leadership>;
}
