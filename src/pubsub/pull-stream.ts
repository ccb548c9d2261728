import type { protos } from '@google-cloud/pubsub';
import { type ClientDuplexStream, status } from '@grpc/grpc-js';
import type { LmsError } from '../errors/catalogue.ts';
import { type Backoff, backoffMs } from '../pipeline/backoff.ts';
import { type OpenOutage, Outage } from '../pipeline/outage.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import { type PubSubClients, routedBy, type SubscriberStub } from './client.ts';
import { pubsubError, statusOf } from './errors.ts';
import { KeepAlive } from './keep-alive.ts';
import {
  readResponse,
  type ReceivedMessage,
  type StreamResponse,
  type SubscriptionProperties,
} from './received-message.ts';

type StreamingPullRequest = protos.google.pubsub.v1.IStreamingPullRequest;
type FirstRequest = StreamingPullRequest & { readonly subscription: string };
type Stream = ClientDuplexStream<StreamingPullRequest, StreamResponse>;

const BACKOFF: Backoff = { baseMs: 100, capMs: 2_000 };
/**
 * A stream that says nothing works if it lasts for this long: some servers send headers before they refuse.
 * Longer than any wait between attempts, so that these grow rarer.
 */
const STEADY_MS = 3_000;
/**
 * Statuses that end the first attempt for good. On a stream that has worked before, they come from a change
 * that somebody makes to the subscription just then, and it is opened again.
 */
const REFUSALS: ReadonlySet<unknown> = new Set([
  status.INVALID_ARGUMENT,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  // It is detached, or its messages are pushed.
  status.FAILED_PRECONDITION,
]);

export interface PullStreamEvents {
  /** Messages of one response, at least one. */
  received(messages: readonly ReceivedMessage[]): void;
  /** What the server says of the subscription: again and again, and nothing if it is an old one. */
  properties(properties: SubscriptionProperties): void;
  /** The first attempt was refused for good: no other will be made. */
  refused(error: LmsError): void;
  /**
   * The subscription does not exist; the next attempt waits for this. Without it, that is a refusal at first.
   */
  readonly missing?: (() => Promise<void>) | undefined;
}

export interface PullStreamParts {
  readonly clients: Pick<PubSubClients, 'subscriberStub' | 'reconnectSubscriber'>;
  readonly request: FirstRequest;
  readonly events: PullStreamEvents;
  /** A pause that lasts longer ends the stream until reading goes on, in milliseconds. */
  readonly maxPauseMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A streaming pull that is opened again, with jitter, whenever it ends, until it is closed.
 *
 * What the server has sent and we have not read is leased, and nobody extends it. So a pause that lasts ends
 * the stream: what was on its way comes again, once, instead of once in every deadline.
 */
export class PullStream {
  readonly #parts: PullStreamParts;
  readonly #outage: Outage;
  readonly #keepAlive: KeepAlive;
  #stream: Stream | undefined;
  #paused = false;
  /** Ended because of a pause, and to be opened when reading goes on. */
  #parked = false;
  #closed = false;
  #answered = false;
  #failures = 0;
  #reconnects = 0;
  #cancelReopen: () => void = () => undefined;
  #cancelParking: () => void = () => undefined;
  #cancelSteady: () => void = () => undefined;

  constructor(parts: PullStreamParts) {
    this.#parts = parts;
    this.#outage = new Outage('no stream from the subscription', parts.clock, parts.log);
    this.#keepAlive = new KeepAlive(parts.clock);
  }

  get outage(): OpenOutage | undefined {
    return this.#outage.current;
  }

  /** How often it was opened again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /**
   * Opens it for the first time. Rejects if the client library has no connection to offer: without
   * credentials, say.
   */
  async open(): Promise<void> {
    const stub = await this.#parts.clients.subscriberStub();
    if (this.#closed || this.#parked || this.#stream) return;
    this.#call(stub);
  }

  /** Stops reading; the server stops sending when its own limits or the connection's buffer are full. */
  pause(): void {
    this.#paused = true;
    this.#keepAlive.suspend();
    this.#stream?.pause();
    this.#cancelParking = this.#parts.clock.schedule(this.#parts.maxPauseMs, () => {
      this.#parked = true;
      this.#end();
    });
  }

