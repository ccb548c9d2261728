import { expect, onTestFinished } from 'vitest';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import type { Delivery } from '../../src/pipeline/ports.ts';
import { connectPubSub, type PubSubClients } from '../../src/pubsub/client.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { PubSubSource, type SourceOptions } from '../../src/pubsub/source.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { openBroker } from './broker.ts';
import { eventually } from './eventually.ts';
import { RecordingLog } from './recording-log.ts';
import { ids, sampleMessage } from './samples.ts';
import { freshProject, NAMES } from './topology.ts';

/** A source on a subscription of one test's own, and what it handed over. Ends with the test. */
export class SourceBench {
  readonly log = new RecordingLog();
  readonly source: PubSubSource;
  readonly received: Delivery[] = [];
  /** What the subscription refused us with. */
  readonly failures: Error[] = [];
  /** The most that was ever held, and the most messages that came together. */
  readonly most = { messages: 0, bytes: 0, together: 0 };
  /** Called with each response after it was counted. */
  onReceived: (deliveries: readonly Delivery[]) => void = () => undefined;
  /** A connection of the test's own, beside the source's. */
  readonly clients: PubSubClients;

  readonly #sourceClients: PubSubClients;

  constructor(clients: PubSubClients, sourceClients: PubSubClients, options: Partial<SourceOptions>) {
    this.clients = clients;
    this.#sourceClients = sourceClients;
    this.source = new PubSubSource(sourceClients, {
      subscription: NAMES.subscription,
      maxHeldMessages: 20_000,
      maxHeldBytes: 64 * 1024 * 1024,
      ackDeadlineSeconds: 60,
      clock: systemClock,
      log: this.log,
      ...options,
    });
  }

  start(): void {
    this.source.start(
      (deliveries) => {
        this.#receive(deliveries);
      },
      (error) => {
        this.failures.push(error);
      },
    );
  }

  async publish(
    messageIds: readonly string[],
    message: (id: string) => OutgoingMessage = sampleMessage,
  ): Promise<void> {
    await new TopicPublisher(this.clients, NAMES.topic).publish(messageIds.map((id) => message(id)));
  }

  /** Closes the source and its connections, as a worker's end does. */
  async close(): Promise<void> {
    this.source.close();
    await this.#sourceClients.close();
  }

  /** Creates topic and subscription if they are missing. */
  async setUp(): Promise<void> {
    await ensureTopology({ clients: this.clients, names: NAMES, role: 'publisher', create: true });
  }

  /**
   * Asks something on the source's own connection: what the source asked before has arrived when this is
   * answered.
   */
  async roundTrip(): Promise<void> {
    await this.#sourceClients.subscriber().getSubscription({ subscription: this.subscriptionName });
  }

  async deleteSubscription(): Promise<void> {
    await this.clients.subscriber().deleteSubscription({ subscription: this.subscriptionName });
  }

  get subscriptionName(): string {
    return this.clients.subscriptionName(NAMES.subscription);
  }

  /** Event ids of what was received, in order, repeated ones included. */
  get receivedIds(): string[] {
    return this.received.map(({ attributes }) => attributes['event_id'] ?? '');
  }

  #receive(deliveries: readonly Delivery[]): void {
    this.received.push(...deliveries);
    const { messages, bytes } = this.source.held;
    this.most.messages = Math.max(this.most.messages, messages);
    this.most.bytes = Math.max(this.most.bytes, bytes);
    this.most.together = Math.max(this.most.together, deliveries.length);
    this.onReceived(deliveries);
  }
}

/**
 * A source that has not been started, with its topic and subscription. Its own way to the server may be
 * another than the test's.
 */
export async function openSource(
  host: string,
  options: Partial<SourceOptions> = {},
  sourceHost = host,
): Promise<SourceBench> {
  const clients = await freshProject(host);
  const sourceClients = await connectPubSub({ projectId: clients.projectId, emulatorHost: sourceHost });
  const bench = new SourceBench(clients, sourceClients, options);
  onTestFinished(async () => {
    await bench.close();
    await clients.close();
  });
  await bench.setUp();
  return bench;
}

/** A source that has not been started, on an embedded broker of the test's own. */
export async function openSourceOnBroker(options: Partial<SourceOptions> = {}) {
  const broker = await openBroker();
  return { broker, bench: await openSource(broker.address, options) };
}

/** A source on an embedded broker that was started and holds `count` messages. */
export async function openHolding(count: number, options: Partial<SourceOptions> = {}) {
  const { broker, bench } = await openSourceOnBroker(options);
  await bench.publish(ids('a', count));
  bench.start();
  await eventually(() => {
    expect(bench.source.held.messages).toBe(count);
  });
  return { broker, bench };
}
