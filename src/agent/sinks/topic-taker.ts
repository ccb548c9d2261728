import { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { publishedJson } from '../../logs/entry-json.ts';
import type { TextPublisher } from '../../pipeline/ports.ts';
import type { Parcel, Taker } from './patient-sink.ts';

const TOO_LARGE = 'The entry has more than 9.9 MB, which Pub/Sub does not take.';

/** Publishes entries to a topic, each under its key: published again it is the same row. */
export class TopicTaker implements Taker {
  readonly #publisher: TextPublisher;
  readonly #prepare: () => Promise<void>;
  #prepared: Promise<void> | undefined;
  readonly #publishing = new Set<Promise<unknown>>();

  /**
   * `prepare` sees to it that the topic is there, and something that keeps what is published: before the first
   * entries; again if it failed, and if the topic is gone.
   */
  constructor(publisher: TextPublisher, prepare: () => Promise<void>) {
    this.#publisher = publisher;
    this.#prepare = prepare;
  }

  pack(entries: readonly LogEntry[]): Parcel {
    const packed = this.#publisher.pack(entries.map(publishedJson));
    const reasons = packed.tooLarge.map((place) => ({ place, reason: TOO_LARGE }));
    const settled = { refused: reasons.length, reasons };
    return {
      send: async () => {
        await this.#ready();
        await this.#published(() => packed.publish());
        return settled;
      },
    };
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }

  async #published(publish: () => Promise<void>): Promise<void> {
    const publishing = publish();
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
