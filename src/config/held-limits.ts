/** Room for the largest message that Pub/Sub takes: 10 MB of data, and its attributes. */
const LARGEST_MESSAGE_BYTES = 10 * 1024 ** 2;

/** A limit on what is held, in messages or in bytes. */
export interface HeldLimit {
  /**
   * The batches in flight and the one that fills. With less, intake would pause before a batch is full, and
   * every flush would wait for the interval.
   */
  readonly least: number;
  /** One batch more, so that the stream does not run dry each time a batch is taken. */
  readonly usual: number;
}

/** How many messages to hold. */
export function heldMessages(batchSize: number, flushesInFlight: number): HeldLimit {
  return { least: batchSize * (flushesInFlight + 1), usual: batchSize * (flushesInFlight + 2) };
}

/** How many bytes of messages to hold. */
export function heldBytes(batchBytes: number, flushesInFlight: number): HeldLimit {
  return {
    least: Math.max(batchBytes * (flushesInFlight + 1), LARGEST_MESSAGE_BYTES),
    usual: Math.max(batchBytes * (flushesInFlight + 2), LARGEST_MESSAGE_BYTES),
  };
}
