import { connectPubSub } from '../src/pubsub/client.ts';
import { startLms } from './lms-process.ts';
import { measured } from './measure.ts';
import type { Sample } from './sample.ts';
import type { Stage } from './stage.ts';
import { until } from './waiting.ts';

/**
 * A command of `lms` that publishes so many messages to a topic from which nobody reads, from its first request on:
 * how long it takes to start is measured elsewhere.
 */
export async function publishWith(
  stage: Stage,
  command: readonly string[],
  messages: number,
): Promise<Sample> {
  const topic = await freshTopic(stage);
  const env = { PUBSUB_EMULATOR_HOST: stage.broker.address, PUBSUB_PROJECT_ID: topic.projectId };
  const publisher = startLms([...command, '--no-create'], { env, directory: stage.directory });
  const published = () => stage.broker.published(topic.name);
  await until('the first message', async () => (await published()) > 0, 2);
  const before = await published();
  const sample = await measured({
    pids: [publisher.pid],
    messages: messages - before,
    begin: () => Promise.resolve(),
    done: async () => (await published()) - before,
  });
  await publisher.ended;
  await topic.remove();
  return sample;
}

let topics = 0;

/** A topic of its own, and how to be rid of what was published to it. */
export interface FreshTopic {
  readonly projectId: string;
  /** Its full name. */
  readonly name: string;
  readonly remove: () => Promise<void>;
}

/** A topic from whose only subscription nobody reads: without one, nothing would be published. */
export async function freshTopic({ broker }: Stage): Promise<FreshTopic> {
  const projectId = `bench-publish-${(topics += 1)}`;
  const clients = await connectPubSub({ projectId, emulatorHost: broker.address });
  const name = clients.topicName('log-topic');
  const subscription = clients.subscriptionName('log-subscription');
  await clients.publisher().createTopic({ name });
  await clients.subscriber().createSubscription({ name: subscription, topic: name });
  const remove = async () => {
    await clients.subscriber().deleteSubscription({ subscription });
    await clients.publisher().deleteTopic({ topic: name });
    await clients.close();
  };
  return { projectId, name, remove };
}
