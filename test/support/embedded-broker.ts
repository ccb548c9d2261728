import type { TestServer } from './server.ts';

/**
 * The last way to Pub/Sub: our own broker in this process. The tests then say nothing about Google's
 * emulator.
 */
export async function startEmbeddedBroker(): Promise<TestServer> {
  const { startBroker } = await import('../../src/broker/broker.ts');
  const broker = await startBroker();
  const address = `${broker.host}:${String(broker.port)}`;
  return {
    address,
    description: `our embedded broker on ${address}`,
    warning:
      "No emulator can be had here: THE EMBEDDED BROKER STANDS IN for Google's emulator in every test of this run.\n" +
      'To test on it, start Docker, or install the Google Cloud CLI with its Pub/Sub emulator, and Java.',
    stop: () => broker.close(),
  };
}
