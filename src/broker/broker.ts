import { Server, ServerCredentials } from '@grpc/grpc-js';
import { systemClock } from '../pipeline/clock.ts';
import type { Clock } from '../pipeline/ports.ts';
import { Dispatchers } from './delivery/dispatchers.ts';
import type { SubscriptionCounts } from './delivery/subscription.ts';
import { Faults } from './faults.ts';
import { loadDefinitions } from './grpc/definitions.ts';
import { Listener } from './grpc/listener.ts';
import { publisherMethods } from './grpc/publisher-methods.ts';
import { subscriberMethods } from './grpc/subscriber-methods.ts';
import { unaryWith } from './grpc/unary.ts';
import type { FailedStatus } from './refusal.ts';
import { BrokerState } from './state.ts';

export interface BrokerOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Time for leases and delays; the machine's by default. */
  readonly clock?: Clock;
}

/** A subscription at this moment, and what happened to its messages. */
export interface SubscriptionStats extends Readonly<SubscriptionCounts> {
  /** Messages that wait to be delivered. */
  readonly waiting: number;
  /** Messages that are leased. */
  readonly outstanding: number;
  /** Open streams and waiting Pull calls. */
  readonly consumers: number;
}

/**
 * A Pub/Sub of our own: what google.pubsub.v1 has for publishing and pulling, with the service's semantics
 * and limits, kept in memory. A subscription may answer for each ack id (exactly-once delivery), and keep the
 * order of acknowledgements. One with a push endpoint refuses to be pulled, and pushes nothing. A subscription
 * can be sought to a time: what was acknowledged comes again as far as the subscription or its topic retains
 * it. Filters, snapshots, retry policies and changes to a topic or subscription are answered UNIMPLEMENTED.
 * Messages that nobody acknowledged do not expire.
 */
export interface Broker {
  readonly host: string;
  readonly port: number;
  /** What tests let go wrong. */
  readonly faults: Faults;
  /** Full name of a subscription; throws if it does not exist. */
  subscriptionStats(subscription: string): SubscriptionStats;
  /** Messages published to a topic; throws if it does not exist. */
  published(topic: string): number;
  /**
   * Takes nothing more for a topic, while what it has is delivered: publishing is answered UNAVAILABLE. Throws
   * if it does not exist.
   */
  closeTopic(topic: string, because: string): void;
  /**
   * What a subscription has that nobody acknowledged, each a PubsubMessage with its id and time, as protobuf:
   * for `restore` of a later broker. Throws if it does not exist.
   */
  unacknowledged(subscription: string): Uint8Array[];
  /** Gives a subscription what another broker said was unacknowledged. Throws if it does not exist. */
  restore(subscription: string, messages: readonly Uint8Array[]): void;
  /** Ends the open streams of a subscription, or of all, with a status; returns how many there were. */
  endStreams(failed: FailedStatus, subscription?: string): number;
  /**
   * Lets the open streams say nothing any more, for good, while their connections are answered. New ones are
   * not touched.
   */
  muteStreams(): void;
  /** Lets the leases of a subscription run out at once. */
  expireLeases(subscription: string): void;
  /** Cuts all connections without a word, as a network does. */
  cutConnections(): void;
  /** Cuts all connections and accepts none until `resume`. Leases run on. */
  pause(): Promise<void>;
  /** Accepts connections on the same port again, as the same broker or as one that has lost everything. */
  resume(memory?: 'kept' | 'lost'): Promise<void>;
  /** Ends it. Idempotent. */
  close(): Promise<void>;
}

/**
 * A PublishRequest of the service's maximum, with room for what gRPC adds: beyond, it answers
 * RESOURCE_EXHAUSTED by itself.
 */
const MAX_REQUEST_BYTES = 20 * 1024 * 1024;

/** Starts a broker. Rejects with `LmsError` LISTEN if the address is taken. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const broker = new EmbeddedBroker(options);
  await broker.resume();
  return broker;
}

class EmbeddedBroker implements Broker {
  readonly faults: Faults;
  readonly #state = new BrokerState();
  readonly #clock: Clock;
  readonly #dispatchers: Dispatchers;
  readonly #server: Server;
  readonly #listener: Listener;

  constructor({ host = '127.0.0.1', port = 0, clock = systemClock }: BrokerOptions) {
    this.#clock = clock;
    this.faults = new Faults(() => {
      this.#dispatchers.scheduleAll();
    });
    this.#dispatchers = new Dispatchers(clock, this.faults);
    this.#server = this.#createServer();
    const connections = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#listener = new Listener(host, port, (socket) => {
      connections.injectConnection(socket);
    });
  }

  get host(): string {
    return this.#listener.host;
  }

  get port(): number {
    return this.#listener.port;
  }

  subscriptionStats(name: string): SubscriptionStats {
    const subscription = this.#state.subscription(name);
    const { waiting, outstanding, counts } = subscription;
    return { ...counts, waiting, outstanding, consumers: this.#dispatchers.of(subscription).consumers };
  }

  published(topic: string): number {
    return this.#state.published(topic);
  }

  closeTopic(topic: string, because: string): void {
    this.#state.closeTopic(topic, because);
  }

  unacknowledged(subscription: string): Uint8Array[] {
    const messages = this.#state.subscription(subscription).unacknowledged();
    return messages.map(({ bytes, start, end }) => bytes.subarray(start, end));
  }

  restore(subscription: string, messages: readonly Uint8Array[]): void {
    const encoded = messages.map((message) => {
      const bytes = Buffer.from(message);
      return { bytes, start: 0, end: bytes.length };
    });
    this.#state.subscription(subscription).add(encoded);
  }

  endStreams(failed: FailedStatus, subscription?: string): number {
    const only = subscription === undefined ? undefined : this.#state.subscription(subscription);
    return this.#dispatchers.endConsumers(failed, only);
  }

  muteStreams(): void {
    this.#dispatchers.muteConsumers();
  }

  expireLeases(subscription: string): void {
    this.#state.subscription(subscription).expire(Infinity);
  }

  cutConnections(): void {
    this.#listener.cut();
  }

  pause(): Promise<void> {
    return this.#listener.close();
  }

  async resume(memory: 'kept' | 'lost' = 'kept'): Promise<void> {
    if (memory === 'lost') {
      this.#dispatchers.close();
      this.#state.forget();
    }
    await this.#listener.open();
  }

  async close(): Promise<void> {
    await this.#listener.close();
    this.#dispatchers.close();
    this.#server.forceShutdown();
  }

  #createServer(): Server {
    const server = new Server({
      'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
      'grpc.enable_channelz': 0,
    });
    const { publisher, subscriber } = loadDefinitions();
    const parts = {
      state: this.#state,
      dispatchers: this.#dispatchers,
      faults: this.faults,
      clock: this.#clock,
    };
    const unary = unaryWith(this.faults, this.#clock);
    server.addService(publisher, publisherMethods(this.#state, unary));
    server.addService(subscriber, subscriberMethods({ ...parts, unary }));
    return server;
  }
}
