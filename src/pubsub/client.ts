import type { protos, v1 } from '@google-cloud/pubsub';
import { type CallOptions, type Client, type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';
import { LmsError } from '../errors/catalogue.ts';
import { emulatorAddress } from './emulator-address.ts';
import { pubsubError } from './errors.ts';

/** Which Pub/Sub: an emulator when one is named, else Google Cloud with the machine's own credentials. */
export interface PubSubTarget {
  /** Undefined: `lms` on an emulator, else the project that the credentials belong to. */
  readonly projectId?: string | undefined;
  /** `host:port`, as in PUBSUB_EMULATOR_HOST. */
  readonly emulatorHost?: string | undefined;
  /** `host` or `host:port` of Google Cloud's API, where it is not the global one. */
  readonly apiEndpoint?: string | undefined;
}

type StreamingPullRequest = protos.google.pubsub.v1.IStreamingPullRequest;
type StreamingPullResponse = protos.google.pubsub.v1.IStreamingPullResponse;
export type StreamingPull = ClientDuplexStream<StreamingPullRequest, StreamingPullResponse>;

/**
 * What lies under the generated client, whose own calls add copies, retries and errors of their own. It signs
 * in as that does.
 */
export interface SubscriberStub extends Pick<Client, 'makeBidiStreamRequest' | 'makeUnaryRequest'> {
  readonly streamingPull: StreamingPullMethod;
}

/** What lies under the generated client that publishes. */
export type PublisherStub = Pick<Client, 'makeUnaryRequest'>;

/** The call, and what it takes to make it with a reading of our own. */
interface StreamingPullMethod {
  (metadata?: Metadata, options?: CallOptions): StreamingPull;
  readonly path: string;
  readonly requestSerialize: (request: StreamingPullRequest) => Buffer;
}

/** Connections to one Pub/Sub project. Each is opened when it is first asked for. */
export interface PubSubClients {
  readonly projectId: string;
  publisher(): v1.PublisherClient;
  /** The connection of this client, which `publisher()` gave, one layer deeper. */
  publisherStub(publisher: v1.PublisherClient): Promise<PublisherStub>;
  subscriber(): v1.SubscriberClient;
  /** The same connection as `subscriber()`, one layer deeper. */
  subscriberStub(): Promise<SubscriberStub>;
  /**
   * Gives up the connection of this stub, which does not answer: what is asked for next goes through another.
   * Calls still on it fail.
   */
  reconnectSubscriber(stub: SubscriberStub): void;
  /** The same for publishing. */
  reconnectPublisher(publisher: v1.PublisherClient): void;
  /** `projects/<project>/topics/<topic>`; a name that is full already stays as it is. */
  topicName(topic: string): string;
  /** `projects/<project>/subscriptions/<subscription>`, likewise. */
  subscriptionName(subscription: string): string;
  /** Closes what was opened. Idempotent; calls still in flight fail. */
  close(): Promise<void>;
}

/**
 * gRPC's defaults wait up to 120 s before they reconnect, never notice a half-open connection, and read at
 * most 64 KiB before the server has to hear from us again. Pings are those of the official client: more of
 * them, and a server that allows fewer cuts the connection of an idle worker ("excess pings"). What goes
 * silent is mostly noticed earlier, by the stream's own keepalives and by the time limit of each call; so
 * that another connection can be tried then, none is shared with other clients of this process.
 */
const CHANNEL = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 300_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.use_local_subchannel_pool': 1,
  'grpc-node.flow_control_window': 8 * 1024 * 1024,
  // One response may carry many messages of 10 MB.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
};

/** gRPC's own tries hold what is sent until it is answered. What is published is tried again from here. */
const NO_RETRIES = { 'grpc.enable_retries': 0 };

/** Emulators take any project. */
const EMULATOR_PROJECT = 'lms';

/**
 * Begins to load the client library, which takes longer than all the rest of the program: whoever has
 * something to wait for can do so meanwhile. If it cannot be loaded, `connectPubSub` says so.
 */
export function preloadPubSub(): void {
  void loadLibrary().catch(() => undefined);
}

/**
 * Not loaded with this file: only those commands wait for it that need it. The generated clients alone: what
 * `@google-cloud/pubsub` puts around them is not used here, takes 9 MB of memory, and half of the time to load both.
 */
function loadLibrary() {
  return import('@google-cloud/pubsub-api');
}

/**
 * Loads the client library and prepares the clients. No server is asked yet, but Google Cloud's credentials
 * are looked for: rejects with `LmsError` PUBSUB_DENIED if there are none, SETTINGS if the emulator's address
 * is none.
 */
export async function connectPubSub(target: PubSubTarget): Promise<PubSubClients> {
  const { projectId, emulatorHost, apiEndpoint } = target;
  const library = await loadLibrary();
  if (emulatorHost !== undefined)
    return new Connections(projectId ?? EMULATOR_PROJECT, library, emulatorOptions(emulatorHost));
  // Of a client that opens no connection: all others sign in as this one would.
  const { auth } = new library.PublisherClient({ ...(projectId !== undefined && { projectId }) });
  // A client that finds no credentials at its first call ends the process with an unhandled rejection.
  await auth.getClient().catch((error: unknown) => {
    throw pubsubError(error, 'sign in to Google Cloud');
  });
  return new Connections(projectId ?? (await projectOf(auth)), library, {
    auth,
    ...endpointOptions(apiEndpoint),
  });
}

