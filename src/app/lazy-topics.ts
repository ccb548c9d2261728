import type { Settings } from '../config/settings.ts';
import type { DeadLetters, Log, Publisher } from '../pipeline/ports.ts';
import { connectPubSub, type PubSubClients } from '../pubsub/client.ts';
import { DeadLetterTopic } from '../pubsub/dead-letter-topic.ts';
import { TopicPublisher } from '../pubsub/publisher.ts';
import { ensureTopology } from '../pubsub/topology.ts';
import { Lazy } from '../store/lazy.ts';

/** A request by HTTP does not wait longer for Pub/Sub: whoever sent it is told to try again. */
const PUBLISH_MS = 10_000;

interface Opened {
  readonly clients: PubSubClients;
  readonly topic: TopicPublisher;
  readonly deadLetters: DeadLetterTopic;
  close(): Promise<void>;
}

/** See `LazyTopics`. */
export interface LazyTopicsParts {
  readonly settings: Settings;
  /** Whether topics and subscriptions that are missing are created. */
  readonly create: boolean;
  readonly log: Log;
}

/**
 * The topics of the settings, connected to once something is published: a server that is only read from needs
 * no Pub/Sub.
 */
export class LazyTopics {
  readonly #opened: Lazy<Opened>;

  constructor(parts: LazyTopicsParts) {
    this.#opened = new Lazy(() => open(parts));
  }

  /** Where log messages go. */
  readonly topic: Publisher = {
    publish: async (messages) => (await this.#opened.opened()).topic.publish(messages),
    close: () => this.close(),
  };

  /** Where goes what cannot become a row. */
  readonly deadLetters: DeadLetters = {
    publish: async (letters) => (await this.#opened.opened()).deadLetters.publish(letters),
  };

  /** Connected to the project. Throws `LmsError`. */
  async clients(): Promise<PubSubClients> {
    return (await this.#opened.opened()).clients;
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}

async function open({ settings, create, log }: LazyTopicsParts): Promise<Opened> {
  const clients = await connectPubSub(settings);
  try {
    const topology = { clients, names: settings, role: 'intake', create } as const;
    for (const warning of await ensureTopology(topology)) log.warn({}, warning);
  } catch (error) {
    await clients.close();
    throw error;
  }
  const topic = new TopicPublisher(clients, settings.topic, { totalMs: PUBLISH_MS });
  return {
    clients,
    topic,
    deadLetters: new DeadLetterTopic(clients, settings.deadLetterTopic, settings.subscription),
    async close() {
      await topic.close();
      await clients.close();
    },
  };
}
