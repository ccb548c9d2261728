import type { protos } from '@google-cloud/pubsub';
import { RetainedMessages } from './delivery/retained.ts';
import { type DeadLetterRule, Subscription } from './delivery/subscription.ts';
import { deadLetter } from './encoding/dead-letter.ts';
import type { EncodedMessage } from './encoding/encoded-message.ts';
import { stampMessages } from './encoding/stamp.ts';
import { checkName, DELETED_TOPIC } from './names.ts';
import { alreadyExists, notFound, unavailable } from './refusal.ts';
import type { SubscriptionResource } from './subscription-resource.ts';
import { durationMs, type SubscriptionSettings, subscriptionSettings } from './subscription-resource.ts';

export type TopicResource = protos.google.pubsub.v1.ITopic;

interface Topic {
  readonly resource: TopicResource;
  readonly subscriptions: Set<Subscription>;
  /** For all of its subscriptions; undefined if it retains nothing. */
  readonly retained: RetainedMessages | undefined;
  published: number;
  /** Why nothing more is taken; undefined while it is. */
  closedBecause: string | undefined;
}

interface SubscriptionEntry {
  readonly subscription: Subscription;
  readonly settings: SubscriptionSettings;
  /** Undefined once it was deleted. */
  topic: Topic | undefined;
}

/**
 * What the broker knows: topics, subscriptions and their messages. Names are full names. Throws `Refusal`.
 */
export class BrokerState {
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, SubscriptionEntry>();
  /**
   * Larger than any id of an earlier broker that published less than a million messages a second; 16 digits.
   */
  #nextMessageId = Date.now() * 1_000;

  createTopic(resource: TopicResource): TopicResource {
    const name = resource.name ?? '';
    checkName('topics', name);
    if (this.#topics.has(name)) throw alreadyExists(name);
    const retainMs = durationMs(resource.messageRetentionDuration);
    const topic: Topic = {
      resource: { ...resource, state: 'ACTIVE' },
      subscriptions: new Set(),
      retained: retainMs === undefined ? undefined : new RetainedMessages(retainMs),
      published: 0,
      closedBecause: undefined,
    };
    this.#topics.set(name, topic);
    return topic.resource;
  }

  topic(name: string): TopicResource {
    return this.#topic(name).resource;
  }

  topics(): TopicResource[] {
    return [...this.#topics.values()].map(({ resource }) => resource);
  }

  /** Full names of a topic's subscriptions. */
  topicSubscriptions(name: string): string[] {
    return [...this.#topic(name).subscriptions].map((subscription) => subscription.name);
  }

  /** Messages published to a topic since it was created. */
  published(name: string): number {
    return this.#topic(name).published;
  }

  /** Takes nothing more for a topic: publishing is answered UNAVAILABLE. */
  closeTopic(name: string, because: string): void {
    this.#topic(name).closedBecause = because;
  }

  deleteTopic(name: string): void {
    const topic = this.#topic(name);
    this.#topics.delete(name);
    for (const entry of this.#subscriptions.values()) if (entry.topic === topic) entry.topic = undefined;
  }

  /**
   * Hands accepted messages to every subscription of the topic; returns the first one's id, the others follow
   * it.
   */
  publish(topicName: string, messages: readonly EncodedMessage[]): number {
    const topic = this.#topic(topicName);
    if (topic.closedBecause !== undefined) throw unavailable(topic.closedBecause);
    const firstId = this.#nextMessageId;
    this.#nextMessageId += messages.length;
    topic.published += messages.length;
    if (topic.subscriptions.size === 0 && topic.retained === undefined) return firstId;
    const stamped = stampMessages(messages, firstId, Date.now());
    topic.retained?.add(stamped);
    for (const subscription of topic.subscriptions) subscription.add(stamped);
    return firstId;
  }

  createSubscription(request: SubscriptionResource): SubscriptionResource {
    const settings = subscriptionSettings(request);
    const { name, deadLetterPolicy } = settings;
    if (this.#subscriptions.has(name)) throw alreadyExists(name);
    const topic = this.#topic(settings.topic);
    if (deadLetterPolicy) this.#topic(deadLetterPolicy.deadLetterTopic);
    const subscription = new Subscription(name, {
      deadLetters: this.#deadLetterRule(settings),
      exactlyOnce: settings.resource.enableExactlyOnceDelivery === true,
      ordered: settings.resource.enableMessageOrdering === true,
      retainMs: settings.retainMs,
    });
    topic.subscriptions.add(subscription);
    this.#subscriptions.set(name, { subscription, settings, topic });
    return settings.resource;
  }

  /** Seeks a subscription to a time, in milliseconds of Unix time. */
  seek(name: string, timeMs: number): void {
    const { subscription, topic } = this.#entry(name);
    subscription.seek(timeMs, topic?.retained?.messages() ?? []);
  }

  subscription(name: string): Subscription {
    return this.#entry(name).subscription;
  }

  settings(name: string): SubscriptionSettings {
    return this.#entry(name).settings;
  }

  subscriptionResource(name: string): SubscriptionResource {
    return describe(this.#entry(name));
  }

  subscriptionResources(): SubscriptionResource[] {
    return [...this.#subscriptions.values()].map(describe);
  }

  deleteSubscription(name: string): Subscription {
    const { subscription, topic } = this.#entry(name);
    this.#subscriptions.delete(name);
    topic?.subscriptions.delete(subscription);
    return subscription;
  }

  /** Loses everything, as a server without a disk does when it is started again. */
  forget(): void {
    this.#topics.clear();
    this.#subscriptions.clear();
  }

  #topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw notFound(name);
    return topic;
  }

  #entry(name: string): SubscriptionEntry {
    const entry = this.#subscriptions.get(name);
    if (entry === undefined) throw notFound(name);
    return entry;
  }

  #deadLetterRule({ name, deadLetterPolicy: policy }: SubscriptionSettings): DeadLetterRule | undefined {
    if (policy === undefined) return undefined;
    return {
      maxDeliveryAttempts: policy.maxDeliveryAttempts,
      forward: (message, attempts) => {
        if (!this.#topics.has(policy.deadLetterTopic)) return false;
        this.publish(policy.deadLetterTopic, [deadLetter(message, { subscription: name, attempts })]);
        return true;
      },
    };
  }
}

function describe({ settings, topic }: SubscriptionEntry): SubscriptionResource {
  return topic === undefined ? { ...settings.resource, topic: DELETED_TOPIC } : settings.resource;
}
