import { connectPubSub } from '../src/pubsub/client.ts';
import { TopicPublisher } from '../src/pubsub/publisher.ts';
import { ensureTopology, type TopologyNames } from '../src/pubsub/topology.ts';
import type { BrokerProcess } from './broker-process.ts';
import { messages, type MessageSet } from './messages.ts';

const PUBLISHED_TOGETHER = 8_000;
const NAMES: TopologyNames = {
  topic: 'log-topic',
  subscription: 'log-sub',
  deadLetterTopic: 'log-topic-dead-letter',
  deadLetterSubscription: 'log-sub-dead-letter',
};

/** A subscription that waits to be read to its end, once. */
export interface Backlog {
  readonly names: TopologyNames;
  readonly projectId: string;
  /** The subscription, as the broker calls it. */
  readonly fullName: string;
}

let backlogs = 0;

/**
 * Publishes a message set to a subscription of its own. Just before the run that reads it, with deliveries on
 * hold: the broker then has nothing to do but to deliver it, and no other backlogs in memory, which would
 * slow it down for whoever comes last.
 */
export async function publishBacklog(broker: BrokerProcess, set: MessageSet): Promise<Backlog> {
  await broker.hold();
  const projectId = `bench-${(backlogs += 1)}`;
  const clients = await connectPubSub({ projectId, emulatorHost: broker.address });
  await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
  const publisher = new TopicPublisher(clients, NAMES.topic);
  for (let start = 0; start < set.count; start += PUBLISHED_TOGETHER)
    await publisher.publish(messages(set, start, PUBLISHED_TOGETHER));
  await publisher.close();
  const fullName = clients.subscriptionName(NAMES.subscription);
  await clients.close();
  return { names: NAMES, projectId, fullName };
}
