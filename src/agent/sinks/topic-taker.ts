import { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { publishedJson } from '../../logs/entry-json.ts';
import type { OutgoingMessage } from '../../logs/message.ts';
import type { Publisher } from '../../pipeline/ports.ts';
import type { RefusedEntry, Settled } from '../ports.ts';
import type { Taker } from './patient-sink.ts';

/** A message of Pub/Sub has 10 MB at most, with what is around it. */
const MAX_MESSAGE_BYTES = 9_900_000;
const NO_ATTRIBUTES = {};
const TOO_LARGE = 'The entry has more than 9.9 MB, which Pub/Sub does not take.';

/** Publishes entries to a topic, each under its key: published again it is the same row. */
export class TopicTaker implements Taker {
  readonly #publisher: Publisher;
  readonly #prepare: () => Promise<void>;
  #prepared: Promise<void> | undefined;
  readonly #publishing = new Set<Promise<unknown>>();

  /**
   * `prepare` sees to it that the topic is there, and something that keeps what is published: before the first
   * entries; again if it failed, and if the topic is gone.
   */
  constructor(publisher: Publisher, prepare: () => Promise<void>) {
    this.#publisher = publisher;
    this.#prepare = prepare;
  }

  async take(entries: readonly LogEntry[]): Promise<Settled> {
    await this.#ready();
    const reasons: RefusedEntry[] = [];
    const messages: OutgoingMessage[] = [];
    for (const [place, entry] of entries.entries()) {
      const data = Buffer.from(publishedJson(entry));
      if (data.length > MAX_MESSAGE_BYTES) reasons.push({ place, reason: TOO_LARGE });
      else messages.push({ data, attributes: NO_ATTRIBUTES });
    }
    if (messages.length > 0) await this.#publish(messages);
    return { refused: reasons.length, reasons };
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }

  async #publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const publishing = this.#publisher.publish(messages);
    this.#publishing.add(publishing);
    try {
      await publishing;
    } catch (error) {
      if (error instanceof LmsError && error.code === 'PUBSUB_NOT_FOUND') this.#prepared = undefined;
      throw error;
    } finally {
      this.#publishing.delete(publishing);
    }
  }

  /** A topic that is made again has nothing yet that keeps what is just on its way: so nothing is. */
  async #prepareInPeace(): Promise<void> {
    await Promise.allSettled(this.#publishing);
    await this.#prepare();
  }

  async #ready(): Promise<void> {
    this.#prepared ??= this.#prepareInPeace();
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }
}
