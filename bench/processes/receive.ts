import { systemClock } from '../../src/pipeline/clock.ts';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { PubSubSource } from '../../src/pubsub/source.ts';

// The limit of the transport, as a process: the worker's own source, which acknowledges what it receives and keeps nothing.
// Arguments: the broker's address, project, subscription.
const [emulatorHost, projectId = '', subscription = ''] = process.argv.slice(2);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const source = new PubSubSource(await connectPubSub({ projectId, emulatorHost }), {
  subscription,
  maxHeldMessages: 20_000,
  maxHeldBytes: 64 * 1024 * 1024,
  ackDeadlineSeconds: 180,
  clock: systemClock,
  log,
});
source.start(
  (deliveries) => {
    void source.ack(deliveries);
  },
  (error) => {
    throw error;
  },
);
process.on('disconnect', () => {
  process.exit();
});
