import type { BrokerOptions } from '../../src/broker/broker.ts';
import { SERVICE } from '../contract/pubsub-quirks.ts';
import { emulatorServer, PubSubSubject } from '../contract/pubsub-subject.ts';
import { openBroker } from '../support/broker.ts';

/** A broker of one test's own, with a topic and a subscription on it. */
export async function openBench(options: BrokerOptions = {}) {
  const broker = await openBroker(options);
  const subject = await PubSubSubject.open(emulatorServer('broker', SERVICE, () => broker.address));
  return { broker, subject, ...(await subject.pair()) };
}
