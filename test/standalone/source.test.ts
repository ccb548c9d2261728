import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it, vi } from 'vitest';
import { openBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { openSource, type SourceBench } from '../support/source-bench.ts';

/** The emulator delivers some 1,900 messages a second on a stream. */
const PATIENCE = { timeout: 20_000, interval: 20 };

/** Timers of a source whose stream is open. */
const RENEWAL_KEEP_ALIVE_AND_WATCH = 3;

const emulatorHost = inject('emulatorHost');

describe('the source on the emulator', () => {
  it('delivers every message as it was published, and confirms every acknowledgement', async () => {
    const bench = await openSource(emulatorHost);
    await bench.publish(ids('a', 2_500));
    bench.start();
    await holds(bench, 2_500);
    expect(bench.receivedIds.toSorted()).toEqual(ids('a', 2_500).toSorted());
    const delivery = bench.received[0]!;
    expect(Buffer.from(delivery.data)).toEqual(sampleMessage(bench.receivedIds[0]!).data);
    await expect(bench.source.ack(bench.received)).resolves.toBe(2_500);
    expect(bench.source.held).toEqual({ messages: 0, bytes: 0 });
  });

  it('holds no more than its limit and one response, though the emulator knows no limit, and goes on afterwards', async () => {
    const bench = await openSource(emulatorHost, { maxHeldMessages: 500 });
    await bench.publish(ids('a', 3_000));
    bench.start();
    await vi.waitFor(() => {
      expect(bench.source.held.messages).toBeGreaterThanOrEqual(500);
    }, PATIENCE);
    await bench.publish(ids('b', 2_000));
    const seen = new Set<string>();
    while (seen.size < 5_000) {
      await vi.waitFor(() => {
        expect(bench.received).not.toEqual([]);
      }, PATIENCE);
      for (const id of bench.receivedIds) seen.add(id);
      await bench.source.ack(bench.received.splice(0));
    }
    expect(bench.most.messages).toBeLessThan(500 + bench.most.together);
  });

  it('gives messages back to be delivered again at once', async () => {
    const bench = await openSource(emulatorHost);
    await bench.publish(ids('a', 100));
    bench.start();
    await holds(bench, 100);
    await expect(bench.source.nack(bench.received.splice(0))).resolves.toBe(100);
    await holds(bench, 100);
    expect(bench.receivedIds.toSorted()).toEqual(ids('a', 100).toSorted());
  });

  it('hears of a subscription that does not exist', async () => {
    const bench = await openSource(emulatorHost);
    await bench.deleteSubscription();
    bench.start();
    await vi.waitFor(() => {
      expect(bench.failures).toMatchObject([
        { code: 'PUBSUB_NOT_FOUND', message: `subscription ${bench.subscriptionName} does not exist` },
      ]);
    }, PATIENCE);
  });

  it('restores a subscription that is deleted before it delivered anything', async () => {
    const restore = vi.fn(() => bench.setUp());
    const bench = await openSource(emulatorHost, { restore: () => restore() });
    bench.start();
    await bench.deleteSubscription();
    await vi.waitFor(() => {
      expect(restore).toHaveResolved();
    }, PATIENCE);
    await bench.publish(['after']);
    await holds(bench, 1);
    expect(bench.failures).toEqual([]);
  });

  it('waits for a subscription that disappears after half a minute without a message', async () => {
    const clock = new FakeClock();
    const bench = await openSource(emulatorHost, { clock });
    bench.start();
    await eventually(() => {
      expect(clock.timers).toBe(RENEWAL_KEEP_ALIVE_AND_WATCH);
    });
    await clock.advance(30_000);
    await bench.deleteSubscription();
    await vi.waitFor(() => {
      expect(bench.log.lines).toHaveLength(1);
    }, PATIENCE);
    expect(bench.failures).toEqual([]);
    await bench.setUp();
    await clock.advance(100);
    await bench.publish(['after']);
    await holds(bench, 1);
  });
});

it('leases of 10 seconds are extended while messages are held for 25, on the broker and on the emulator', async () => {
  const broker = await openBroker();
  const hosts = [broker.address, emulatorHost];
  const benches = await Promise.all(hosts.map((host) => openSource(host, { ackDeadlineSeconds: 10 })));
  for (const bench of benches) {
    await bench.publish(ids('a', 200));
    bench.start();
    await holds(bench, 200);
  }
  await delay(25_000);
  for (const bench of benches) {
    expect(bench.received).toHaveLength(200);
    await expect(bench.source.ack(bench.received)).resolves.toBe(200);
  }
  expect(broker.subscriptionStats(benches[0]!.subscriptionName)).toMatchObject({ acked: 200, expired: 0 });
});

async function holds(bench: SourceBench, messages: number): Promise<void> {
  await vi.waitFor(() => {
    expect(bench.source.held.messages).toBe(messages);
  }, PATIENCE);
}
