import { status } from '@grpc/grpc-js';
import { LmsError } from '../errors/catalogue.ts';
import type { PubSubClients } from './client.ts';
import { pubsubError, statusOf } from './errors.ts';
import { retryCall, type TryOptions } from './retry-call.ts';

/** Short names of the topics and subscriptions that LMS uses. */
export interface TopologyNames {
  readonly topic: string;
  readonly subscription: string;
  readonly deadLetterTopic: string;
  readonly deadLetterSubscription: string;
}

/** What a command does with them: a reader looks at dead letters, a replayer publishes them again. */
export type TopologyRole = 'publisher' | 'worker' | 'reader' | 'replayer';

export interface Topology {
  readonly clients: PubSubClients;
  readonly names: TopologyNames;
  readonly role: TopologyRole;
  /** Whether to create what is missing. */
  readonly create: boolean;
}

/** Someone waits at a terminal: a Pub/Sub that does not answer for this long is not there. */
const START_TIMEOUT_MS = 4_000;
/** For readers that name no deadline of their own. */
const ACK_DEADLINE_SECONDS = 60;
/** What the service puts for the topic of a subscription whose topic was deleted. */
const DELETED_TOPIC = '_deleted-topic_';

/**
 * Sees to it that the topics and subscriptions which the role needs are there. A publisher creates the subscription
 * too, so that nothing is lost of what it publishes before the first worker runs.
 *
 * Without `create` it only looks, and a role that may not look is given the benefit of the doubt: rights to publish or to
 * subscribe do not include it. Returns warnings for the operator, mostly none. Rejects with an `LmsError`: PUBSUB_NOT_FOUND
 * with the name of what is missing, SETTINGS if a subscription reads from another topic, or why Pub/Sub does not answer.
 * Safe to run in several processes at once.
 */
export async function ensureTopology({ clients, names, role, create }: Topology): Promise<readonly string[]> {
  const setup = new TopologySetup(clients, create);
  const main = { topic: clients.topicName(names.topic), name: clients.subscriptionName(names.subscription) };
  const dead = {
    topic: clients.topicName(names.deadLetterTopic),
    name: clients.subscriptionName(names.deadLetterSubscription),
  };
  const needs = {
    publisher: { topics: [main.topic], subscriptions: create ? [main] : [] },
    worker: { topics: [main.topic, dead.topic], subscriptions: [main, dead] },
    reader: { topics: [], subscriptions: [dead] },
    replayer: { topics: [main.topic], subscriptions: [dead] },
  };
  const { topics, subscriptions } = needs[role];
  await Promise.all(topics.map((topic) => setup.topic(topic)));
  const warnings = await Promise.all(subscriptions.map((subscription) => setup.subscription(subscription)));
  return warnings.flat();
}

/** Names in full: `projects/<project>/…` */
interface Subscription {
  readonly name: string;
  readonly topic: string;
}

class TopologySetup {
  readonly #clients: PubSubClients;
  readonly #create: boolean;

  constructor(clients: PubSubClients, create: boolean) {
    this.#clients = clients;
    this.#create = create;
  }

  async topic(name: string): Promise<void> {
    const publisher = this.#clients.publisher();
    const found = await this.#look(`topic ${name}`, (options) =>
      publisher.getTopic({ topic: name }, options),
    );
    if (found !== undefined || !this.#create) return;
    await create(`topic ${name}`, (options) => publisher.createTopic({ name }, options));
  }

  async subscription({ name, topic }: Subscription): Promise<string[]> {
    const thing = `subscription ${name}`;
    const subscriber = this.#clients.subscriber();
    const found = await this.#look(thing, (options) =>
      subscriber.getSubscription({ subscription: name }, options),
    );
    if (found !== undefined) return checkTopic(thing, topic, found[0].topic ?? '');
    if (!this.#create) return [];
    // An empty policy is "never": by default a subscription that nobody reads for 31 days is deleted.
    const request = { name, topic, ackDeadlineSeconds: ACK_DEADLINE_SECONDS, expirationPolicy: {} };
    await create(thing, (options) => subscriber.createSubscription(request, options));
    return [];
  }

  /** What is there; undefined if nothing is and it may be created, or if we may not look. */
  async #look<T>(thing: string, call: (options: TryOptions) => Promise<T>): Promise<T | undefined> {
    try {
      return await retryCall(call, { totalMs: START_TIMEOUT_MS });
    } catch (error) {
      const code = statusOf(error);
      if (code === status.PERMISSION_DENIED) return undefined;
      if (code === status.NOT_FOUND && this.#create) return undefined;
      throw pubsubError(error, `look for ${thing}`, thing);
    }
  }
}

async function create(thing: string, call: (options: TryOptions) => Promise<unknown>): Promise<void> {
  try {
    await retryCall(call, { totalMs: START_TIMEOUT_MS });
  } catch (error) {
    // Another process was quicker, or a try whose answer was lost did it.
    if (statusOf(error) === status.ALREADY_EXISTS) return;
    throw pubsubError(error, `create ${thing}`);
  }
}

function checkTopic(thing: string, wanted: string, actual: string): string[] {
  if (actual === wanted) return [];
  if (actual === DELETED_TOPIC) {
    return [`the topic of ${thing} was deleted: it gets no new messages; delete it to have it created again`];
  }
  throw new LmsError('SETTINGS', `${thing} reads from ${actual}, not from ${wanted}: name another one`);
}

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
