import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { status } from '@grpc/grpc-js';
import type { Message } from '../logs/message.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import { Acknowledger } from './acknowledger.ts';
import type { PubSubClients } from './client.ts';
import { pubsubError, statusOf } from './errors.ts';
import { PullStream } from './pull-stream.ts';
import type { ReceivedMessage, SubscriptionProperties } from './received-message.ts';
import { retryCall, type TryOptions } from './retry-call.ts';

/** Told what comes. */
export interface LiveMessages {
  /** In the order in which they came; one may come again. */
  received(messages: readonly Message[]): void;
  /** What was published between these moments, in milliseconds since 1970, may not come. */
  lost(fromMs: number, toMs: number): void;
  /** It cannot be read any more; told at most once. */
  failed(error: Error): void;
}

export interface LiveSubscriptionParts {
  readonly clients: PubSubClients;
  /** Names of the topic and of the subscription that workers read, as settings have them. */
  readonly topic: string;
  readonly subscription: string;
  readonly messages: LiveMessages;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly log: Log;
}

/** A server that was killed leaves its subscription behind: the service deletes it when nobody has read it for a day, the least that it knows. */
const EXPIRES_AFTER_SECONDS = 86_400;
/** The least that the service keeps messages: a longer outage leaves a gap, which is said. */
const RETENTION_SECONDS = 600;
const ACK_DEADLINE_SECONDS = 60;
const ACK_INTERVAL_MS = 200;
const CALL_TOTAL_MS = 4_000;
const WATCH_INTERVAL_MS = 5_000;
/** Room for what follows in a name of 255 characters. */
const MAX_NAME = 220;
/** What was published just before is told as delivered together with what came last. */
const LAG_FORGOTTEN_MS = 5_000;
const MAX_OUTSTANDING = 10_000;
const MAX_OUTSTANDING_BYTES = 64 * 1024 * 1024;

/** A name that says whose it is, and that nobody else has. */
function liveSubscriptionName(subscription: string, host = hostname()): string {
  const hash = createHash('sha256').update(host).digest('hex').slice(0, 8);
  return `${subscription.slice(0, MAX_NAME)}-tail-${hash}-${randomBytes(6).toString('hex')}`;
}

/**
 * All that is published from now on, by a subscription of its own that is deleted when it is closed. Messages are
 * acknowledged as they come: nobody waits for them, and one that comes again does no harm.
 */
export class LiveSubscription {
  readonly #parts: LiveSubscriptionParts;
  readonly #name: string;
  readonly #acknowledger: Acknowledger;
  #stream: PullStream | undefined;
  #unacknowledged: ReceivedMessage[] = [];
  #cancelAck: (() => void) | undefined;
  #cancelWatch: () => void = () => undefined;
  /** How far behind the last messages were, and when they came. */
  #lag = { ms: 0, atMs: -Infinity };
  /** When something was last known to work, in milliseconds since 1970. */
  #heardMs: number;
  /** When an outage was seen that may be longer than messages are kept. */
  #outageSinceMs: number | undefined;
  #isClosed = false;

  constructor(parts: LiveSubscriptionParts) {
    const { clients, subscription, clock, log } = parts;
    this.#parts = parts;
    this.#name = clients.subscriptionName(liveSubscriptionName(subscription));
    this.#acknowledger = new Acknowledger({ clients, subscription: this.#name, clock, log });
    this.#heardMs = parts.wallMs();
  }

  /** Resolves once all comes that is published from then on. Rejects with `LmsError`. */
  async open(): Promise<void> {
    await this.#create();
    const { clients, messages, clock, log } = this.#parts;
    const request = {
      subscription: this.#name,
      streamAckDeadlineSeconds: ACK_DEADLINE_SECONDS,
      maxOutstandingMessages: MAX_OUTSTANDING,
      maxOutstandingBytes: MAX_OUTSTANDING_BYTES,
      clientId: randomUUID(),
      protocolVersion: 1,
    };
    const events = {
      received: (received: readonly ReceivedMessage[]) => {
        this.#received(received);
      },
      properties: (properties: SubscriptionProperties) => {
        this.#acknowledger.properties = properties;
      },
      refused: (error: Error) => {
        messages.failed(error);
      },
      missing: () => this.#restore(),
    };
    this.#stream = new PullStream({ clients, request, events, maxPauseMs: CALL_TOTAL_MS, clock, log });
    this.#watch();
    await this.#stream.open();
  }

