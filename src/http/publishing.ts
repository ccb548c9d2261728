import type { LogEntry } from '../logs/entry.ts';
import { publishedJson } from '../logs/entry-json.ts';
import type { OutgoingMessage } from '../logs/message.ts';
import type { DeadLetter, DeadLetters, Publisher } from '../pipeline/ports.ts';
import type { BytesInFlight } from './bytes-in-flight.ts';

/** Where what comes in by HTTP goes: to Pub/Sub, as every other way in. */
export interface PublishingParts {
  readonly topic: Publisher;
  readonly deadLetters: DeadLetters;
  readonly inFlight: BytesInFlight;
}

const NO_ATTRIBUTES = {};
/** An object for each message, and its place in a request. */
const MESSAGE_BYTES = 512;

/** The message that publishes an entry under its key. */
export function messageOf(entry: LogEntry): OutgoingMessage {
  return { data: Buffer.from(publishedJson(entry)), attributes: NO_ATTRIBUTES };
}

/** Publishes what came in. */
export class EntryPublisher {
  readonly #parts: PublishingParts;

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  /**
   * Publishes the messages of entries; resolves once all are confirmed: they will not be lost. Published again
   * they are the same rows. Throws `Problem` OVERLOADED, or `LmsError` PUBSUB_…: some may have been published then.
   */
  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const bytes = messages.reduce((sum, { data }) => sum + data.length + MESSAGE_BYTES, 0);
    const hold = this.#parts.inFlight.take(bytes);
    try {
      await this.#parts.topic.publish(messages);
    } finally {
      hold.release();
    }
  }

  /** Publishes what cannot become rows to the dead-letter topic. Throws `LmsError` PUBSUB_…. */
  async bury(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length > 0) await this.#parts.deadLetters.publish(letters);
  }
}
