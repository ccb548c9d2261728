import { attributeOf, ATTRIBUTES } from '../../src/logs/message.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import type { Delivery } from '../../src/pipeline/ports.ts';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { PubSubSource } from '../../src/pubsub/source.ts';
import { SILENT } from '../target.ts';

// The limit of the transport, as a process: the worker's own source, which acknowledges what it receives and
// keeps nothing. Each message is looked at as whoever receives it must: nobody has received what still lies
// encoded in its response. Arguments: the broker's address, project, subscription.
const [emulatorHost, projectId = '', subscription = ''] = process.argv.slice(2);
const source = new PubSubSource(await connectPubSub({ projectId, emulatorHost }), {
  subscription,
  maxHeldMessages: 20_000,
  maxHeldBytes: 64 * 1024 * 1024,
  ackDeadlineSeconds: 180,
  clock: systemClock,
  log: SILENT,
});
source.start(
  (deliveries) => {
    for (const delivery of deliveries) look(delivery);
    void source.ack(deliveries);
  },
  (error) => {
    throw error;
  },
);

/** Of some use, so that looking is not optimised away. */
let bytes = 0;

function look(delivery: Delivery): void {
  bytes += delivery.data.length + (attributeOf(delivery, ATTRIBUTES.eventId) ?? delivery.messageId).length;
}

process.on('disconnect', () => {
  process.exit(bytes > 0 ? 0 : 1);
});
