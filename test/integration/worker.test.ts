import { status } from '@grpc/grpc-js';
import { describe, expect, inject, it, vi } from 'vitest';
import type { Ledger } from '../../src/pipeline/ledger.ts';
import { openBroker } from '../support/broker.ts';
import { malformedMessage, sampleMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 50_000, interval: 50 };
const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'try again' };

/** Every 10th message is published twice, every 100th cannot be decoded. */
const REPEATED_EVERY = 10;
const MALFORMED_EVERY = 100;

describe('published = rows = counts, and the rest is in the dead-letter topic', () => {
  it('20,000 messages through the embedded broker, while everything breaks', async () => {
    const broker = await openBroker();
    const system = await openSystem(broker.address);
    const traffic = trafficOf(20_000);
    const { worker, stop } = await system.startWorker();
    broker.faults.deliverTwice(300);
    // In this order: the tries again of a lost one would be swallowed in vain.
    broker.faults.swallowAcks(2);
    broker.faults.loseAnswers('Acknowledge', UNAVAILABLE, 3);
    const publishing = publishAll(system, traffic);
    await rowsReach(system, 2_000);
    broker.endStreams({ code: status.INTERNAL, details: 'ended by the test' });
    await rowsReach(system, 5_000);
    await system.killDatabaseConnections();
    await rowsReach(system, 8_000);
    broker.cutConnections();
    await publishing;
    // What was swallowed comes again when its lease runs out.
    await vi.waitFor(() => {
      const name = system.clients.subscriptionName(system.settings.subscription);
      expect(broker.subscriptionStats(name)).toMatchObject({ waiting: 0, outstanding: 0 });
    }, PATIENCE);
    await stop();
    await everythingIsKept(system, traffic, [worker.ledger]);
    expect(worker.ledger.duplicates).toBeGreaterThanOrEqual(traffic.repeated);
  });

  it('3,000 messages through the emulator', async () => {
    const system = await openSystem(inject('emulatorHost'));
    const traffic = trafficOf(3_000);
    const { worker, stop } = await system.startWorker();
    await publishAll(system, traffic);
    await rowsReach(system, traffic.valid.length);
    await vi.waitFor(() => {
      expect(worker.ledger.deadLettered).toBeGreaterThanOrEqual(traffic.malformed.length);
    }, PATIENCE);
    await stop();
    await everythingIsKept(system, traffic, [worker.ledger]);
  });

  it('two workers share a subscription; each is stopped and replaced in the middle of it', async () => {
    const broker = await openBroker();
    const system = await openSystem(broker.address);
    const traffic = trafficOf(10_000);
    const first = [await system.startWorker(), await system.startWorker()];
    const publishing = publishAll(system, traffic);
    await rowsReach(system, 1_000);
    const second = [await system.startWorker(), await system.startWorker()];
    await Promise.all(first.map(({ stop }) => stop()));
    await publishing;
    await rowsReach(system, traffic.valid.length);
    await Promise.all(second.map(({ stop }) => stop()));
    const ledgers = [...first, ...second].map(({ worker }) => worker.ledger);
    await everythingIsKept(system, traffic, ledgers);
    expect(ledgers.reduce((sum, { stored }) => sum + stored, 0)).toBe(traffic.valid.length);
  });
});

interface Traffic {
  readonly all: readonly string[];
  /** Ids that become rows, each once. */
  readonly valid: readonly string[];
  readonly malformed: readonly string[];
  readonly repeated: number;
}

function trafficOf(count: number): Traffic {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const valid = numbers.filter((number) => number % MALFORMED_EVERY !== 0);
  const repeated = valid.filter((number) => number % REPEATED_EVERY === 1);
  return {
    all: [...numbers, ...repeated].map(String),
    valid: valid.map(String),
    malformed: numbers.filter((number) => number % MALFORMED_EVERY === 0).map(String),
    repeated: repeated.length,
  };
}

async function publishAll(system: WorkerSystem, { all, malformed }: Traffic): Promise<void> {
  const bad = new Set(malformed);
  for (let start = 0; start < all.length; start += 1_000) {
    const part = all.slice(start, start + 1_000);
    await system.publish(part.map((id) => (bad.has(id) ? malformedMessage(id) : sampleMessage(id))));
  }
}

async function rowsReach(system: WorkerSystem, rows: number): Promise<void> {
  await vi.waitFor(async () => {
    expect((await system.store.totals()).rows).toBeGreaterThanOrEqual(rows);
  }, PATIENCE);
}

async function everythingIsKept(
  system: WorkerSystem,
  { valid, malformed }: Traffic,
  ledgers: readonly Ledger[],
): Promise<void> {
  expect((await system.storedIds()).toSorted()).toEqual(valid.toSorted());
  const { agree, total } = await system.store.verify();
  expect(agree).toBe(true);
  expect(total).toEqual({ rows: valid.length, counted: valid.length, countedByMinute: valid.length });
  expect(await system.deadLetterIds(malformed.length)).toEqual(new Set(malformed));
  for (const { received, stored, duplicates, deadLettered, released, held } of ledgers) {
    expect(held).toBe(0);
    expect(stored + duplicates + deadLettered + released).toBe(received);
  }
}
