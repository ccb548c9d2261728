import { type protos, PubSub } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import { expect, onTestFinished, vi } from 'vitest';
import type { PubSubClients } from '../../src/pubsub/client.ts';
import { uniqueName } from '../support/names.ts';
import { freshProject } from '../support/topology.ts';
import type { Quirks } from './pubsub-quirks.ts';
import { PullingStream } from './pubsub-stream.ts';

type MessageFields = protos.google.pubsub.v1.IPubsubMessage;
type SubscriptionFields = protos.google.pubsub.v1.ISubscription;
type StreamFields = protos.google.pubsub.v1.IStreamingPullRequest;
type Received = InstanceType<typeof protos.google.pubsub.v1.ReceivedMessage>;

/** A Pub/Sub that the suite runs on. */
export interface PubSubServer {
  readonly name: string;
  readonly quirks: Quirks;
  /** Clients of a project that a test may create things in. */
  readonly connect: () => Promise<PubSubClients>;
  /** Google's client library, likewise. */
  readonly library: () => PubSub;
  /** A name that was never used, for a topic or a subscription. */
  readonly uniqueName: (kind: string) => string;
}

/** An emulator, which has a project of its own for each test. */
export function emulatorServer(
  name: string,
  quirks: Quirks,
  /** `host:port`, known once the tests run. */
  address: () => string,
): PubSubServer {
  return {
    name,
    quirks,
    connect: () => freshProject(address()),
    library: () => new PubSub({ projectId: uniqueName('lms'), apiEndpoint: address(), emulatorMode: true }),
    uniqueName,
  };
}

/** Calls fail at once instead of being tried again. */
export const ONCE = { retry: null };

/** A project to test in. Everything that a test creates in it has a name that was never used. */
export class PubSubSubject {
  readonly clients: PubSubClients;
  readonly #uniqueName: PubSubServer['uniqueName'];

  private constructor(clients: PubSubClients, uniqueName: PubSubServer['uniqueName']) {
    this.clients = clients;
    this.#uniqueName = uniqueName;
  }

  /** It ends with the test. */
  static async open(server: PubSubServer): Promise<PubSubSubject> {
    const clients = await server.connect();
    onTestFinished(() => clients.close());
    return new PubSubSubject(clients, server.uniqueName);
  }

  get publisher() {
    return this.clients.publisher();
  }

  get subscriber() {
    return this.clients.subscriber();
  }

  newTopicName(): string {
    return this.clients.topicName(this.#uniqueName('topic'));
  }

  newSubscriptionName(): string {
    return this.clients.subscriptionName(this.#uniqueName('subscription'));
  }

  async topic(): Promise<string> {
    const name = this.newTopicName();
    await this.publisher.createTopic({ name }, ONCE);
    return name;
  }

  async subscription(topic: string, fields: SubscriptionFields = {}): Promise<string> {
    const name = this.newSubscriptionName();
    await this.subscriber.createSubscription({ ...fields, name, topic }, ONCE);
    return name;
  }

  /** A topic and a subscription of it. */
  async pair(fields: SubscriptionFields = {}): Promise<{ topic: string; subscription: string }> {
    const topic = await this.topic();
    return { topic, subscription: await this.subscription(topic, fields) };
  }

  /** Publishes texts, or whole messages; returns their ids. */
  async publish(topic: string, ...messages: readonly (string | MessageFields)[]): Promise<string[]> {
    const encoded = messages.map((message) =>
      typeof message === 'string' ? { data: Buffer.from(message) } : message,
    );
    const [response] = await this.publisher.publish({ topic, messages: encoded }, ONCE);
    return response.messageIds ?? [];
  }

  /** What is there to be had at this moment. */
  async pullNow(subscription: string, maxMessages = 100): Promise<Received[]> {
    const request = { subscription, maxMessages, returnImmediately: true };
    const [{ receivedMessages }] = await this.subscriber.pull(request, ONCE);
    return (receivedMessages ?? []) as Received[];
  }

  /** Pulls until there are `count` messages. */
  async pull(subscription: string, count = 1): Promise<Received[]> {
    const received: Received[] = [];
    while (received.length < count) {
      const [response] = await this.subscriber.pull(
        { subscription, maxMessages: count - received.length },
        ONCE,
      );
      received.push(...((response.receivedMessages ?? []) as Received[]));
    }
    return received;
  }

  async pullOne(subscription: string): Promise<Received> {
    const [received] = await this.pull(subscription);
    return received!;
  }

  async ack(subscription: string, ...received: readonly Received[]): Promise<void> {
    await this.subscriber.acknowledge({ subscription, ackIds: received.map(({ ackId }) => ackId) }, ONCE);
  }

  /** Moves the deadline to `seconds` from now; 0 is a nack. */
  async extend(subscription: string, received: Received, seconds: number): Promise<void> {
    const request = { subscription, ackIds: [received.ackId], ackDeadlineSeconds: seconds };
    await this.subscriber.modifyAckDeadline(request, ONCE);
  }

  async stream(first: StreamFields): Promise<PullingStream> {
    const stub = await this.clients.subscriberStub();
    const stream = new PullingStream(stub.streamingPull());
    stream.write({ streamAckDeadlineSeconds: 60, ...first });
    onTestFinished(() => stream.cancel());
    return stream;
  }
}

export function texts(received: readonly Received[]): string[] {
  return received.map(({ message }) => Buffer.from(message?.data ?? '').toString());
}

/** Waits until `assertion` holds, for as long as a busy machine may need. */
export async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(assertion, { timeout: 20_000, interval: 20 });
}

/** Expects a call to end with a gRPC status. */
export async function expectStatus(call: Promise<unknown>, name: keyof typeof status): Promise<void> {
  const outcome = await call.then(
    () => ({ code: status.OK }),
    (error: unknown) => error,
  );
  expect(outcome).toMatchObject({ code: status[name] });
}
