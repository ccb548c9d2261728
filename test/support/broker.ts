import { onTestFinished } from 'vitest';
import { type Broker, type BrokerOptions, startBroker } from '../../src/broker/broker.ts';

/** An embedded broker of one test's own. It ends with the test. */
export async function openBroker(
  options: BrokerOptions = {},
): Promise<Broker & { readonly address: string }> {
  const broker = await startBroker(options);
  onTestFinished(() => broker.close());
  return Object.assign(broker, { address: `${broker.host}:${String(broker.port)}` });
}
