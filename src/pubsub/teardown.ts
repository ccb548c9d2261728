import type { PubSubClients } from './client.ts';
import type { TopologyNames } from './setup.ts';

/** Deletes the topics and subscriptions, as far as they are there. Never rejects: what stays behind does no harm. */
export async function removeTopology(clients: PubSubClients, names: TopologyNames): Promise<void> {
  const topics = [names.topic, names.deadLetterTopic];
  const subscriptions = [names.subscription, names.deadLetterSubscription];
  await Promise.allSettled([
    ...topics.map((topic) => clients.publisher().deleteTopic({ topic: clients.topicName(topic) })),
    ...subscriptions.map((subscription) =>
      clients.subscriber().deleteSubscription({ subscription: clients.subscriptionName(subscription) }),
    ),
  ]);
}
