import { randomUUID } from 'node:crypto';
import type { Instant } from '../logs/message.ts';
import type { OpenOutage } from '../pipeline/outage.ts';
import type { Clock, Delivery, Log, Source } from '../pipeline/ports.ts';
import type { HeldAmount, SourceStatus } from '../pipeline/status.ts';
import { Acknowledger } from './acknowledger.ts';
import type { PubSubClients } from './client.ts';
import { pubsubError } from './errors.ts';
import { FlowControl } from './flow-control.ts';
import { HeldLeases, openMessages } from './leases.ts';
import { PullStream } from './pull-stream.ts';
import type { ReceivedMessage, SubscriptionProperties } from './received-message.ts';
import { SubscriptionWatch } from './subscription-watch.ts';

/**
 * The stream ends when a pause has lasted for this part of the deadline. What was on its way then and is read
 * after a shorter pause is extended no later than half of the deadline after it was read: in time.
 */
const PAUSE_SHARE = 3;

export interface SourceOptions {
  /** The subscription's short name. */
  readonly subscription: string;
  /** Reading pauses while this many messages or bytes are held; one response may go over it. */
  readonly maxHeldMessages: number;
  readonly maxHeldBytes: number;
  /** How long a lease lasts, 10 to 600 seconds. A longer one delays the redelivery after a crash. */
  readonly ackDeadlineSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Brings back a subscription that disappeared while it was read. Without it, the source waits for someone
   * to do so.
   */
  readonly restore?: () => Promise<void>;
}

/**
 * A subscription, read by streaming pull. It sits on the call itself: the client library's own subscriber
 * costs five times as much a message in objects, timers and promises, and acknowledges without an answer.
 *
 * Limits, quotas and request sizes: https://cloud.google.com/pubsub/quotas
 */
export class PubSubSource implements Source, SourceStatus {
  readonly #clients: PubSubClients;
  readonly #options: SourceOptions;
  readonly #leases = new HeldLeases();
  readonly #acknowledger: Acknowledger;
  readonly #pause: FlowControl;
  readonly #watch: SubscriptionWatch;
  #stream: PullStream | undefined;
  #leaseExtensions = 0;
  #cancelRenewal: () => void = () => undefined;

  /** The clients stay their owner's to close. */
  constructor(clients: PubSubClients, options: SourceOptions) {
    this.#clients = clients;
    this.#options = options;
    const subscription = clients.subscriptionName(options.subscription);
    this.#acknowledger = new Acknowledger({ clients, subscription, clock: options.clock, log: options.log });
    this.#pause = new FlowControl(this, options.clock, options.log);
    this.#watch = new SubscriptionWatch({ clients, subscription, clock: options.clock, log: options.log });
  }

  get held(): HeldAmount {
    return { messages: this.#leases.messages, bytes: this.#leases.bytes };
  }

  get heldLimit(): HeldAmount {
    return { messages: this.#options.maxHeldMessages, bytes: this.#options.maxHeldBytes };
  }

  get paused(): boolean {
    return this.#pause.lasting;
  }

  get oldestHeldMs(): number {
    const nowMs = this.#options.clock.now();
    return nowMs - (this.#leases.oldestReceivedAtMs ?? nowMs);
  }

  oldestPublishTime(): Instant | undefined {
    return this.#leases.oldestPublishTime();
  }

  get leaseExtensions(): number {
    return this.#leaseExtensions;
  }

  get reconnects(): number {
    return this.#stream?.reconnects ?? 0;
  }

  get outage(): OpenOutage | undefined {
    return this.#stream?.outage ?? this.#watch.outage;
  }

  start(receive: (deliveries: readonly Delivery[]) => void, fail: (error: Error) => void): void {
    this.#scheduleRenewal();
    this.#watch.start();
    this.#open(receive, fail).catch((error: unknown) => {
      fail(pubsubError(error, 'connect to Pub/Sub'));
    });
  }

  stop(): void {
    this.#watch.stop();
    this.#pause.cancel();
    this.#stream?.close();
  }

  grow(delivery: Delivery, bytes: number): void {
    this.#leases.grow(delivery, bytes);
    if (!this.#hasRoom()) this.#pauseReading();
  }

  get overgrown(): boolean {
    return this.#leases.grownBytes > 0 && this.#leases.bytes >= this.#options.maxHeldBytes;
  }

  async ack(deliveries: readonly Delivery[]): Promise<number> {
    const confirmed = await this.#acknowledger.acknowledge(openMessages(deliveries));
    this.#settle(deliveries);
    return confirmed;
  }

  async nack(deliveries: readonly Delivery[]): Promise<number> {
    const confirmed = await this.#acknowledger.modifyDeadline(openMessages(deliveries), 0);
    this.#settle(deliveries);
    return confirmed;
  }

  close(): void {
    this.stop();
    this.#cancelRenewal();
    this.#acknowledger.close();
  }

  async #open(
    receive: (deliveries: readonly Delivery[]) => void,
    fail: (error: Error) => void,
  ): Promise<void> {
    const { ackDeadlineSeconds, maxHeldMessages, maxHeldBytes, clock, log, restore } = this.#options;
    const request = {
      subscription: this.#clients.subscriptionName(this.#options.subscription),
      streamAckDeadlineSeconds: ackDeadlineSeconds,
      maxOutstandingMessages: maxHeldMessages,
      maxOutstandingBytes: maxHeldBytes,
      clientId: randomUUID(),
      protocolVersion: 1,
    };
    const events = {
      received: (messages: readonly ReceivedMessage[]) => {
        const deliveries = this.#leases.add(messages, clock.now());
        // The server's own limits hold for one stream only, and an emulator ignores them.
        if (!this.#hasRoom()) this.#pauseReading();
        receive(deliveries);
      },
      properties: (properties: SubscriptionProperties) => {
        this.#acknowledger.properties = properties;
      },
      refused: fail,
      missing: restore,
    };
    const maxPauseMs = (ackDeadlineSeconds * 1000) / PAUSE_SHARE;
    this.#stream = new PullStream({ clients: this.#clients, request, events, maxPauseMs, clock, log });
    await this.#stream.open();
  }

  #hasRoom(): boolean {
    const { maxHeldMessages, maxHeldBytes } = this.#options;
    return this.#leases.messages < maxHeldMessages && this.#leases.bytes < maxHeldBytes;
  }

  #pauseReading(): void {
    if (this.#pause.lasting) return;
    this.#pause.begin();
    this.#stream?.pause();
  }

  /** Only now: while acknowledgements are slow, their messages count against the limits. */
  #settle(deliveries: readonly Delivery[]): void {
    this.#leases.settle(deliveries);
    if (!this.#pause.lasting || !this.#hasRoom()) return;
    this.#pause.end();
    this.#stream?.resume();
  }

  /**
   * Every sixth of the deadline, extends what has been held for a third of it: two chances before it runs
   * out.
   */
  #scheduleRenewal(): void {
    const { clock, ackDeadlineSeconds } = this.#options;
    const deadlineMs = ackDeadlineSeconds * 1000;
    this.#cancelRenewal = clock.schedule(deadlineMs / 6, () => {
      const nowMs = clock.now();
      const messages = this.#leases.renew(nowMs - deadlineMs / 3, nowMs);
      if (messages.length > 0) void this.#extend(messages);
      this.#scheduleRenewal();
    });
  }

  async #extend(messages: readonly ReceivedMessage[]): Promise<void> {
    const confirmed = await this.#acknowledger.modifyDeadline(messages, this.#options.ackDeadlineSeconds);
    this.#leaseExtensions += confirmed;
  }
}
