import type { Instant } from '../logs/message.ts';
import type { FlushReason } from './buffer.ts';
import type { Ledger } from './ledger.ts';
import type { OpenOutage } from './outage.ts';
import type { Verdict } from './ports.ts';

/** What a worker shows of itself to whoever asks. */
export interface WorkerStatus {
  readonly ledger: Ledger;
  /** It was told to stop, or has failed: it takes nothing more. */
  readonly draining: boolean;
  /**
   * What it meets at the moment. A worker with nothing to write does not notice that the database is away.
   */
  readonly outages: readonly OpenOutage[];
  /** The database refuses rows, which are kept: the table is at fault, or too little was tried to tell. */
  readonly refusesRows: boolean;
  readonly waitingLetters: WaitingLetters;
  /** Absent if everything is kept as it comes. */
  readonly screening?: ScreeningCounts | undefined;
  /** How long ago its last flush ended that wrote rows, in milliseconds; undefined: none has yet. */
  readonly sinceFlushMs: number | undefined;
}

/** What was not kept as it came, since the start. The same entry counts each time that it is delivered. */
export interface ScreeningCounts {
  /** Entries of which something was replaced. */
  readonly redactedEntries: number;
  /** How often something was replaced, by the name of the rule; each rule is there. */
  readonly redactions: ReadonlyMap<string, number>;
  /** Entries that were discarded, by service; of very many services the last are counted together. */
  readonly discardedByService: ReadonlyMap<string, number>;
}

/** Dead letters that their topic has not taken yet. */
export interface WaitingLetters {
  readonly letters: number;
  /** For how long the message of the oldest has been held, in milliseconds; 0 if none waits. */
  readonly oldestMs: number;
}

/** What a source shows of itself to whoever asks. */
export interface SourceStatus {
  /** Handed over and not settled. */
  readonly held: HeldAmount;
  /** Reading pauses there. */
  readonly heldLimit: HeldAmount;
  /** Reading is paused at the moment: the limit is reached. */
  readonly paused: boolean;
  /** For how long the oldest held message has been held, in milliseconds; 0 if nothing is held. */
  readonly oldestHeldMs: number;
  /** When the oldest held message was published; undefined if none is held. Looks at each of them. */
  oldestPublishTime(): Instant | undefined;
  /** Leases that were extended, confirmed by the server; a message counts every time. */
  readonly leaseExtensions: number;
  /** How often the stream was opened again. Services end healthy streams now and then. */
  readonly reconnects: number;
  readonly outage: OpenOutage | undefined;
}

export interface HeldAmount {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Told of what happens in a worker now and then: a few calls for each batch, none for a message. Must not
 * throw.
 */
export interface WorkerEvents {
  /**
   * A flush is over; `rows` of its entries, at least one, are in the database. It took `tookMs`, retries
   * included.
   */
  flushed(reason: FlushReason, rows: number, tookMs: number): void;
  /** A write failed. It is tried again (`transient`), in halves (`row`), or it ends the worker (`fatal`). */
  writeFailed(verdict: Verdict): void;
}
