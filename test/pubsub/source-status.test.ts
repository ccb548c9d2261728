import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openHolding, openSourceOnBroker } from '../support/source-bench.ts';

it('a source that has read nothing holds nothing', async () => {
  const { bench } = await openSourceOnBroker({ maxHeldMessages: 100, maxHeldBytes: 10_000 });
  expect(bench.source).toMatchObject({
    held: { messages: 0, bytes: 0 },
    heldLimit: { messages: 100, bytes: 10_000 },
    paused: false,
    oldestHeldMs: 0,
    leaseExtensions: 0,
    reconnects: 0,
    outage: undefined,
  });
});

it('it is paused while the limit is reached, on messages or on bytes, and until it stops', async () => {
  for (const limit of [{ maxHeldMessages: 3 }, { maxHeldBytes: 3 * 512 }]) {
    const { bench } = await openHolding(3, limit);
    expect(bench.source.paused).toBe(true);
    await bench.source.ack(bench.received.slice(0, 2));
    expect(bench.source.paused).toBe(false);
    await bench.publish(['x', 'y']);
    await eventually(() => {
      expect(bench.source.paused).toBe(true);
    });
    bench.source.stop();
    expect(bench.source.paused).toBe(false);
  }
});

it('a pause that lasts is told after 30 seconds, every 30 seconds, and when it is over; a short one is not', async () => {
  const clock = new FakeClock();
  const { bench } = await openHolding(3, { clock, maxHeldMessages: 3 });
  await clock.advance(29_999);
  await bench.source.ack(bench.received.splice(0));
  await clock.advance(60_000);
  expect(bench.log.told).toEqual([]);

  await bench.publish(['x', 'y', 'z']);
  await eventually(() => {
    expect(bench.source.paused).toBe(true);
  });
  await clock.advance(75_000);
  await bench.source.ack(bench.received);
  await clock.advance(60_000);
  const paused = 'reading is paused until some of what is held is stored: the limit is reached';
  expect(bench.log.told).toMatchObject([
    { level: 'warn', message: paused, fields: { seconds: 30, messages: 3, oldestHeldSeconds: 30 } },
    { level: 'warn', message: paused, fields: { seconds: 60, messages: 3, oldestHeldSeconds: 60 } },
    { level: 'info', message: 'reading goes on', fields: { seconds: 75 } },
  ]);
});

it('a source that stops while it is paused tells no more of it', async () => {
  const clock = new FakeClock();
  const { bench } = await openHolding(3, { clock, maxHeldMessages: 3 });
  await clock.advance(30_000);
  bench.source.stop();
  await clock.advance(60_000);
  await bench.source.ack(bench.received);
  expect(bench.log.told).toHaveLength(1);
});

it('the age of the oldest held message grows until that is settled', async () => {
  const clock = new FakeClock();
  const { bench } = await openHolding(3, { clock });
  await clock.advance(5_000);
  expect(bench.source.oldestHeldMs).toBe(5_000);
  await bench.source.ack(bench.received);
  expect(bench.source.oldestHeldMs).toBe(0);
});

it('each confirmed extension of a lease counts', async () => {
  const clock = new FakeClock();
  const { bench } = await openHolding(3, { clock });
  await clock.advance(20_000);
  await eventually(() => {
    expect(bench.source.leaseExtensions).toBe(3);
  });
  await clock.advance(20_000);
  await eventually(() => {
    expect(bench.source.leaseExtensions).toBe(6);
  });
});

it('each time that the stream is opened again counts, and an outage shows while it lasts', async () => {
  const { bench, broker } = await openHolding(1);
  await broker.pause();
  await eventually(() => {
    expect(bench.source.outage).toMatchObject({ what: 'no stream from the subscription' });
  });
  await broker.resume();
  await bench.publish(['later']);
  await eventually(() => {
    expect(bench.receivedIds).toContain('later');
  });
  expect(bench.source.outage).toBeUndefined();
  expect(bench.source.reconnects).toBeGreaterThan(0);
});
