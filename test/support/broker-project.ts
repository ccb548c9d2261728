import { type Broker, startBroker } from '../../src/broker/broker.ts';
import type { PubSubClients } from '../../src/pubsub/client.ts';
import { freshProject } from './topology.ts';

/**
 * An embedded broker of one test's own, clients of a project on it, and the environment that leads `lms`
 * there.
 */
export interface BrokerProject extends AsyncDisposable {
  readonly broker: Broker;
  readonly clients: PubSubClients;
  readonly env: Readonly<Record<string, string>>;
  /** Messages published to a topic so far; 0 while it does not exist. */
  published(topic: string): number;
}

export async function brokerProject(): Promise<BrokerProject> {
  const broker = await startBroker();
  const emulatorHost = `${broker.host}:${String(broker.port)}`;
  const clients = await freshProject(emulatorHost);
  return {
    broker,
    clients,
    env: { PUBSUB_EMULATOR_HOST: emulatorHost, PUBSUB_PROJECT_ID: clients.projectId },
    published(topic) {
      try {
        return broker.published(clients.topicName(topic));
      } catch {
        return 0;
      }
    },
    async [Symbol.asyncDispose]() {
      await clients.close();
      await broker.close();
    },
  };
}
