/** Where batches go: one request for each `send`. */
export interface Sink {
  /** What it is called in messages: a topic's full name or a URL. */
  readonly name: string;
  /** The largest entry it takes, in bytes. */
  readonly maxEntryBytes: number;
  /** The largest batch it takes; without, any. An entry of `maxEntryBytes` may always go alone. */
  readonly maxBatchEntries?: number;
  readonly maxBatchBytes?: number;
  /**
   * Sends a batch by one request and resolves once it is confirmed. Rejects with a `SendError`; with anything
   * else if `signal` is aborted.
   */
  send(batch: readonly Uint8Array[], signal: AbortSignal): Promise<Confirmation>;
  /** Gives back its connections. Requests still under way fail. */
  close(): void;
}

/** What became of a batch that was answered. */
export interface Confirmation {
  readonly confirmed: number;
  /** What the other side will not take, whenever it is sent, and why. */
  readonly refused: number;
  readonly reason?: string;
}

/** A request that failed. */
export class SendError extends Error {
  override readonly name = 'SendError';
  /** Whether the same request is hopeless, whenever it is made again. */
  readonly isFinal: boolean;
  /** How long the other side asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { isFinal = false, retryAfterMs }: { isFinal?: boolean; retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.isFinal = isFinal;
    this.retryAfterMs = retryAfterMs;
  }
}
