import { connectPubSub, type PubSubClients } from '../src/pubsub/client.ts';
import { TopicPublisher } from '../src/pubsub/publisher.ts';
import { ensureTopology, type TopologyNames } from '../src/pubsub/setup.ts';
import type { BrokerProcess } from './broker-process.ts';
import { messages, type MessageSet } from './messages.ts';

const PUBLISHED_TOGETHER = 8_000;

/** A subscription that waits to be read to its end, once. */
export interface BacklogSubscription {
  readonly names: TopologyNames;
  readonly projectId: string;
  /** As the broker calls it. */
  readonly fullName: string;
}

/**
 * A message set, published once to a topic with a subscription for every run: a run finds its backlog there, and the broker has
 * nothing to do but to deliver it.
 */
export class Backlog {
  readonly set: MessageSet;
  readonly #broker: BrokerProcess;
  readonly #projectId: string;
  #taken = 0;

  constructor(broker: BrokerProcess, set: MessageSet) {
    this.set = set;
    this.#broker = broker;
    this.#projectId = `bench-${set.bytes}-${set.count}-${set.duplicates * 100}`;
  }

  /** Publishes it for so many runs. */
  async prepare(runs: number): Promise<void> {
    const clients = await connectPubSub({ projectId: this.#projectId, emulatorHost: this.#broker.address });
    for (let run = 0; run < runs; run += 1)
      await ensureTopology({ clients, names: namesOf(run), role: 'worker', create: true });
    await this.#publish(clients);
    await clients.close();
  }

  /** The next subscription that nobody has read yet. */
  take(): BacklogSubscription {
    const names = namesOf(this.#taken);
    this.#taken += 1;
    const projectId = this.#projectId;
    return { names, projectId, fullName: `projects/${projectId}/subscriptions/${names.subscription}` };
  }

  async #publish(clients: PubSubClients): Promise<void> {
    const publisher = new TopicPublisher(clients, namesOf(0).topic);
    for (let start = 0; start < this.set.count; start += PUBLISHED_TOGETHER)
      await publisher.publish(messages(this.set, start, PUBLISHED_TOGETHER));
    await publisher.close();
  }
}

function namesOf(run: number): TopologyNames {
  return {
    topic: 'log-topic',
    subscription: `log-sub-${run}`,
    deadLetterTopic: 'log-topic-dead-letter',
    deadLetterSubscription: 'log-sub-dead-letter',
  };
}
