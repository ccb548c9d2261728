import type { LogEntry } from '../logs/entry.ts';
import type { Message, OutgoingMessage } from '../logs/message.ts';
import type { Rejection } from '../logs/rejection.ts';

/** A leased message: ours until it is settled (acked or nacked) or its lease runs out. */
export interface Delivery extends Message {
  /** When the source received it, in the clock's milliseconds. */
  readonly receivedAtMs: number;
  /**
   * Bytes it is counted with against the limit on held bytes: the message as it came, and a fixed overhead;
   * more once it has grown, see `Source.grow`.
   */
  readonly bytes: number;
}

/**
 * Where deliveries come from. It leases what it hands over, extends those leases for as long as they are
 * held, and stops reading when too much is held.
 */
export interface Source {
  /**
   * Starts the intake. `receive` gets deliveries in arrays, as they come, and must not throw. Interruptions
   * are the source's own business: it reconnects. `fail` is called at most once, with an `LmsError`, if the
   * subscription refuses the first attempt in a way that waiting does not mend: it does not exist, or may not
   * be read.
   */
  start(receive: (deliveries: readonly Delivery[]) => void, fail: (error: Error) => void): void;
  /** Stops the intake. No delivery is handed over once it returned. Held ones stay leased. */
  stop(): void;
  /**
   * What was decoded of a delivery takes so many bytes more than its `bytes`, to which they are added: they
   * are held as well, until it is settled.
   */
  grow(delivery: Delivery, bytes: number): void;
  /**
   * Whether the limit on held bytes is reached and some of them are growth: then what was decoded has to be
   * settled before more is.
   */
  readonly overgrown: boolean;
  /**
   * Acknowledges; retried. Resolves to the number that the server confirmed: the rest may come again. Never
   * rejects. The deliveries are no longer held afterwards, confirmed or not.
   */
  ack(deliveries: readonly Delivery[]): Promise<number>;
  /** Gives deliveries back to be delivered again at once. As `ack` otherwise. */
  nack(deliveries: readonly Delivery[]): Promise<number>;
  /** Stops the intake and tries no settlement again. Leases still held run out. Idempotent. */
  close(): void;
}

/** What became of a batch: `stored + duplicates` is its length. */
export interface WriteResult {
  /** Rows that this call added, and counted. */
  readonly stored: number;
  /** Entries whose row was there before, or that stood twice in the batch. They change nothing. */
  readonly duplicates: number;
}

/**
 * What to do about a failed write. `transient`: the same batch can pass later. `row`: some row of the batch
 * can never pass, the others can. `fatal`: nothing will pass until a person acts.
 */
export const VERDICTS = ['transient', 'row', 'fatal'] as const;

export type Verdict = (typeof VERDICTS)[number];

export interface StoreErrorOptions extends ErrorOptions {
  /** See `StoreError`. */
  readonly isOfRowAlone?: boolean;
}

/**
 * A failed write. Nothing of the batch was stored, or (a COMMIT whose reply was lost) all of it: writing
 * again is safe. Its `cause`, if any, is the `LmsError` for the person at the command line.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly verdict: Verdict;
  /** The database's own code for it, such as `ER_LOCK_DEADLOCK`. */
  readonly code: string;
  /** With the verdict `row`: no table would take it, so that nothing is to be said of this one. */
  readonly isOfRowAlone: boolean;

  constructor(verdict: Verdict, code: string, message: string, options: StoreErrorOptions = {}) {
    super(message, options);
    this.verdict = verdict;
    this.code = code;
    this.isOfRowAlone = options.isOfRowAlone ?? false;
  }
}

/** The write side of the database. */
export interface LogStore {
  /**
   * Writes a batch: rows, counts and counts by minute, in one transaction. An entry whose `(timestamp,
   * eventId)` is stored already adds nothing. Safe to call concurrently, and again after any failure. Throws
   * `StoreError` only.
   */
  write(batch: readonly LogEntry[]): Promise<WriteResult>;
  close(): Promise<void>;
}

/** Publishes to one topic. */
export interface Publisher {
  /**
   * Publishes in as few requests as the service's limits allow, retried on transient errors; resolves once
   * the service has confirmed every message, to their ids in the same order. Rejects with an `LmsError`; some
   * may have been published then.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Publishes texts to one topic, each as a message without attributes. */
export interface TextPublisher {
  /** Makes requests of them, which lie ready: whoever holds these need not hold the texts. */
  pack(texts: readonly string[]): PackedTexts;
  close(): Promise<void>;
}

/** Texts that lie ready to be published. */
export interface PackedTexts {
  /** Places of those that no message holds, in order: they are left out. */
  readonly tooLarge: readonly number[];
  /** Publishes the others, as `Publisher.publish` does. May be called again after a failure. */
  publish(): Promise<void>;
}

/** A message that cannot become a row, and why. */
export interface DeadLetter {
  readonly delivery: Delivery;
  readonly rejection: Rejection;
  /** How many of the message's entries are bad, if it holds several. Absent: it stands for one. */
  readonly entries?: number;
}

/** Where messages go that cannot become rows. */
export interface DeadLetters {
  /**
   * Publishes the letters; resolves once each is confirmed. Rejects if the topic did not take them: try
   * again.
   */
  publish(letters: readonly DeadLetter[]): Promise<void>;
}

/** Time and timers; tests have a clock that they set. */
export interface Clock {
  /** Milliseconds that only ever grow, from an arbitrary start. */
  now(): number;
  /** Calls `task` once after `delayMs`. The returned function cancels it. */
  schedule(delayMs: number, task: () => void): () => void;
}

/**
 * The structured logger that rooms write to. A pino logger is one. Fields never hold a payload, a password or
 * a token.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