/** Google's library knows it from the credentials' file, the environment, or the machine's metadata. */
async function projectOf(auth: { getProjectId(): Promise<string> }): Promise<string> {
  try {
    return await auth.getProjectId();
  } catch (error) {
    throw new LmsError('SETTINGS', 'the credentials name no project: set PUBSUB_PROJECT_ID', {
      cause: error,
    });
  }
}

function endpointOptions(apiEndpoint: string | undefined): ClientOptions {
  if (apiEndpoint === undefined) return {};
  const { hostname, port } = new URL(`https://${apiEndpoint}`);
  return { apiEndpoint: hostname, ...(port !== '' && { port: Number(port) }) };
}

function isFullName(name: string): boolean {
  return name.startsWith('projects/');
}

/**
 * What a call on a subscription or a topic, by its full name, has to carry: Google's front end routes it by this header.
 */
export function routedBy(name: string, kind: 'subscription' | 'topic' = 'subscription'): Metadata {
  const metadata = new Metadata();
  metadata.set('x-goog-request-params', `${kind}=${encodeURIComponent(name)}`);
  return metadata;
}

class Connections implements PubSubClients {
  readonly projectId: string;
  readonly #v1: typeof v1;
  readonly #options: ClientOptions;
  #publisher: v1.PublisherClient | undefined;
  #subscriber: v1.SubscriberClient | undefined;
  /** Of `#subscriber`, once it was asked for. */
  #stub: SubscriberStub | undefined;

  constructor(projectId: string, library: typeof v1, options: ClientOptions) {
    this.projectId = projectId;
    this.#v1 = library;
    this.#options = { ...CHANNEL, ...options, projectId };
  }

  publisher(): v1.PublisherClient {
    return (this.#publisher ??= new this.#v1.PublisherClient({ ...this.#options, ...NO_RETRIES }));
  }

  async publisherStub(publisher: v1.PublisherClient): Promise<PublisherStub> {
    const stub = await publisher.initialize();
    if (!isPublisherStub(stub)) throw new TypeError('the Pub/Sub client library has no publisher');
    return stub;
  }

  subscriber(): v1.SubscriberClient {
    return (this.#subscriber ??= new this.#v1.SubscriberClient({ ...this.#options }));
  }

  async subscriberStub(): Promise<SubscriberStub> {
    const subscriber = this.subscriber();
    const stub = await subscriber.initialize();
    if (!isSubscriberStub(stub)) throw new TypeError('the Pub/Sub client library has no streamingPull');
    if (subscriber === this.#subscriber) this.#stub = stub;
    return stub;
  }

  reconnectSubscriber(stub: SubscriberStub): void {
    if (stub !== this.#stub) return;
    const subscriber = this.#subscriber;
    this.#subscriber = undefined;
    this.#stub = undefined;
    void subscriber?.close().catch(ofNoInterest);
  }

  reconnectPublisher(publisher: v1.PublisherClient): void {
    if (publisher !== this.#publisher) return;
    this.#publisher = undefined;
    void publisher.close().catch(ofNoInterest);
  }

  topicName(topic: string): string {
    return isFullName(topic) ? topic : `projects/${this.projectId}/topics/${topic}`;
  }

  subscriptionName(subscription: string): string {
    return isFullName(subscription)
      ? subscription
      : `projects/${this.projectId}/subscriptions/${subscription}`;
  }

  async close(): Promise<void> {
    const publisher = this.#publisher;
    const subscriber = this.#subscriber;
    this.#publisher = undefined;
    this.#subscriber = undefined;
    await publisher?.close();
    await subscriber?.close();
  }
}

/** For a connection that is given up: it does not matter whether closing it fails. */
function ofNoInterest(): void {
  return undefined;
}

type ClientOptions = NonNullable<ConstructorParameters<typeof v1.SubscriberClient>[0]>;

/**
 * An emulator takes no credentials: naming the universe keeps the library from searching for some, for 3 s.
 */
function emulatorOptions(emulatorHost: string): ClientOptions {
  const { host, port } = emulatorAddress(emulatorHost);
  const noProxy = { 'grpc.enable_http_proxy': 0 };
  return {
    ...noProxy,
    servicePath: host,
    port,
    sslCreds: credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  };
}

function isPublisherStub(stub: object): stub is PublisherStub {
  return 'makeUnaryRequest' in stub && typeof stub.makeUnaryRequest === 'function';
}

function isSubscriberStub(stub: object): stub is SubscriberStub {
  if (!('makeBidiStreamRequest' in stub && 'makeUnaryRequest' in stub && 'streamingPull' in stub))
    return false;
  return typeof stub.streamingPull === 'function' && 'requestSerialize' in stub.streamingPull;
}
