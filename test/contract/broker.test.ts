import { afterAll, beforeAll } from 'vitest';
import { startBroker, type Broker } from '../../src/broker/broker.ts';
import { pubsubContract } from './pubsub.contract.ts';
import { SERVICE } from './pubsub-quirks.ts';

let broker: Broker;

beforeAll(async () => {
  broker = await startBroker();
});

afterAll(() => broker.close());

pubsubContract({
  name: 'the embedded broker',
  address: () => `${broker.host}:${String(broker.port)}`,
  quirks: SERVICE,
});
