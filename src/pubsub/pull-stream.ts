import type { protos } from '@google-cloud/pubsub';
import { type ClientDuplexStream, status } from '@grpc/grpc-js';
import type { LmsError } from '../errors/catalogue.ts';
import { backoffMs, type Backoff } from '../pipeline/backoff.ts';
import { Outage, type OpenOutage } from '../pipeline/outage.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import { routedBy, type SubscriberStub } from './client.ts';
import { pubsubError, statusOf } from './errors.ts';
import { readResponse, type ReceivedMessage } from './received-message.ts';

type StreamingPullRequest = protos.google.pubsub.v1.IStreamingPullRequest;
type Stream = ClientDuplexStream<StreamingPullRequest, readonly ReceivedMessage[]>;

/** With protocol version 1, an empty request this often tells the server that the client is alive. */
const KEEP_ALIVE_MS = 30_000;
const BACKOFF: Backoff = { baseMs: 100, capMs: 2_000 };
/** Waiting mends none of these, unless the stream worked before: then someone is at work on the other side. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  status.INVALID_ARGUMENT,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
]);

export interface PullStreamEvents {
  /** Messages of one response, at least one. */
  received(messages: readonly ReceivedMessage[]): void;
  /** The first attempt was refused for good: no other will be made. */
  refused(error: LmsError): void;
  /** The subscription does not exist; the next attempt waits for this. Without it, that is a refusal at first. */
  readonly missing?: (() => Promise<void>) | undefined;
}

/** A streaming pull that is opened again, with jitter, whenever it ends, until it is closed. */
export class PullStream {
  readonly #stub: SubscriberStub;
  readonly #request: StreamingPullRequest & { readonly subscription: string };
  readonly #events: PullStreamEvents;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #outage: Outage;
  #stream: Stream | undefined;
  #paused = false;
  #closed = false;
  #answered = false;
  #failures = 0;
  #reconnects = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(
    stub: SubscriberStub,
    request: StreamingPullRequest & { readonly subscription: string },
    events: PullStreamEvents,
    clock: Clock,
    log: Log,
  ) {
    this.#stub = stub;
    this.#request = request;
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
    this.#outage = new Outage('no stream from the subscription', clock, log);
  }

  get outage(): OpenOutage | undefined {
    return this.#outage.current;
  }

  /** How often it was opened again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  open(): void {
    const { path, requestSerialize } = this.#stub.streamingPull;
    const metadata = routedBy(this.#request.subscription);
    const stream = this.#stub.makeBidiStreamRequest(path, requestSerialize, readResponse, metadata);
    this.#stream = stream;
    stream.on('metadata', () => {
      this.#worked();
    });
    stream.on('data', (messages: readonly ReceivedMessage[]) => {
      this.#worked();
      if (messages.length > 0 && !this.#closed) this.#events.received(messages);
    });
    stream.on('error', (error) => {
      this.#ended(stream, error);
    });
    stream.once('end', () => {
      this.#ended(stream, new Error('the server ended the stream'));
    });
    if (this.#paused) stream.pause();
    stream.write(this.#request);
    this.#keepAlive(stream);
  }

  /** Stops reading; the server stops sending when its own limits or the connection's buffer are full. */
  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  /** Nothing is received afterwards. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#stream?.cancel();
    this.#stream = undefined;
  }

  #worked(): void {
    if (this.#answered && this.#failures === 0) return;
    this.#answered = true;
    this.#failures = 0;
    this.#outage.passed();
  }

  #keepAlive(stream: Stream): void {
    this.#cancelTimer = this.#clock.schedule(KEEP_ALIVE_MS, () => {
      // An emulator says nothing before the first message; but it would have refused us by now.
      this.#worked();
      stream.write({});
      this.#keepAlive(stream);
    });
  }

  #ended(stream: Stream, error: unknown): void {
    if (this.#closed || stream !== this.#stream) return;
    this.#stream = undefined;
    this.#cancelTimer();
    const { subscription } = this.#request;
    const failure = pubsubError(error, `read subscription ${subscription}`, `subscription ${subscription}`);
    if (!this.#answered && this.#isRefusal(statusOf(error))) {
      this.#closed = true;
      this.#events.refused(failure);
      return;
    }
    const delayMs = backoffMs(this.#failures, BACKOFF);
    this.#outage.failed(this.#failures, failure);
    this.#failures += 1;
    this.#cancelTimer = this.#clock.schedule(delayMs, () => {
      void this.#reopen(error);
    });
  }

  #isRefusal(code: unknown): boolean {
    return code === status.NOT_FOUND ? this.#events.missing === undefined : REFUSALS.has(code);
  }

  async #reopen(error: unknown): Promise<void> {
    if (statusOf(error) === status.NOT_FOUND) {
      try {
        await this.#events.missing?.();
      } catch (failure) {
        this.#log.debug({ reason: String(failure) }, 'the subscription could not be restored');
      }
    }
    if (this.#closed) return;
    this.#reconnects += 1;
    this.open();
  }
}
