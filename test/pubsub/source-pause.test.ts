import { expect, it } from 'vitest';
import { openBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ids } from '../support/samples.ts';
import { openSource } from '../support/source-bench.ts';

const DEADLINE_SECONDS = 10;

it('what the server has sent and a paused source does not read comes again once, not once in every deadline', async () => {
  const { bench, broker, pass } = await openPaused(5_000);
  const { delivered } = broker.subscriptionStats(bench.subscriptionName);
  const unread = delivered - bench.source.held.messages;
  // The server leaves out what a held message takes beside its bytes.
  expect(unread).toBeGreaterThan(1_000);

  // The database is away for two minutes.
  for (let step = 0; step < 120; step += 1) await pass(1_000);
  expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ delivered, expired: unread });

  // It is back: everything comes, and what was unread has come twice.
  await eventually(async () => {
    await bench.source.ack(bench.received);
    expect(broker.subscriptionStats(bench.subscriptionName).acked).toBe(5_000);
  });
  expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({
    delivered: 5_000 + unread,
    expired: unread,
    ackedInVain: 0,
  });
  expect(new Set(bench.receivedIds).size).toBe(5_000);
});

it.each([
  ['a pause that the stream just outlives', (DEADLINE_SECONDS * 1_000) / 3 - 1],
  ['a longer pause', 0.6 * DEADLINE_SECONDS * 1_000],
])('what is read after %s is extended before its lease is over', async (_what, pauseMs) => {
  const { bench, broker, pass } = await openPaused(20_000);
  await pass(pauseMs);
  const held = bench.received.length;
  await bench.source.ack(bench.received);
  await eventually(() => {
    expect(bench.received.length).toBeGreaterThan(held);
    expect(bench.source.paused).toBe(true);
  });
  for (let step = 0; step < 60; step += 1) await pass(500);
  await bench.source.ack(bench.received);
  expect(broker.subscriptionStats(bench.subscriptionName).ackedInVain).toBe(0);
});

/** A source with a lease of 10 s that holds what it may of so many messages; time is the test's. */
async function openPaused(messages: number) {
  const clock = new FakeClock();
  const broker = await openBroker({ clock });
  const options = { clock, ackDeadlineSeconds: DEADLINE_SECONDS, maxHeldBytes: 1024 * 1024 };
  const bench = await openSource(broker.address, options);
  await bench.publish(ids('a', messages));
  bench.start();
  await eventually(() => {
    expect(bench.source.paused).toBe(true);
  });
  // No more is sent: the server's own limit, or the connection's, is reached.
  await bench.roundTrip();
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await bench.roundTrip();
  };
  return { bench, broker, pass };
}
