import type { protos } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import type { Message } from '../logs/message.ts';
import { systemClock } from '../pipeline/clock.ts';
import type { Log } from '../pipeline/ports.ts';
import { textAckId } from './ack-request.ts';
import { Acknowledger } from './acknowledger.ts';
import type { PubSubClients } from './client.ts';
import { type OpenedDeadLetter, readDeadLetter } from './dead-letter-message.ts';
import { pubsubError, statusOf } from './errors.ts';
import { retryCall, type TryOptions } from './retry-call.ts';

/** A letter that nobody else gets while we hold it. */
export interface HeldDeadLetter extends OpenedDeadLetter {
  /** When it came to the subscription, in ms since 1970. */
  readonly arrivedAtMs: number;
  readonly ackId: string;
}

/** The service answers a pull once it has something: without an answer within this time, there is nothing. */
const EMPTY_AFTER_MS = 3_000;
const TOTAL_MS = 10_000;
/** The longest that the service allows: letters are given back at the end, not lost in between. */
const LEASE_SECONDS = 600;
const NO_BYTES = new Uint8Array(0);

/**
 * The dead-letter subscription, to be read by a person's command: a page at a time, and what is not
 * acknowledged is given back.
 */
export class DeadLetterInbox {
  readonly #clients: PubSubClients;
  readonly #name: string;
  readonly #acknowledger: Acknowledger;
  readonly #held = new Set<string>();

  /** `subscription` is its short name. */
  constructor(clients: PubSubClients, subscription: string, log: Log) {
    this.#clients = clients;
    this.#name = clients.subscriptionName(subscription);
    this.#acknowledger = new Acknowledger({ clients, subscription: this.#name, clock: systemClock, log });
  }

  /**
   * Up to `maxLetters` that are not held, and held from now on. Empty if none comes within 3 s. Rejects with
   * an `LmsError`.
   */
  async take(maxLetters: number): Promise<HeldDeadLetter[]> {
    const received = await this.#pull(maxLetters);
    const letters = received.map(({ ackId, message: fields }) => {
      const message = toMessage(fields ?? {});
      const { seconds, nanos } = message.publishTime;
      const arrivedAtMs = seconds * 1000 + Math.floor(nanos / 1e6);
      return { ...readDeadLetter(message), arrivedAtMs, ackId: ackId ?? '' };
    });
    const ackIds = letters.map(({ ackId }) => ackId);
    for (const ackId of ackIds) this.#held.add(ackId);
    await this.#acknowledger.modifyDeadline(ackIds.map(textAckId), LEASE_SECONDS);
    return letters;
  }

  /**
   * How long the subscription keeps a letter that nobody takes; undefined if we may not look, or it does not
   * say.
   */
  async retentionMs(): Promise<number | undefined> {
    const request = { subscription: this.#name };
    try {
      const [{ messageRetentionDuration: duration }] = await retryCall(
        (options) => this.#clients.subscriber().getSubscription(request, options),
        { totalMs: TOTAL_MS },
      );
      const retentionMs = Number(duration?.seconds ?? 0) * 1000;
      return retentionMs > 0 ? retentionMs : undefined;
    } catch (error) {
      if (statusOf(error) === status.PERMISSION_DENIED) return undefined;
      throw pubsubError(error, `look at ${this.#name}`, `subscription ${this.#name}`);
    }
  }

  /**
   * Removes letters for good. Resolves to the number that the service confirmed: the rest will be there
   * again.
   */
  async ack(letters: readonly HeldDeadLetter[]): Promise<number> {
    const ackIds = letters.map(({ ackId }) => ackId);
    const confirmed = await this.#acknowledger.acknowledge(ackIds.map(textAckId));
    for (const ackId of ackIds) this.#held.delete(ackId);
    return confirmed;
  }

  /** Gives back what is held: others can take it at once. */
  async close(): Promise<void> {
    const ackIds = [...this.#held];
    this.#held.clear();
    await this.#acknowledger.modifyDeadline(ackIds.map(textAckId), 0);
    this.#acknowledger.close();
  }

  async #pull(maxMessages: number): Promise<protos.google.pubsub.v1.IReceivedMessage[]> {
    const request = { subscription: this.#name, maxMessages };
    const pullOnce = async (options: TryOptions) => {
      try {
        const timeout = Math.min(options.timeout, EMPTY_AFTER_MS);
        const [response] = await this.#clients.subscriber().pull(request, { ...options, timeout });
        return response.receivedMessages ?? [];
      } catch (error) {
        if (statusOf(error) === status.DEADLINE_EXCEEDED) return [];
        throw error;
      }
    };
    try {
      return await retryCall(pullOnce, { totalMs: TOTAL_MS });
    } catch (error) {
      throw pubsubError(error, `read ${this.#name}`, `subscription ${this.#name}`);
    }
  }
}

function toMessage({
  messageId,
  publishTime,
  data,
  attributes,
}: protos.google.pubsub.v1.IPubsubMessage): Message {
  return {
    messageId: messageId ?? '',
    publishTime: { seconds: Number(publishTime?.seconds ?? 0), nanos: publishTime?.nanos ?? 0 },
    data: data instanceof Uint8Array ? data : NO_BYTES,
    attributes: attributes ?? {},
  };
}
