import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import type { Delivery } from '../../src/pipeline/ports.ts';
import { ackIdText } from '../../src/pubsub/ack-request.ts';
import { openMessages } from '../../src/pubsub/leases.ts';
import { eventually } from '../support/eventually.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { openSourceOnBroker, type SourceBench } from '../support/source-bench.ts';
import { NAMES } from '../support/topology.ts';

const BOTH = { enableExactlyOnceDelivery: true, enableMessageOrdering: true };

it('a lease that is over costs its own message, not the others of its request', async () => {
  const { bench, broker } = await openHoldingOf({ enableExactlyOnceDelivery: true }, 1_000);
  await giveBack(bench, bench.received.slice(500, 501));
  await expect(bench.source.ack(bench.received.slice(0, 1_000))).resolves.toBe(999);
  expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(999);
  expect(bench.log.told).toMatchObject([
    {
      level: 'warn',
      message: 'acknowledge: not confirmed',
      fields: { messages: 1, reason: 'the lease is over: the messages come again' },
    },
  ]);
});

it('a thousand leases that are over cost one request each, and no retries', async () => {
  const { bench, broker } = await openHoldingOf({ enableExactlyOnceDelivery: true }, 1_000);
  broker.expireLeases(bench.subscriptionName);
  await expect(bench.source.ack(bench.received.slice(0, 1_000))).resolves.toBe(0);
  expect(broker.subscriptionStats(bench.subscriptionName).ackedInVain).toBe(1_000);
});

it('extensions are answered for, too: those of leases that are over do not cost the others', async () => {
  const { bench } = await openHoldingOf({ enableExactlyOnceDelivery: true }, 10);
  await giveBack(bench, bench.received.slice(0, 1));
  await expect(bench.source.nack(bench.received.slice(0, 10))).resolves.toBe(9);
});

it('where an order is kept, acknowledgements that come too early wait for those before them: nothing comes twice', async () => {
  const { bench, broker } = await openHoldingOf(BOTH, 400);
  const later = bench.source.ack(bench.received.slice(200));
  await eventually(() => {
    expect(bench.log.lines.map(({ message }) => message)).toContain('acknowledge: put off by the server');
  });
  const earlier = bench.source.ack(bench.received.slice(0, 200));
  await expect(Promise.all([later, earlier])).resolves.toEqual([200, 200]);
  expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ delivered: 400, acked: 400 });
});

it('where an order is kept, a request that fails for a while does not let the next one overtake it', async () => {
  const { bench, broker } = await openHoldingOf(BOTH, 1_000);
  broker.faults.refuse('Acknowledge', { code: status.UNAVAILABLE, details: 'try again' }, 3);
  await expect(bench.source.ack(bench.received)).resolves.toBe(1_000);
  expect(bench.log.lines.map(({ message }) => message)).not.toContain('acknowledge: put off by the server');
});

/** A source on a subscription with these settings that holds so many messages, of seven ordering keys. */
async function openHoldingOf(fields: object, count: number) {
  const { bench, broker } = await openSourceOnBroker();
  await bench.deleteSubscription();
  const topic = bench.clients.topicName(NAMES.topic);
  const request = { name: bench.subscriptionName, topic, ...fields };
  await bench.clients.subscriber().createSubscription(request);
  const messages = ids('a', count).map((id, index) => ({
    ...sampleMessage(id),
    orderingKey: `key ${String(index % 7)}`,
  }));
  await bench.clients.publisher().publish({ topic, messages });
  bench.start();
  await eventually(() => {
    expect(bench.received).toHaveLength(count);
  });
  return { bench, broker };
}

/** Ends the leases of deliveries without the source's knowing. */
async function giveBack(bench: SourceBench, deliveries: readonly Delivery[]): Promise<void> {
  const ackIds = openMessages(deliveries).map(ackIdText);
  const request = { subscription: bench.subscriptionName, ackIds, ackDeadlineSeconds: 0 };
  await bench.clients.subscriber().modifyAckDeadline(request);
}
