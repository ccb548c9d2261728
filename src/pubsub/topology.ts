import { status } from '@grpc/grpc-js';
import { LmsError } from '../errors/catalogue.ts';
import type { PubSubClients } from './client.ts';
import { pubsubError, statusOf } from './errors.ts';
import { retryCall, type TryOptions } from './retry-call.ts';
import { checkSubscription, DELETED_TOPIC, type ExpectedSubscription } from './subscription-check.ts';

/** Short names of the topics and subscriptions that LMS uses. */
export interface TopologyNames {
  readonly topic: string;
  readonly subscription: string;
  readonly deadLetterTopic: string;
  readonly deadLetterSubscription: string;
}

/**
 * What a command does with them: an intake publishes and has dead letters of its own, a reader looks at dead
 * letters, a replayer publishes them again.
 */
export type TopologyRole = 'publisher' | 'intake' | 'worker' | 'reader' | 'replayer';

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
/** The longest that the service keeps a message: 31 days. */
const RETENTION_SECONDS = 31 * 24 * 60 * 60;

/**
 * Sees to it that the topics and subscriptions which the role needs are there. A publisher creates the
 * subscription too, so that nothing is lost of what it publishes before the first worker runs; it never
 * publishes where no subscription would keep it.
 *
 * Without `create` it only looks, and a role that may not look is given the benefit of the doubt: rights to
 * publish or to subscribe do not include it. Returns warnings for the operator, mostly none. Rejects with an
 * `LmsError`: PUBSUB_NOT_FOUND with the name of what is missing, SETTINGS if a subscription reads from
 * another topic or cannot be pulled, or why Pub/Sub does not answer. Safe to run in several processes at
 * once.
 */
export async function ensureTopology({ clients, names, role, create }: Topology): Promise<readonly string[]> {
  const setup = new TopologySetup(clients, create);
  const main = {
    topic: clients.topicName(names.topic),
    name: clients.subscriptionName(names.subscription),
    idle: false,
  };
  const dead = {
    topic: clients.topicName(names.deadLetterTopic),
    name: clients.subscriptionName(names.deadLetterSubscription),
    idle: true,
  };
  const steps: Readonly<Record<TopologyRole, () => Promise<readonly string[]>[]>> = {
    publisher: () => [create ? setup.kept(main) : setup.subscribed(main.topic)],
    intake: () => [main, dead].map((each) => (create ? setup.kept(each) : setup.subscribed(each.topic))),
    worker: () => [setup.pair(main), setup.pair(dead)],
    reader: () => [setup.subscription(dead)],
    replayer: () => [create ? setup.kept(main) : setup.subscribed(main.topic), setup.subscription(dead)],
  };
  return (await Promise.all(steps[role]())).flat();
}

class TopologySetup {
  readonly #clients: PubSubClients;
  readonly #create: boolean;

  constructor(clients: PubSubClients, create: boolean) {
    this.#clients = clients;
    this.#create = create;
  }

  /**
   * A subscription and its topic. Where the topic was deleted, none is made in its place: what is published
   * to that would be kept by nobody, without anyone's knowing.
   */
  async pair(expected: ExpectedSubscription): Promise<readonly string[]> {
    const found = await this.#lookAtSubscription(expected, true);
    if (found?.topic === DELETED_TOPIC) return checkSubscription(expected, found);
    await this.#topic(expected.topic);
    return found === undefined ? this.subscription(expected) : checkSubscription(expected, found);
  }

  /**
   * As `pair`, for whoever publishes: rejects if nothing that is published would come to the subscription.
   */
  async kept(expected: ExpectedSubscription): Promise<readonly string[]> {
    const found = await this.#lookAtSubscription(expected, true);
    if (found?.topic === DELETED_TOPIC) throw keptByNobody(checkSubscription(expected, found).join());
    return this.pair(expected);
  }

  /** A topic that has some subscription, whatever its name. */
  async subscribed(topic: string): Promise<readonly string[]> {
    await this.#topic(topic);
    const publisher = this.#clients.publisher();
    const found = await this.#look(`topic ${topic}`, false, (options) =>
      publisher.listTopicSubscriptions({ topic, pageSize: 1 }, { ...options, autoPaginate: false }),
    );
    if (found?.[0].length === 0) throw keptByNobody(`topic ${topic} has no subscription: create one`);
    return [];
  }

  async subscription(expected: ExpectedSubscription): Promise<readonly string[]> {
    const found = await this.#lookAtSubscription(expected, this.#create);
    if (found !== undefined) return checkSubscription(expected, found);
    if (this.#create) await this.#createSubscription(expected);
    return [];
  }

  async #topic(name: string): Promise<void> {
    const publisher = this.#clients.publisher();
    const found = await this.#look(`topic ${name}`, this.#create, (options) =>
      publisher.getTopic({ topic: name }, options),
    );
    if (found !== undefined || !this.#create) return;
    await create(`topic ${name}`, (options) => publisher.createTopic({ name }, options));
  }

  /** Undefined if it is missing and that is no error, or if we may not look. */
  async #lookAtSubscription({ name }: ExpectedSubscription, mayBeMissing: boolean) {
    const found = await this.#look(`subscription ${name}`, mayBeMissing, (options) =>
      this.#clients.subscriber().getSubscription({ subscription: name }, options),
    );
    return found?.[0];
  }

  /**
   * With messages kept for as long as the service allows; an emulator allows less, and keeps its own time
   * then.
   */
  async #createSubscription({ name, topic }: ExpectedSubscription): Promise<void> {
    const subscriber = this.#clients.subscriber();
    // An empty policy is "never": by default a subscription that nobody reads for 31 days is deleted.
    const request = { name, topic, ackDeadlineSeconds: ACK_DEADLINE_SECONDS, expirationPolicy: {} };
    const kept = { ...request, messageRetentionDuration: { seconds: RETENTION_SECONDS } };
    await create(`subscription ${name}`, async (options) => {
      try {
        await subscriber.createSubscription(kept, options);
      } catch (error) {
        if (statusOf(error) !== status.INVALID_ARGUMENT) throw error;
        await subscriber.createSubscription(request, options);
      }
    });
  }

  /** What is there; undefined if nothing is and that is no error, or if we may not look. */
  async #look<T>(
    thing: string,
    mayBeMissing: boolean,
    call: (options: TryOptions) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await retryCall(call, { totalMs: START_TIMEOUT_MS });
    } catch (error) {
      const code = statusOf(error);
      if (code === status.PERMISSION_DENIED) return undefined;
      if (code === status.NOT_FOUND && mayBeMissing) return undefined;
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

function keptByNobody(why: string): LmsError {
  return new LmsError('PUBSUB_NOT_FOUND', `nothing would keep what is published: ${why}`);
}

/**
 * Deletes the topics and subscriptions, as far as they are there. Never rejects: what stays behind does no
 * harm.
 */
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
