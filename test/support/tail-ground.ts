import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import { connectPubSub, type PubSubClients } from '../../src/pubsub/client.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { lms, startLms } from '../cli/lms.ts';
import { uniqueName } from './names.ts';

/** Publishers, a worker and a database, of one test's own: what tails show. */
export class TailGround {
  readonly env: Environment;
  readonly clients: PubSubClients;
  readonly #publisher: TopicPublisher;
  #published = 0;

  constructor(env: Environment, clients: PubSubClients) {
    this.env = env;
    this.clients = clients;
    this.#publisher = new TopicPublisher(clients, 'log-topic');
  }

  /** How many were published. */
  get published(): number {
    return this.#published;
  }

  /** Publishes so many, which are called by their numbers. */
  async publish(count: number): Promise<void> {
    const first = this.#published;
    this.#published += count;
    const messages = Array.from({ length: count }, (_none, index) => {
      const entry = {
        service_name: 'shop',
        severity: 'info',
        payload: `entry ${String(first + index)}.`,
        timestamp: new Date().toISOString(),
      };
      return {
        data: Buffer.from(JSON.stringify(entry)),
        attributes: { event_id: `n-${String(first + index)}` },
      };
    });
    await this.#publisher.publish(messages);
  }

  /** Subscriptions of tails that there are. */
  async tailSubscriptions(): Promise<readonly string[]> {
    const project = `projects/${this.clients.projectId}`;
    const [subscriptions] = await this.clients.subscriber().listSubscriptions({ project });
    return subscriptions.flatMap(({ name }) => (name?.includes('-tail-') === true ? [name] : []));
  }
}

/** Opens it on an emulator or broker; the worker writes so often. Ends with the test. */
export async function openTailGround(emulatorHost: string, flushSeconds: number): Promise<TailGround> {
  const directory = await mkdtemp(join(tmpdir(), 'lms-test-tail-'));
  const clients = await connectPubSub({ projectId: uniqueName('lms'), emulatorHost });
  const env = {
    DATABASE_URL: `sqlite:${join(directory, 'logs.db')}`,
    PUBSUB_EMULATOR_HOST: emulatorHost,
    PUBSUB_PROJECT_ID: clients.projectId,
    FLUSHINTERVAL: String(flushSeconds),
    LOG_LEVEL: 'warn',
    TZ: 'UTC',
  };
  await lms(['migrate', 'up'], env);
  const worker = startLms(['mon'], { ...env, LOG_LEVEL: 'info' });
  onTestFinished(async () => {
    await worker.stop();
    await clients.close();
    await rm(directory, { recursive: true });
  });
  const ground = new TailGround(env, clients);
  // Once the worker has begun there are topic and subscription.
  while (!(await isThere(ground))) await new Promise((resolve) => setTimeout(resolve, 50));
  return ground;
}

async function isThere({ clients }: TailGround): Promise<boolean> {
  const subscription = clients.subscriptionName('log-sub');
  return clients
    .subscriber()
    .getSubscription({ subscription })
    .then(
      () => true,
      () => false,
    );
}
