import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/pipeline/clock.ts';
import { textAckId } from '../../src/pubsub/ack-request.ts';
import { Acknowledger } from '../../src/pubsub/acknowledger.ts';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { openBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openFreezingNetwork } from '../support/freezing-network.ts';
import { sampleMessage } from '../support/samples.ts';
import { openSource, type SourceBench } from '../support/source-bench.ts';
import { NAMES } from '../support/topology.ts';

const KEEP_ALIVE_MS = 30_000;
const ANSWER_MS = 15_000;

describe('a server that says nothing any more', () => {
  it('on a stream whose connection is well is noticed, and the stream opened again', async () => {
    const { broker, bench, clock } = await startedOnFakeTime();
    broker.muteStreams();
    await bench.publish(['unheard']);
    await clock.advance(KEEP_ALIVE_MS + ANSWER_MS - 1);
    expect(bench.source.reconnects).toBe(0);
    await clock.advance(3_000);
    expect(bench.source.reconnects).toBe(1);
    await bench.publish(['after']);
    await arrives(bench, 'after');
    // What went to the mute stream is leased: it comes again when that has run out.
    broker.expireLeases(bench.subscriptionName);
    await arrives(bench, 'unheard');
    expect(bench.failures).toEqual([]);
  });

  it('on a connection that is half open is noticed too, and another connection is made', async () => {
    const { bench, clock, network } = await startedOnFakeTime();
    network.freeze();
    await clock.advance(KEEP_ALIVE_MS + ANSWER_MS + 3_000);
    // The server does not know yet: half of what comes now goes to the stream that is gone.
    await eventually(async () => {
      await bench.publish(['after']);
      expect(bench.receivedIds).toContain('after');
    });
    expect(network.connections).toBe(2);
    await expect(bench.source.ack(bench.received)).resolves.toBe(2);
  });

  it('is not taken for dead if it never answered a keepalive, as the emulator never does', async () => {
    const { broker, bench, clock } = await opened();
    bench.start();
    await eventually(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).consumers).toBe(1);
    });
    broker.muteStreams();
    await clock.advance(10 * KEEP_ALIVE_MS);
    expect(bench.source.reconnects).toBe(0);
  });
});

describe('a call that is not answered in time', () => {
  it('is made again on another connection: an acknowledgement', async () => {
    const { broker, bench, network } = await startedOnFakeTime();
    const clients = await connectPubSub({
      projectId: bench.clients.projectId,
      emulatorHost: network.address,
    });
    const { subscriptionName: subscription, log } = bench;
    const parts = { clients, subscription, callTimeoutMs: 300, clock: systemClock, log };
    const acknowledger = new Acknowledger(parts);
    await expect(acknowledger.acknowledge([textAckId('of nobody')])).resolves.toBe(1);
    network.freeze();
    await expect(acknowledger.acknowledge([textAckId('of nobody')])).resolves.toBe(1);
    expect(broker.subscriptionStats(subscription).outstanding).toBe(1);
    await clients.close();
  });

  it('is made again on another connection: a publish', async () => {
    const { broker, bench, network } = await startedOnFakeTime();
    const clients = await connectPubSub({
      projectId: bench.clients.projectId,
      emulatorHost: network.address,
    });
    const publisher = new TopicPublisher(clients, NAMES.topic, { tryTimeoutMs: 300 });
    await publisher.publish([sampleMessage('one')]);
    network.freeze();
    await publisher.publish([sampleMessage('two')]);
    // Two are there from before.
    expect(broker.published(clients.topicName(NAMES.topic))).toBe(4);
    await clients.close();
  });
});

async function opened() {
  const clock = new FakeClock();
  const broker = await openBroker();
  const network = await openFreezingNetwork(broker.port);
  const bench = await openSource(broker.address, { clock }, network.address);
  return { broker, bench, clock, network };
}

/** A source, behind a network, that has received one message and the answer to one keepalive. */
async function startedOnFakeTime() {
  const parts = await opened();
  const { bench, clock } = parts;
  await bench.publish(['before']);
  bench.start();
  await arrives(bench, 'before');
  await clock.advance(KEEP_ALIVE_MS);
  // The keepalive has come to the server when this is answered; and its answer has come before the next
  // message.
  await bench.roundTrip();
  await bench.publish(['later']);
  await arrives(bench, 'later');
  await bench.source.ack(bench.received.slice(1));
  return parts;
}

async function arrives(bench: SourceBench, id: string): Promise<void> {
  await eventually(() => {
    expect(bench.receivedIds).toContain(id);
  });
}
