import { status } from '@grpc/grpc-js';
import { describe, expect, test, vi } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import { openBroker } from '../support/broker.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { openSource } from '../support/source-bench.ts';

const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'try again' };

describe('deliveries', () => {
  test('come as they were published, in arrays', async () => {
    const { bench } = await begin();
    await bench.publish(ids('a', 2_500));
    bench.start();
    await vi.waitFor(() => {
      expect(bench.received).toHaveLength(2_500);
    });
    expect(bench.receivedIds).toEqual(ids('a', 2_500));
    const delivery = bench.received[1]!;
    expect(Buffer.from(delivery.data)).toEqual(sampleMessage('a1').data);
    expect(delivery.messageId).toMatch(/^\w+$/);
    expect(Math.abs(delivery.publishTime.seconds * 1_000 - Date.now())).toBeLessThan(60_000);
    expect(bench.most.together).toBe(1_000);
  });

  test('are not handed over any more once stop returned, and stay leased', async () => {
    const { bench, broker } = await begin();
    await bench.publish(ids('a', 100));
    bench.start();
    await vi.waitFor(() => {
      expect(bench.received).toHaveLength(100);
    });
    bench.onReceived = () => {
      bench.source.stop();
    };
    await bench.publish(ids('b', 5_000));
    await vi.waitFor(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).consumers).toBe(0);
    });
    const { length } = bench.received;
    expect(length).toBeLessThan(5_100);
    await settled();
    expect(bench.received).toHaveLength(length);
    await expect(bench.source.ack(bench.received)).resolves.toBe(length);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: length, ackedInVain: 0 });
  });

  test('do not come from a source that was stopped before it was connected', async () => {
    const { bench, broker } = await begin();
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
  test('is confirmed by the server, in requests of a thousand', async () => {
    const { bench, broker } = await held(2_500);
    await expect(bench.source.ack(bench.received)).resolves.toBe(2_500);
    expect(bench.source.held).toEqual({ messages: 0, bytes: 0 });
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 2_500, outstanding: 0 });
  });

  test('is tried again when the server is not available', async () => {
    const { bench, broker } = await held(1_500);
    broker.faults.refuse('Acknowledge', UNAVAILABLE, 4);
    await expect(bench.source.ack(bench.received)).resolves.toBe(1_500);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 1_500, ackedInVain: 0 });
    expect(bench.log.told).toEqual([]);
  });

  test('is tried again when the answer was lost', async () => {
    const { bench, broker } = await held(10);
    broker.faults.loseAnswers('Acknowledge', UNAVAILABLE);
    await expect(bench.source.ack(bench.received)).resolves.toBe(10);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 10, ackedInVain: 10 });
  });

  test('is given up when the subscription is gone, and the messages are held no longer', async () => {
    const { bench } = await held(10);
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

  test('counts only what was confirmed', async () => {
    const { bench, broker } = await held(1_500);
    broker.faults.refuse('Acknowledge', { code: status.PERMISSION_DENIED, details: 'no' });
    const confirmed = await bench.source.ack(bench.received);
    expect([500, 1_000]).toContain(confirmed);
    expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(confirmed);
  });

  test('twice is once', async () => {
    const { bench, broker } = await held(10);
    await bench.source.ack(bench.received);
    await expect(bench.source.ack(bench.received)).resolves.toBe(0);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 10, ackedInVain: 0 });
  });

  test('messages count as held while their acknowledgement is not answered', async () => {
    const { bench, broker } = await held(10);
    broker.faults.delayAnswers('Acknowledge', 100);
    const acked = bench.source.ack(bench.received);
    await vi.waitFor(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(10);
    });
    expect(bench.source.held.messages).toBe(10);
    await acked;
    expect(bench.source.held.messages).toBe(0);
  });
});

test('what is given back is delivered again at once', async () => {
  const { bench, broker } = await held(1_500);
  const first = bench.received.slice();
  await expect(bench.source.nack(first)).resolves.toBe(1_500);
  await vi.waitFor(() => {
    expect(bench.received).toHaveLength(3_000);
  });
  expect(new Set(bench.received.map(({ messageId }) => messageId)).size).toBe(1_500);
  expect(bench.source.held.messages).toBe(1_500);
  expect(broker.subscriptionStats(bench.subscriptionName).nacked).toBe(1_500);
});

describe('close', () => {
  test('ends the stream, and may be called again', async () => {
    const { bench, broker } = await held(10);
    bench.source.close();
    bench.source.close();
    await vi.waitFor(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).consumers).toBe(0);
    });
  });

  test('does not wait for answers that never come, and neither does what waits for them', async () => {
    const { bench, broker } = await held(10);
    broker.faults.delayAnswers('Acknowledge', Infinity);
    const acked = bench.source.ack(bench.received);
    await vi.waitFor(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(10);
    });
    await within(500, bench.close());
    await expect(within(500, acked)).resolves.toBe(0);
  });

  test('does not wait for a broker that is dead', async () => {
    const { bench, broker } = await held(10);
    await broker.pause();
    const acked = bench.source.ack(bench.received);
    await within(500, bench.close());
    await expect(within(500, acked)).resolves.toBe(0);
    expect(bench.failures).toEqual([]);
  });
});

async function begin() {
  const broker = await openBroker();
  return { broker, bench: await openSource(broker.address) };
}

/** A source that was started and holds `count` messages. */
async function held(count: number) {
  const { broker, bench } = await begin();
  await bench.publish(ids('a', count));
  bench.start();
  await vi.waitFor(() => {
    expect(bench.source.held.messages).toBe(count);
  });
  return { broker, bench };
}

/** Rejects if `work` takes longer than `limitMs`. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(limitMs);
  const tooLate = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => {
      reject(new Error(`not done within ${String(limitMs)} ms`));
    });
  });
  return Promise.race([work, tooLate]);
}