  resume(): void {
    this.#paused = false;
    this.#keepAlive.resume();
    this.#cancelParking();
    this.#stream?.resume();
    if (this.#parked) void this.#reopen();
    this.#parked = false;
  }

  /** Nothing is received afterwards. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancelParking();
    this.#end();
  }

  #call(stub: SubscriberStub): void {
    const { request, events } = this.#parts;
    const { path, requestSerialize } = stub.streamingPull;
    const metadata = routedBy(request.subscription);
    const stream = stub.makeBidiStreamRequest(path, requestSerialize, readResponse, metadata);
    this.#stream = stream;
    stream.on('metadata', () => {
      if (stream !== this.#stream || this.#works) return;
      this.#cancelSteady = this.#parts.clock.schedule(STEADY_MS, () => {
        this.#worked();
      });
    });
    stream.on('data', ({ messages, properties }: StreamResponse) => {
      this.#worked();
      this.#keepAlive.heard(messages.length === 0);
      if (properties !== undefined) events.properties(properties);
      if (messages.length > 0 && stream === this.#stream) events.received(messages);
    });
    stream.on('error', (error) => {
      this.#ended(stream, error);
    });
    stream.once('end', () => {
      this.#ended(stream, new Error('the server ended the stream'));
    });
    if (this.#paused) stream.pause();
    stream.write(request);
    this.#keepAlive.begin({
      send: () => {
        stream.write({});
      },
      // An emulator says nothing before the first message; but it would have refused us by now.
      unknown: () => {
        this.#worked();
      },
      silent: () => {
        this.#ended(stream, new Error('the server did not answer a keepalive'));
        stream.cancel();
        // The connection may be dead without our knowing: another stream on it would be, too.
        this.#parts.clients.reconnectSubscriber(stub);
      },
    });
  }

  /** Nothing has failed since a stream worked. */
  get #works(): boolean {
    return this.#answered && this.#failures === 0;
  }

  #worked(): void {
    if (this.#works) return;
    this.#cancelSteady();
    this.#answered = true;
    this.#failures = 0;
    this.#outage.passed();
  }

  /** From our side. */
  #end(): void {
    this.#keepAlive.end();
    this.#cancelSteady();
    this.#cancelReopen();
    this.#stream?.cancel();
    this.#stream = undefined;
  }

  #ended(stream: Stream, error: unknown): void {
    if (this.#closed || stream !== this.#stream) return;
    this.#stream = undefined;
    this.#keepAlive.end();
    this.#cancelSteady();
    this.#failed(error);
  }

  #failed(error: unknown): void {
    const { request, events, clock } = this.#parts;
    const { subscription } = request;
    const failure = pubsubError(error, `read subscription ${subscription}`, `subscription ${subscription}`);
    if (!this.#answered && this.#isRefusal(statusOf(error))) {
      this.#closed = true;
      events.refused(failure);
      return;
    }
    const delayMs = backoffMs(this.#failures, BACKOFF);
    this.#outage.failed(this.#failures, failure);
    this.#failures += 1;
    this.#cancelReopen = clock.schedule(delayMs, () => {
      this.#reconnects += 1;
      void this.#reopen(error);
    });
  }

  #isRefusal(code: unknown): boolean {
    return code === status.NOT_FOUND ? this.#parts.events.missing === undefined : REFUSALS.has(code);
  }

  /** `error` is what ended the stream before, if that was not ourselves. */
  async #reopen(error?: unknown): Promise<void> {
    if (statusOf(error) === status.NOT_FOUND) {
      try {
        await this.#parts.events.missing?.();
      } catch (failure) {
        this.#parts.log.debug({ reason: String(failure) }, 'the subscription could not be restored');
      }
    }
    await this.open().catch((failure: unknown) => {
      if (!this.#closed) this.#failed(failure);
    });
  }
}
