import type { protos, v1 } from '@google-cloud/pubsub';
import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { LmsError } from '../errors/catalogue.ts';
import type { OutgoingMessage } from '../logs/message.ts';
import type { PackedTexts, Publisher, TextPublisher } from '../pipeline/ports.ts';
import { type PubSubClients, routedBy } from './client.ts';
import { pubsubError, statusOf } from './errors.ts';
import { confirmedMessages, type PackedRequest, packTexts } from './packed-request.ts';
import { requestEnds } from './publish-request.ts';
import { retryCall, type TryOptions } from './retry-call.ts';
import { SpareBuffers } from './spare-buffers.ts';

/** Requests of one `publish` that are under way together: more gained nothing when it was measured. */
const REQUESTS_IN_FLIGHT = 8;
const TOTAL_MS = 60_000;
const PUBLISH = '/google.pubsub.v1.Publisher/Publish';

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
export class TopicPublisher implements Publisher, TextPublisher {
  readonly #clients: PubSubClients;
  readonly #topic: string;
  readonly #metadata: Metadata;
  readonly #totalMs: number;
  readonly #tryTimeoutMs: number | undefined;
  readonly #closed = new AbortController();
  readonly #spare = new SpareBuffers();

  /** `topic` is its short name. Whoever opened the clients closes them. */
  constructor(clients: PubSubClients, topic: string, options: PublisherOptions = {}) {
    this.#clients = clients;
    this.#topic = clients.topicName(topic);
    this.#metadata = routedBy(this.#topic, 'topic');
    this.#totalMs = options.totalMs ?? TOTAL_MS;
    this.#tryTimeoutMs = options.tryTimeoutMs;
  }

  /** As the port says. Rejects once no request of it is under way any more. */
  async publish(messages: readonly OutgoingMessage[]): Promise<string[]> {
    const ends = requestEnds(messages);
    const ids: string[][] = [];
    await this.#inLanes(ends.length, async (request) => {
      ids[request] = await this.#request(messages.slice(ends[request - 1] ?? 0, ends[request]));
    });
    return ids.flat();
  }

  /** The same of texts, without the client library's layer: requests lie ready as bytes. */
  pack(texts: readonly string[]): PackedTexts {
    const { requests, tooLarge } = packTexts(this.#topic, texts, (bytes) => this.#spare.take(bytes));
    const publish = async () => {
      await this.#inLanes(requests.length, async (place) => {
        const request = requests[place];
        if (request !== undefined) await this.#packedRequest(request);
      });
      // After a failure they are sent again.
      for (const { bytes } of requests.splice(0)) this.#spare.give(bytes);
    };
    return { tooLarge, publish };
  }

  /** Ends the retries: what is not confirmed by then is rejected. */
  close(): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  /** Makes requests, some at once. Rejects with what the first said that failed, once none is under way any more. */
  async #inLanes(requests: number, request: (place: number) => Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let place = next++; place < requests && failures.length === 0; place = next++) {
        try {
          await request(place);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(REQUESTS_IN_FLIGHT, requests) }, lane));
    if (failures.length > 0)
      throw pubsubError(failures[0], `publish to ${this.#topic}`, `topic ${this.#topic}`);
  }

  async #request(messages: OutgoingMessage[]): Promise<string[]> {
    const messageIds = await this.#retried((options) => this.#try(messages, options));
    this.#requireAll(messageIds.length, messages.length);
    return messageIds;
  }

  async #packedRequest(request: PackedRequest): Promise<void> {
    this.#requireAll(await this.#retried((options) => this.#tryPacked(request, options)), request.messages);
  }

  #retried<T>(call: (options: TryOptions) => Promise<T>): Promise<T> {
    return retryCall(call, {
      totalMs: this.#totalMs,
      tryTimeoutMs: this.#tryTimeoutMs,
      signal: this.#closed.signal,
    });
  }

  #requireAll(confirmed: number, messages: number): void {
    if (confirmed !== messages)
      throw new LmsError('PUBSUB_FAILED', `${this.#topic} confirmed ${confirmed} of ${messages} messages`);
  }

  async #try(messages: PubsubMessages, options: TryOptions): Promise<string[]> {
    return this.#through(async (publisher) => {
      const [{ messageIds }] = await publisher.publish({ topic: this.#topic, messages }, options);
      return messageIds ?? [];
    });
  }

  /** Resolves to how many messages were confirmed. */
  async #tryPacked({ bytes }: PackedRequest, { timeout }: TryOptions): Promise<number> {
    return this.#through(async (publisher) => {
      const stub = await this.#clients.publisherStub(publisher);
      const options = { deadline: Date.now() + timeout };
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const ended = (error: ServiceError | null, confirmed = 0) => {
        if (error) reject(error);
        else resolve(confirmed);
      };
      stub.makeUnaryRequest(PUBLISH, asItIs, confirmedMessages, bytes, this.#metadata, options, ended);
      return promise;
    });
  }

  async #through<T>(call: (publisher: v1.PublisherClient) => Promise<T>): Promise<T> {
    const publisher = this.#clients.publisher();
    try {
      return await call(publisher);
    } catch (error) {
      // The next try may find a connection that answers.
      if (statusOf(error) === status.DEADLINE_EXCEEDED) this.#clients.reconnectPublisher(publisher);
      throw error;
    }
  }
}

function asItIs(request: Buffer): Buffer {
  return request;
}
