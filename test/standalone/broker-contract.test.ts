import { afterAll, beforeAll } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { pubsubContract } from '../contract/pubsub.contract.ts';
import { SERVICE } from '../contract/pubsub-quirks.ts';
import { emulatorServer } from '../contract/pubsub-subject.ts';

let broker: Broker;

beforeAll(async () => {
  broker = await startBroker();
});

afterAll(() => broker.close());

pubsubContract(emulatorServer('the embedded broker', SERVICE, () => `${broker.host}:${String(broker.port)}`));
