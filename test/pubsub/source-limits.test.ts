import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { openBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ids } from '../support/samples.ts';
import { openSource, openSourceOnBroker } from '../support/source-bench.ts';

describe('bounded: however many messages wait and however slowly they are settled', () => {
  it('reading pauses at the limit on messages, and goes on as they are acknowledged, until all were delivered', async () => {
    const { bench, broker } = await openSourceOnBroker({ maxHeldMessages: 2_000 });
    await bench.publish(ids('a', 50_000));
    bench.start();
    await eventually(() => {
      expect(bench.source.held.messages).toBe(2_000);
    });
    // The server is free to send as much again on a new stream: we do not read it.
    broker.endStreams({ code: status.UNAVAILABLE, details: 'moved' });
    await eventually(() => {
      expect(broker.subscriptionStats(bench.subscriptionName).consumers).toBe(1);
    });
    expect(bench.source.held.messages).toBe(2_000);

    await acknowledgeAll(bench, 50_000);
    expect(bench.most.messages).toBeLessThan(2_000 + bench.most.together);
    expect(bench.most.together).toBeLessThanOrEqual(1_000);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ waiting: 0, outstanding: 0 });
  });

  it('reading pauses at the limit on bytes', async () => {
    const maxHeldBytes = 2 * 1024 * 1024;
    const { bench } = await openSourceOnBroker({ maxHeldBytes });
    const large = Buffer.alloc(20_000, 'x');
    await bench.publish(ids('a', 500), (id) => ({ data: large, attributes: { event_id: id } }));
    bench.start();
    await eventually(() => {
      expect(bench.log.lines.map(({ message }) => message)).toContain(
        'reading paused: the limit on held messages is reached',
      );
    });
    await acknowledgeAll(bench, 500);
    // A response of the broker has a megabyte and what goes over it.
    expect(bench.most.bytes).toBeLessThan(maxHeldBytes + 1.5 * 1024 * 1024);
  });

  it('reading pauses when what was decoded grows to the limit, and goes on when it is settled', async () => {
    const { bench } = await openSourceOnBroker({ maxHeldBytes: 1_000_000 });
    await bench.publish(['a']);
    bench.start();
    await eventually(() => {
      expect(bench.receivedIds).toEqual(['a']);
    });
    const [delivery] = bench.received;
    bench.source.grow(delivery!, 500_000);
    expect([bench.source.overgrown, bench.source.paused]).toEqual([false, false]);
    bench.source.grow(delivery!, 500_000);
    expect([bench.source.overgrown, bench.source.paused]).toEqual([true, true]);
    await bench.publish(['b']);
    await bench.roundTrip();
    expect(bench.receivedIds).toEqual(['a']);
    await bench.source.ack(bench.received);
    expect([bench.source.overgrown, bench.source.paused]).toEqual([false, false]);
    await eventually(() => {
      expect(bench.receivedIds).toEqual(['a', 'b']);
    });
  });

  it('is not overgrown by messages as they came', async () => {
    const { bench } = await openSourceOnBroker({ maxHeldBytes: 1_000 });
    await bench.publish(['a', 'b', 'c']);
    bench.start();
    await eventually(() => {
      expect(bench.source.paused).toBe(true);
    });
    expect(bench.source.overgrown).toBe(false);
  });

  it('a single message over the limit is delivered all the same', async () => {
    const { bench } = await openSourceOnBroker({ maxHeldBytes: 1_000 });
    await bench.publish(['a', 'b'], (id) => ({ data: Buffer.alloc(50_000), attributes: { event_id: id } }));
    bench.start();
    await eventually(() => {
      expect(bench.receivedIds).toEqual(['a']);
    });
    await bench.source.ack(bench.received);
    await eventually(() => {
      expect(bench.receivedIds).toEqual(['a', 'b']);
    });
  });
});

describe('leases', () => {
  const DEADLINE_MS = 60_000;

  it('are extended for as long as the messages are held: ten minutes at a deadline of one', async () => {
    const { bench, broker, pass } = await beginOnFakeTime();
    await bench.publish(ids('a', 2_500));
    bench.start();
    await eventually(() => {
      expect(bench.received).toHaveLength(2_500);
    });
    for (let step = 0; step < 60; step += 1) await pass(DEADLINE_MS / 6);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({
      expired: 0,
      outstanding: 2_500,
    });
    await expect(bench.source.ack(bench.received)).resolves.toBe(2_500);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 2_500, ackedInVain: 0 });
  });

  it('are extended after stop too, while the rest is flushed', async () => {
    const { bench, broker, pass } = await beginOnFakeTime();
    await bench.publish(ids('a', 10));
    bench.start();
    await eventually(() => {
      expect(bench.received).toHaveLength(10);
    });
    bench.source.stop();
    for (let step = 0; step < 12; step += 1) await pass(DEADLINE_MS / 6);
    expect(broker.subscriptionStats(bench.subscriptionName).expired).toBe(0);
  });

  it('of messages that are settled, and of a closed source, are not extended', async () => {
    const { bench, broker, pass, clock } = await beginOnFakeTime();
    await bench.publish(ids('a', 10));
    bench.start();
    await eventually(() => {
      expect(bench.received).toHaveLength(10);
    });
    await bench.source.ack(bench.received.slice(0, 4));
    bench.source.close();
    await clock.advance(DEADLINE_MS - 1);
    await pass(1);
    await eventually(() => {
      expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 4, expired: 6 });
    });
  });

  it('short work is settled before anything is extended: no extension for the first third of the deadline', async () => {
    const { bench, broker, pass } = await beginOnFakeTime();
    broker.faults.refuse(
      'ModifyAckDeadline',
      { code: status.PERMISSION_DENIED, details: 'counted' },
      Infinity,
    );
    await bench.publish(ids('a', 10));
    bench.start();
    await eventually(() => {
      expect(bench.received).toHaveLength(10);
    });
    await pass(DEADLINE_MS / 6);
    expect(bench.log.told).toEqual([]);
    await pass(DEADLINE_MS / 6);
    expect(bench.log.told).toMatchObject([{ message: 'extend: not confirmed', fields: { messages: 10 } }]);
  });

  async function beginOnFakeTime() {
    const clock = new FakeClock();
    const broker = await openBroker({ clock });
    const bench = await openSource(broker.address, { clock, ackDeadlineSeconds: DEADLINE_MS / 1_000 });
    /** Lets time pass, and whatever is asked of the broker then be answered. */
    const pass = async (ms: number) => {
      await clock.advance(ms);
      await bench.roundTrip();
    };
    return { clock, broker, bench, pass };
  }
});

type Bench = Awaited<ReturnType<typeof openSource>>;

/**
 * Acknowledges whatever is held, again and again, until `count` messages were delivered and settled, each
 * once.
 */
async function acknowledgeAll(bench: Bench, count: number): Promise<void> {
  let settled = 0;
  while (settled < count) {
    await eventually(() => {
      expect(bench.received.length).toBeGreaterThan(settled);
    });
    const open = bench.received.slice(settled);
    settled += open.length;
    await bench.source.ack(open);
  }
  expect(new Set(bench.receivedIds).size).toBe(count);
  expect(bench.received).toHaveLength(count);
}