  /** How far what was told is behind what is published, in milliseconds. */
  get lagMs(): number {
    const outageMs = this.#stream?.outage?.lastingMs;
    if (outageMs !== undefined) return outageMs;
    return this.#parts.clock.now() - this.#lag.atMs < LAG_FORGOTTEN_MS ? this.#lag.ms : 0;
  }

  /** Stops and deletes it. Never rejects: what is left behind is deleted by the service. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelWatch();
    this.#cancelAck?.();
    this.#stream?.close();
    this.#acknowledger.close();
    await this.#delete();
  }

  async #delete(): Promise<void> {
    const { clients, log } = this.#parts;
    try {
      await retryCall(
        (options) => clients.subscriber().deleteSubscription({ subscription: this.#name }, options),
        { totalMs: CALL_TOTAL_MS },
      );
    } catch (error) {
      if (statusOf(error) === status.NOT_FOUND) return;
      const reason = pubsubError(error, `delete subscription ${this.#name}`).message;
      log.warn(
        { reason },
        'the subscription of the live tail stays behind: it is deleted when unread for a day',
      );
    }
  }

  /** As a question, for a close may come while something is waited for. */
  #hasClosed(): boolean {
    return this.#isClosed;
  }

  #received(received: readonly ReceivedMessage[]): void {
    const { clock, wallMs, messages } = this.#parts;
    const nowMs = wallMs();
    // Those that come again are older than all others that come with them.
    const newest = received.reduce((ms, { publishTime }) => Math.max(ms, msOf(publishTime)), 0);
    this.#lag = { ms: Math.max(0, nowMs - newest), atMs: clock.now() };
    this.#heardMs = nowMs;
    this.#unacknowledged.push(...received);
    this.#cancelAck ??= clock.schedule(ACK_INTERVAL_MS, () => {
      this.#acknowledge();
    });
    messages.received(received);
  }

  #acknowledge(): void {
    const messages = this.#unacknowledged;
    this.#unacknowledged = [];
    this.#cancelAck = undefined;
    void this.#acknowledger.acknowledge(messages);
  }

  async #create(): Promise<void> {
    const { clients, topic } = this.#parts;
    const subscriber = clients.subscriber();
    const request = {
      name: this.#name,
      topic: clients.topicName(topic),
      ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
      expirationPolicy: { ttl: { seconds: EXPIRES_AFTER_SECONDS } },
      messageRetentionDuration: { seconds: RETENTION_SECONDS },
      labels: { lms: 'tail' },
    };
    try {
      await retryCall((options: TryOptions) => subscriber.createSubscription(request, options), {
        totalMs: CALL_TOTAL_MS,
      });
    } catch (error) {
      // A try whose answer was lost did it.
      if (statusOf(error) === status.ALREADY_EXISTS) return;
      throw pubsubError(error, `create subscription ${this.#name}`, `topic ${request.topic}`);
    }
  }

  /** Somebody has deleted it: what was published since then went past. */
  async #restore(): Promise<void> {
    if (this.#isClosed) return;
    const { messages, wallMs, log } = this.#parts;
    await this.#create();
    // It was closed meanwhile, and is deleted already.
    if (this.#hasClosed()) {
      await this.#delete();
      return;
    }
    log.warn(
      { subscription: this.#name },
      'the subscription of the live tail was deleted, and is made again',
    );
    messages.lost(this.#heardMs, wallMs());
  }

  /** What an outage has taken longer than messages are kept did not come. */
  #watch(): void {
    const { clock, wallMs, messages } = this.#parts;
    this.#cancelWatch = clock.schedule(WATCH_INTERVAL_MS, () => {
      const lastingMs = this.#stream?.outage?.lastingMs;
      if (lastingMs !== undefined) this.#outageSinceMs ??= wallMs() - lastingMs;
      else if (this.#outageSinceMs !== undefined) {
        const sinceMs = this.#outageSinceMs;
        this.#outageSinceMs = undefined;
        if (wallMs() - sinceMs > (RETENTION_SECONDS * 1_000) / 2) messages.lost(sinceMs, wallMs());
      }
      if (lastingMs === undefined) this.#heardMs = Math.max(this.#heardMs, wallMs() - WATCH_INTERVAL_MS);
      this.#watch();
    });
  }
}

function msOf({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): number {
  return seconds * 1_000 + nanos / 1_000_000;
}
