import { type CallOptions, Client, type ClientOptions, type Metadata, status } from '@grpc/grpc-js';
import { encodeField, WireReader } from '../../../src/protobuf/wire.ts';
import { isTransient, pubsubError, statusOf } from '../../../src/pubsub/errors.ts';
import { PUBLISH_LIMITS } from '../../../src/pubsub/publish-request.ts';
import { accessOf, type PubSubAddress, routedBy } from './pubsub-access.ts';
import { SendError, type Sink } from './sink.ts';

const PUBLISH = '/google.pubsub.v1.Publisher/Publish';
const TIMEOUT_MS = 30_000;
/** What a request has beside its messages: the topic's name, tags and lengths. */
const FRAME_BYTES = 1_024;
/** Of the entries of a request: with what is around each of them it is below the service's limit. */
const MAX_BATCH_BYTES = 9_000_000;

/** Fields of PublishRequest, PubsubMessage and PublishResponse. */
const [TOPIC, MESSAGES, DATA, MESSAGE_IDS] = [1, 2, 1, 1];

/**
 * gRPC's defaults wait up to 120 s before they connect again. A connection of one's own can be given up for
 * another.
 */
const CHANNEL: ClientOptions = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 300_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_send_message_length': -1,
};

export interface PubSubSinkOptions extends PubSubAddress {
  /** Its short name, or `projects/…/topics/…`. */
  readonly topic: string;
  readonly timeoutMs?: number | undefined;
}

/** Publishes to a topic, a message each. Throws `LmsError` SETTINGS if the emulator's address is none. */
export function pubSubSink(options: PubSubSinkOptions): Sink {
  return new PubSubSink(options);
}

class PubSubSink implements Sink {
  readonly maxEntryBytes = PUBLISH_LIMITS.maxBytes - FRAME_BYTES;
  readonly maxBatchEntries = PUBLISH_LIMITS.maxMessages;
  readonly maxBatchBytes = MAX_BATCH_BYTES;
  readonly #access: ReturnType<typeof accessOf>;
  readonly #topic: string;
  readonly #timeoutMs: number;
  #client: Client | undefined;

  constructor({ topic, timeoutMs = TIMEOUT_MS, ...address }: PubSubSinkOptions) {
    this.#access = accessOf(address);
    this.#topic = topic;
    this.#timeoutMs = timeoutMs;
  }

  get name(): string {
    const { projectId = 'the project of the credentials' } = this.#access;
    return this.#topic.startsWith('projects/') ? this.#topic : `projects/${projectId}/topics/${this.#topic}`;
  }

  async send(batch: readonly Uint8Array[], signal: AbortSignal) {
    let client: Client | undefined;
    try {
      const { address, channel, project } = await this.#access.open();
      // It may have been closed meanwhile: no connection is made after that.
      signal.throwIfAborted();
      const topic = this.#topic.startsWith('projects/') ? this.#topic : topicName(project, this.#topic);
      client = this.#client ??= new Client(address, channel, CHANNEL);
      const count = await this.#publish(client, { topic, batch, signal });
      if (count === batch.length) return { confirmed: count, refused: 0 };
      throw new SendError(`${topic} confirmed ${String(count)} of ${String(batch.length)} messages`);
    } catch (error) {
      // The next try may find a connection that answers.
      if (statusOf(error) === status.DEADLINE_EXCEEDED) this.#reconnect(client);
      throw this.#failure(error);
    }
  }

  close(): void {
    this.#reconnect(this.#client);
  }

  #reconnect(client: Client | undefined): void {
    if (client !== undefined && client === this.#client) this.#client = undefined;
    client?.close();
  }

  #failure(error: unknown): Error {
    if (error instanceof SendError) return error;
    const { message } = pubsubError(error, 'publish', 'the topic');
    return new SendError(message, { isFinal: !isTransient(error) && isOfRequest(error) });
  }

  /** How many messages the service confirmed. */
  #publish(client: Client, request: Request): Promise<number> {
    const options: CallOptions = { deadline: Date.now() + this.#timeoutMs };
    const metadata: Metadata = routedBy(request.topic);
    return new Promise((resolve, reject) => {
      const abort = () => {
        call.cancel();
      };
      const call = client.makeUnaryRequest(
        PUBLISH,
        encoded,
        decoded,
        request,
        metadata,
        options,
        (error, count) => {
          request.signal.removeEventListener('abort', abort);
          if (error === null) resolve(count ?? 0);
          else reject(error);
        },
      );
      request.signal.addEventListener('abort', abort);
    });
  }
}

interface Request {
  readonly topic: string;
  readonly batch: readonly Uint8Array[];
  readonly signal: AbortSignal;
}

function topicName(project: string, topic: string): string {
  return `projects/${project}/topics/${topic}`;
}

/** Whether it is the request that the service does not want, and not the sender, the topic or the moment. */
function isOfRequest(error: unknown): boolean {
  const code = statusOf(error);
  return code === status.INVALID_ARGUMENT || code === status.OUT_OF_RANGE;
}

function encoded({ topic, batch }: Request): Buffer {
  const messages = batch.map((line) => encodeField(MESSAGES, encodeField(DATA, line)));
  return Buffer.concat([encodeField(TOPIC, Buffer.from(topic)), ...messages]);
}

function decoded(response: Buffer): number {
  const reader = new WireReader().read(response, 0, response.length);
  let count = 0;
  while (reader.next()) if (reader.field === MESSAGE_IDS) count += 1;
  return count;
}
