import type { protos } from '@google-cloud/pubsub';
import { connectPubSub, type PubSubClients } from '../../src/pubsub/client.ts';
import type { TopologyNames } from '../../src/pubsub/topology.ts';
import { uniqueName } from './names.ts';

export const NAMES: TopologyNames = {
  topic: 'log-topic',
  subscription: 'log-sub',
  deadLetterTopic: 'log-topic-dead-letter',
  deadLetterSubscription: 'log-sub-dead-letter',
};

/** Clients of a project of one test's own, empty: an emulator has every project that is asked for. */
export async function freshProject(emulatorHost: string): Promise<PubSubClients & AsyncDisposable> {
  const clients = await connectPubSub({ projectId: uniqueName('lms'), emulatorHost });
  return Object.assign(clients, { [Symbol.asyncDispose]: () => clients.close() });
}

/** Takes messages from a subscription, acknowledged, until there are `count`. */
export async function receive(
  clients: PubSubClients,
  subscription: string,
  count: number,
): Promise<protos.google.pubsub.v1.IPubsubMessage[]> {
  const name = clients.subscriptionName(subscription);
  const messages: protos.google.pubsub.v1.IPubsubMessage[] = [];
  while (messages.length < count) {
    const request = { subscription: name, maxMessages: Math.min(1_000, count - messages.length) };
    const [{ receivedMessages }] = await clients.subscriber().pull(request);
    const received = receivedMessages ?? [];
    const ackIds = received.map(({ ackId }) => ackId ?? '');
    if (ackIds.length > 0) await clients.subscriber().acknowledge({ subscription: name, ackIds });
    messages.push(...received.map(({ message }) => message ?? {}));
  }
  return messages;
}
