import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { settled } from '../support/fake-clock.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { openHolding, openSourceOnBroker } from '../support/source-bench.ts';

const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'try again' };

describe('deliveries', () => {
  it('come as they were published, in arrays', async () => {
    const { bench } = await openSourceOnBroker();
    await bench.publish(ids('a', 2_500));
    bench.start();
    await eventually(() => {
      expect(bench.received).toHaveLength(2_500);
    });
    expect(bench.receivedIds).toEqual(ids('a', 2_500));
    const delivery = bench.received[1]!;
    expect(Buffer.from(delivery.data)).toEqual(sampleMessage('a1').data);
    expect(delivery.messageId).toMatch(/^\w+$/);
    expect(Math.abs(delivery.publishTime.seconds * 1_000 - Date.now())).toBeLessThan(60_000);
    expect(bench.most.together).toBe(1_000);
  });

  it('are not handed over any more once stop returned, even those that have arrived', async () => {
    const { bench, broker } = await openSourceOnBroker({ maxHeldBytes: 1_000 });
    await bench.publish(['a', 'b']);
    bench.start();
    await eventually(() => {
      expect(bench.receivedIds).toEqual(['a', 'b']);
    });
    // Reading is paused now; by the broker's count there is room for three responses more.
    for (const id of ['c', 'd', 'e']) await bench.publish([id]);
    await eventually(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).delivered).toBe(5);
    });
    await bench.roundTrip();
    bench.onReceived = () => {
      bench.source.stop();
    };
    await bench.source.ack(bench.received);
    await eventually(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).consumers).toBe(0);
    });
    expect(bench.receivedIds).toEqual(['a', 'b', 'c']);
  });

  it('stay leased after stop, and can be acknowledged', async () => {
    const { bench, broker } = await openHolding(10);
    bench.source.stop();
    await expect(bench.source.ack(bench.received)).resolves.toBe(10);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 10, ackedInVain: 0 });
  });

  it('do not come from a source that was stopped before it was connected', async () => {
    const { bench, broker } = await openSourceOnBroker();
    await bench.publish(['a']);
    bench.start();
    bench.source.stop();
    await bench.close();
    await settled();
    expect(bench.received).toEqual([]);
    expect(bench.failures).toEqual([]);
    expect(broker.subscriptionStats(bench.subscriptionName).delivered).toBe(0);
  });
});

describe('acknowledging', () => {
  it('is confirmed by the server, in requests of a thousand', async () => {
    const { bench, broker } = await openHolding(2_500);
    await expect(bench.source.ack(bench.received)).resolves.toBe(2_500);
    expect(bench.source.held).toEqual({ messages: 0, bytes: 0 });
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 2_500, outstanding: 0 });
  });

  it('is tried again when the server is not available', async () => {
    const { bench, broker } = await openHolding(1_500);
    broker.faults.refuse('Acknowledge', UNAVAILABLE, 4);
    await expect(bench.source.ack(bench.received)).resolves.toBe(1_500);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 1_500, ackedInVain: 0 });
    expect(bench.log.told).toEqual([]);
  });

  it('is tried again when the answer was lost', async () => {
    const { bench, broker } = await openHolding(10);
    broker.faults.loseAnswers('Acknowledge', UNAVAILABLE);
    await expect(bench.source.ack(bench.received)).resolves.toBe(10);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 10, ackedInVain: 10 });
  });

  it('is given up when the subscription is gone, and the messages are held no longer', async () => {
    const { bench } = await openHolding(10);
    await bench.deleteSubscription();
    await expect(bench.source.ack(bench.received)).resolves.toBe(0);
    expect(bench.source.held.messages).toBe(0);
    expect(bench.log.told).toContainEqual({
      level: 'warn',
      message: 'acknowledge: not confirmed',
      fields: {
        messages: 10,
        attempt: 0,
        reason: expect.stringContaining('acknowledge messages of projects/') as string,
      },
    });
  });

  it('counts only what was confirmed', async () => {
    const { bench, broker } = await openHolding(1_500);
    broker.faults.refuse('Acknowledge', { code: status.PERMISSION_DENIED, details: 'no' });
    const confirmed = await bench.source.ack(bench.received);
    expect([500, 1_000]).toContain(confirmed);
    expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(confirmed);
  });

  it('twice is once', async () => {
    const { bench, broker } = await openHolding(10);
    await bench.source.ack(bench.received);
    await expect(bench.source.ack(bench.received)).resolves.toBe(0);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 10, ackedInVain: 0 });
  });

  it('messages count as held while their acknowledgement is not answered', async () => {
    const { bench, broker } = await openHolding(10);
    broker.faults.delayAnswers('Acknowledge', 100);
    const acked = bench.source.ack(bench.received);
    await eventually(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(10);
    });
    expect(bench.source.held.messages).toBe(10);
    await acked;
    expect(bench.source.held.messages).toBe(0);
  });
});

it('what is given back is delivered again at once', async () => {
  const { bench, broker } = await openHolding(1_500);
  const first = bench.received.slice();
  await expect(bench.source.nack(first)).resolves.toBe(1_500);
  await eventually(() => {
    expect(bench.received).toHaveLength(3_000);
  });
  expect(new Set(bench.received.map(({ messageId }) => messageId)).size).toBe(1_500);
  expect(bench.source.held.messages).toBe(1_500);
  expect(broker.subscriptionStats(bench.subscriptionName).nacked).toBe(1_500);
});
