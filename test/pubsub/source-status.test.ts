import { expect, test, vi } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import { openHolding, openSourceOnBroker } from '../support/source-bench.ts';

const FIVE_SECONDS = { timeout: 5_000, interval: 20 };

test('a source that has read nothing holds nothing', async () => {
  const { bench } = await openSourceOnBroker({ maxHeldMessages: 100, maxHeldBytes: 10_000 });
  expect(bench.source).toMatchObject({
    held: { messages: 0, bytes: 0 },
    heldLimit: { messages: 100, bytes: 10_000 },
    oldestHeldMs: 0,
    leaseExtensions: 0,
    reconnects: 0,
    outage: undefined,
  });
});

test('the age of the oldest held message grows until that is settled', async () => {
  const clock = new FakeClock();
  const { bench } = await openHolding(3, { clock });
  await clock.advance(5_000);
  expect(bench.source.oldestHeldMs).toBe(5_000);
  await bench.source.ack(bench.received);
  expect(bench.source.oldestHeldMs).toBe(0);
});

test('each confirmed extension of a lease counts', async () => {
  const clock = new FakeClock();
  const { bench } = await openHolding(3, { clock });
  await clock.advance(20_000);
  await vi.waitFor(() => {
    expect(bench.source.leaseExtensions).toBe(3);
  });
  await clock.advance(20_000);
  await vi.waitFor(() => {
    expect(bench.source.leaseExtensions).toBe(6);
  });
});

test('each time that the stream is opened again counts, and an outage shows while it lasts', async () => {
  const { bench, broker } = await openHolding(1);
  await broker.pause();
  await vi.waitFor(() => {
    expect(bench.source.outage).toMatchObject({ what: 'no stream from the subscription' });
  }, FIVE_SECONDS);
  await broker.resume();
  await bench.publish(['later']);
  await vi.waitFor(() => {
    expect(bench.receivedIds).toContain('later');
  }, FIVE_SECONDS);
  expect(bench.source.outage).toBeUndefined();
  expect(bench.source.reconnects).toBeGreaterThan(0);
});
