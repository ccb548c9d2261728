import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Delivery } from '../../src/pipeline/ports.ts';
import {
  bytesOf,
  ENDINGS,
  entriesOf,
  FRESH,
  isDead,
  STEPS,
  WorkerWorld,
  WORLD_LIMITS,
} from '../support/worker-world.ts';

/**
 * Long enough for every backoff and every interval, and for a refused row that nothing else passes beside.
 */
const LONG_MS = 700_000;

const HISTORY = fc.record({
  before: fc.array(STEPS, { maxLength: 60, size: 'max' }),
  mends: fc.boolean(),
  ending: ENDINGS,
  after: fc.array(STEPS, { maxLength: 15, size: 'max' }),
});

it('any interleaving of deliveries, commits, failures, crashes, ticks and a stop: the invariants hold at every step', async () => {
  const happened = {
    stored: 0,
    duplicates: 0,
    deadLettered: 0,
    discarded: 0,
    released: 0,
    crashes: 0,
    waits: 0,
  };
  await fc.assert(
    fc.asyncProperty(HISTORY, async ({ before, mends, ending, after }) => {
      const world = new WorkerWorld();
      for (const step of before) {
        await step.run(world);
        checkInvariants(world);
      }
      if (mends) await checkEverythingIsKept(world);
      for (const step of [ending, ...after]) {
        await step.run(world);
        checkInvariants(world);
      }
      await checkEnd(world);
      const { ledger } = world.worker;
      for (const column of ['stored', 'duplicates', 'deadLettered', 'discarded', 'released'] as const)
        happened[column] += ledger[column];
      happened.crashes += world.crashes;
      happened.waits += world.waits;
    }),
    { numRuns: 300 },
  );
  // The property says something only if much of everything happened.
  for (const count of Object.values(happened)) expect(count).toBeGreaterThan(100);
}, 120_000);

function checkInvariants(world: WorkerWorld): void {
  const { source, store, deadLetters, worker } = world;
  // Commit before ack; and nothing is settled twice.
  expect([...world.violations, ...source.violations]).toEqual([]);
  // Accounted: messages, and every entry of those that are settled.
  const { messages, received, held, ...fates } = worker.ledger.counts();
  expect(source.held).toBe(messages - source.acked.length - source.nacked.length);
  const entriesIn = (deliveries: readonly Delivery[]) => entriesCounted(deliveries, world);
  const settled = entriesIn(source.acked) + entriesIn(source.nacked);
  const ended = Object.values(fates).reduce((sum, count) => sum + count, 0);
  expect(ended + held).toBe(received);
  expect(ended).toBeGreaterThanOrEqual(settled);
  expect(received).toBe(settled + entriesIn(source.heldDeliveries));
  expect(held).toBeGreaterThanOrEqual(0);
  if (source.held === 0) expect(held).toBe(0);
  // Exactly-once effect: the rest of the rows are from commits whose reply was lost or came too late.
  expect(fates.stored).toBeLessThanOrEqual(store.rows.size);
  // No poison: only what is bad is a dead letter, and a row only what is not.
  for (const messageId of deadLetters.messageIds) expect(isDead(Number(messageId))).toBe(true);
  // Bounded.
  if (source.heldDeliveries.some((delivery) => !world.decoded.has(delivery))) world.waits += 1;
  expect(store.mostAtOnce).toBeLessThanOrEqual(WORLD_LIMITS.flushesInFlight);
  for (const { eventIds } of store.writes.slice(world.writesSeen)) {
    expect(eventIds.length).toBeLessThanOrEqual(WORLD_LIMITS.maxRows);
    const bytes = eventIds.reduce((sum, id) => sum + bytesOf(id), 0);
    if (eventIds.length > 1) expect(bytes).toBeLessThanOrEqual(WORLD_LIMITS.maxBytes);
  }
  world.writesSeen = store.writes.length;
}

/** As the ledger counts them: a message that is not decoded yet is one. */
function entriesCounted(deliveries: readonly Delivery[], { decoded }: WorkerWorld): number {
  return deliveries.reduce(
    (sum, delivery) => sum + (decoded.has(delivery) ? entriesOf(Number(delivery.messageId)).length : 1),
    0,
  );
}

/**
 * When everything works again, every entry of every message finds its place without a stop, whatever crashed
 * before.
 */
async function checkEverythingIsKept(world: WorkerWorld): Promise<void> {
  world.mend();
  await world.clock.advance(LONG_MS);
  checkInvariants(world);
  // Where many rows are refused and none pass, the table might be at fault. It is not: others pass.
  if (world.worker.refusesRows) {
    world.deliverNumbers(FRESH);
    await world.clock.advance(LONG_MS);
  }
  expect(world.worker.ledger.held).toBe(0);
  expect(world.source.nacked).toEqual([]);
  expect(world.clock.timers).toBe(0);
  const rows = [...world.delivered].flatMap(entriesOf).filter(({ fate }) => fate === 'row');
  expect([...world.store.rows.keys()].toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  const dead = [...world.delivered].filter(isDead).map(String);
  expect([...new Set(world.deadLetters.messageIds)].toSorted()).toEqual(dead.toSorted());
}

/**
 * It ends in time whatever has not been answered; and what is answered afterwards changes nothing any more.
 */
async function checkEnd(world: WorkerWorld): Promise<void> {
  const { worker, source, clock } = world;
  await clock.advance(WORLD_LIMITS.shutdownTimeoutMs);
  expect(world.ended).not.toBe('no');
  expect(source.closes).toBe(1);
  expect(clock.timers).toBe(0);
  const counts = worker.ledger.counts();
  expect(counts.held).toBe(0);
  world.mend();
  await clock.advance(LONG_MS);
  checkInvariants(world);
  expect(worker.ledger.counts()).toEqual(counts);
}
