import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, ENDINGS, isDead, STEPS, WORLD_LIMITS, WorkerWorld } from '../support/worker-world.ts';

/** Long enough for every backoff and every interval. */
const LONG_MS = 120_000;

const HISTORY = fc.record({
  before: fc.array(STEPS, { maxLength: 60, size: 'max' }),
  mends: fc.boolean(),
  ending: ENDINGS,
  after: fc.array(STEPS, { maxLength: 15, size: 'max' }),
});

test('any interleaving of deliveries, commits, failures, ticks and a stop: the invariants hold at every step', async () => {
  const happened = { stored: 0, duplicates: 0, deadLettered: 0, released: 0 };
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
      for (const column of ['stored', 'duplicates', 'deadLettered', 'released'] as const)
        happened[column] += ledger[column];
    }),
    { numRuns: 500 },
  );
  // The property says something only if much of everything happened.
  for (const count of Object.values(happened)) expect(count).toBeGreaterThan(500);
});

function checkInvariants({ source, store, deadLetters, worker }: WorkerWorld): void {
  // Commit before ack; and nothing is settled twice.
  expect(source.violations).toEqual([]);
  // Accounted.
  const { stored, duplicates, deadLettered, released, held } = worker.ledger.counts();
  expect(held).toBe(source.held);
  expect(stored + duplicates + deadLettered).toBe(source.acked.length);
  expect(released).toBe(source.nacked.length);
  // Exactly-once effect: the rest of the rows are from commits whose reply was lost or came too late.
  expect(stored).toBeLessThanOrEqual(store.rows.size);
  // No poison.
  for (const messageId of deadLetters.messageIds) expect(isDead(Number(messageId))).toBe(true);
  // Bounded.
  expect(store.mostAtOnce).toBeLessThanOrEqual(WORLD_LIMITS.flushesInFlight);
  for (const { eventIds } of store.writes) {
    expect(eventIds.length).toBeLessThanOrEqual(WORLD_LIMITS.maxRows);
    const bytes = eventIds.reduce((sum, id) => sum + bytesOf(Number(id)), 0);
    if (eventIds.length > 1) expect(bytes).toBeLessThanOrEqual(WORLD_LIMITS.maxBytes);
  }
}

/** When everything works again, every message finds its place without a stop. */
async function checkEverythingIsKept(world: WorkerWorld): Promise<void> {
  world.mend();
  await world.clock.advance(LONG_MS);
  checkInvariants(world);
  expect(world.worker.ledger.held).toBe(0);
  expect(world.source.nacked).toEqual([]);
  expect(world.clock.timers).toBe(0);
}

/** It ends in time whatever has not been answered; and what is answered afterwards changes nothing any more. */
async function checkEnd(world: WorkerWorld): Promise<void> {
  const { worker, source, clock } = world;
  await clock.advance(WORLD_LIMITS.shutdownTimeoutMs);
  expect(world.ended).not.toBe('no');
  expect(source.closes).toBe(1);
  expect(clock.timers).toBe(0);
  const tally = worker.ledger.counts();
  expect(tally.held).toBe(0);
  world.mend();
  await clock.advance(LONG_MS);
  checkInvariants(world);
  expect(worker.ledger.counts()).toEqual(tally);
}
