import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openHolding, type SourceBench } from '../support/source-bench.ts';
import { NAMES } from '../support/topology.ts';

const LOOK_MS = 45_000;
const DELETED = /^the topic of the subscription was deleted: it gets no new messages/;

it('a topic that was deleted while it is read is noticed and told, though the stream goes on', async () => {
  const { bench, clock } = await opened();
  await deleteTopic(bench);
  await clock.advance(LOOK_MS);
  await eventually(() => {
    expect(bench.source.outage).toMatchObject({ what: 'the topic of the subscription was deleted' });
  });
  expect(bench.log.told).toMatchObject([
    { level: 'error', message: expect.stringMatching(DELETED) as string },
  ]);
  expect(bench.source.reconnects).toBe(0);
});

it('it is over once the subscription was made again', async () => {
  const { bench, clock } = await opened();
  await deleteTopic(bench);
  await clock.advance(LOOK_MS);
  await eventually(() => {
    expect(bench.source.outage).toBeDefined();
  });
  await bench.deleteSubscription();
  await bench.setUp();
  await eventually(async () => {
    await clock.advance(LOOK_MS);
    expect(bench.source.outage).toBeUndefined();
  });
  expect(bench.log.told.map(({ message }) => message)).toContain(
    'the topic of the subscription was deleted: over',
  );
});

it('whoever may not look does not look again, and is none the worse for it', async () => {
  const { bench, broker, clock } = await opened();
  broker.faults.refuse('GetSubscription', { code: status.PERMISSION_DENIED, details: 'not you' });
  await clock.advance(LOOK_MS);
  await eventually(() => {
    expect(broker.faults.planned('GetSubscription')).toBe(0);
  });
  broker.faults.refuse('GetSubscription', { code: status.UNAVAILABLE, details: 'never asked' });
  await clock.advance(10 * LOOK_MS);
  expect(broker.faults.planned('GetSubscription')).toBe(1);
  expect(bench.source.outage).toBeUndefined();
  expect(bench.failures).toEqual([]);
});

it('a look that fails otherwise is made again', async () => {
  const { bench, broker, clock } = await opened();
  await deleteTopic(bench);
  broker.faults.refuse('GetSubscription', { code: status.UNAVAILABLE, details: 'try later' });
  await eventually(async () => {
    await clock.advance(LOOK_MS);
    expect(bench.source.outage).toBeDefined();
  });
});

/** A source that holds a message and has looked once. */
async function opened() {
  const clock = new FakeClock();
  const { bench, broker } = await openHolding(1, { clock });
  // Of the source: the timers of leases, keepalives and the next look.
  await eventually(() => {
    expect(clock.timers).toBe(3);
  });
  return { bench, broker, clock };
}

async function deleteTopic({ clients }: SourceBench): Promise<void> {
  await clients.publisher().deleteTopic({ topic: clients.topicName(NAMES.topic) });
}
