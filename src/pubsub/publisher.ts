import type { protos } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import { LmsError } from '../errors/catalogue.ts';
import type { OutgoingMessage } from '../logs/message.ts';
import type { Publisher } from '../pipeline/ports.ts';
import type { PubSubClients } from './client.ts';
import { pubsubError, statusOf } from './errors.ts';
import { requestEnds } from './publish-request.ts';
import { retryCall, type TryOptions } from './retry-call.ts';

/** Requests of one `publish` that are under way together: more gained nothing when it was measured. */
const REQUESTS_IN_FLIGHT = 8;
const TOTAL_MS = 60_000;

type PubsubMessages = protos.google.pubsub.v1.IPubsubMessage[];

export interface PublisherOptions {
  /** How long a request is tried again on transient errors, in milliseconds. Default 60,000. */
  readonly totalMs?: number;
  /**
   * A request that is not answered within this time has failed, and its connection is given up. Default
   * 30,000.
   */
  readonly tryTimeoutMs?: number;
}

/**
 * Publishes to a topic by the service's own request: arrays in, arrays out, no object per message. The client
 * library's `topic.publishMessage` costs more than twice as much.
 *
 * A request whose answer was lost is made again, and its messages then stand in the topic twice.
 */
export class TopicPublisher implements Publisher {
  readonly #clients: PubSubClients;
  readonly #topic: string;
  readonly #totalMs: number;
  readonly #tryTimeoutMs: number | undefined;
  readonly #closed = new AbortController();

  /** `topic` is its short name. Whoever opened the clients closes them. */
  constructor(clients: PubSubClients, topic: string, options: PublisherOptions = {}) {
    this.#clients = clients;
    this.#topic = clients.topicName(topic);
    this.#totalMs = options.totalMs ?? TOTAL_MS;
    this.#tryTimeoutMs = options.tryTimeoutMs;
  }

  /** As the port says. Rejects once no request of it is under way any more. */
  async publish(messages: readonly OutgoingMessage[]): Promise<string[]> {
    const ends = requestEnds(messages);
    const ids: string[][] = [];
    const failures: unknown[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let request = next++; request < ends.length && failures.length === 0; request = next++) {
        const part = messages.slice(ends[request - 1] ?? 0, ends[request]);
        try {
          ids[request] = await this.#request(part);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(REQUESTS_IN_FLIGHT, ends.length) }, lane));
    if (failures.length > 0)
      throw pubsubError(failures[0], `publish to ${this.#topic}`, `topic ${this.#topic}`);
    return ids.flat();
  }

  /** Ends the retries: what is not confirmed by then is rejected. */
  close(): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  async #request(messages: OutgoingMessage[]): Promise<string[]> {
    const limit = {
      totalMs: this.#totalMs,
      tryTimeoutMs: this.#tryTimeoutMs,
      signal: this.#closed.signal,
    };
    const messageIds = await retryCall((options) => this.#try(messages, options), limit);
    if (messageIds.length === messages.length) return messageIds;
    const counts = `${messageIds.length} of ${messages.length}`;
    throw new LmsError('PUBSUB_FAILED', `${this.#topic} confirmed ${counts} messages`);
  }

  async #try(messages: PubsubMessages, options: TryOptions): Promise<string[]> {
    const publisher = this.#clients.publisher();
    try {
      const [{ messageIds }] = await publisher.publish({ topic: this.#topic, messages }, options);
      return messageIds ?? [];
    } catch (error) {
      // The next try may find a connection that answers.
      if (statusOf(error) === status.DEADLINE_EXCEEDED) this.#clients.reconnectPublisher(publisher);
      throw error;
    }
  }
}
