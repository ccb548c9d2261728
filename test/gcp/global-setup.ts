import type { TestProject } from 'vitest/node';
import { connectPubSub, type PubSubClients } from '../../src/pubsub/client.ts';
import { uniqueName } from '../support/names.ts';
import { testProject } from './project.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Every topic and subscription of this run begins with it. */
    gcpPrefix: string;
  }
}

let prefix: string;

export function setup(project: TestProject): void {
  prefix = uniqueName('lms-test');
  project.provide('gcpPrefix', prefix);
}

/** Whatever became of the tests, nothing of theirs stays in the project. */
export async function teardown(): Promise<void> {
  const clients = await connectPubSub(testProject());
  try {
    const count = await removeAll(clients, prefix);
    process.stdout.write(`Deleted ${String(count)} topics and subscriptions that began with ${prefix}\n`);
  } finally {
    await clients.close();
  }
}

async function removeAll(clients: PubSubClients, beginning: string): Promise<number> {
  const project = `projects/${clients.projectId}`;
  const [publisher, subscriber] = [clients.publisher(), clients.subscriber()];
  const [[subscriptions], [topics]] = await Promise.all([
    subscriber.listSubscriptions({ project }),
    publisher.listTopics({ project }),
  ]);
  const ours = (kind: string, resources: readonly { name?: string | null }[]) =>
    resources
      .map(({ name }) => name ?? '')
      .filter((name) => name.startsWith(`${project}/${kind}/${beginning}`));
  const ourSubscriptions = ours('subscriptions', subscriptions);
  const ourTopics = ours('topics', topics);
  for (const subscription of ourSubscriptions) await subscriber.deleteSubscription({ subscription });
  for (const topic of ourTopics) await publisher.deleteTopic({ topic });
  return ourSubscriptions.length + ourTopics.length;
}
