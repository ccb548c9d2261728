import { createConnection } from 'mysql2/promise';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openBroker } from '../support/broker.ts';
import { sampleMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 50_000, interval: 100 };
const REFUSES = 'the database refuses the rows';

/** A real table that refuses rows whatever they are. Messages are of 2026-11-01. */
describe('a table at fault', () => {
  it('its newest partition is missing: 10,000 messages wait, none is dead-lettered; once it is there all go in', async () => {
    const system = await openSystem((await openBroker()).address);
    const sql = await connect(system);
    await sql(`ALTER TABLE service_logs PARTITION BY RANGE COLUMNS (timestamp)
      (PARTITION october VALUES LESS THAN ('2026-11-01 00:00:00'))`);
    const { worker, log, stop } = await system.startWorker();
    await publish(system, 10_000);
    await vi.waitFor(() => {
      expect(worker.ledger.received).toBeGreaterThan(1_000);
      expect(worker.outages.map(({ what }) => what)).toEqual([REFUSES]);
    }, PATIENCE);
    expect(worker.outages[0]!.reason).toMatch(/^ER_NO_PARTITION_FOR_GIVEN_VALUE|^ER_1526/);
    expect(log.told.filter(({ message }) => message.startsWith(REFUSES)).length).toBeGreaterThan(0);

    await sql(`ALTER TABLE service_logs ADD PARTITION
      (PARTITION november VALUES LESS THAN ('2026-12-01 00:00:00'))`);
    await everythingIsStored(system, 10_000);
    await vi.waitFor(() => {
      expect(worker.outages).toEqual([]);
    }, PATIENCE);
    await stop();
    expect(worker.ledger.deadLettered).toBe(0);
  });

  it('a CHECK that somebody added refuses half of the rows: none is dead-lettered; without it all go in', async () => {
    const system = await openSystem((await openBroker()).address);
    const sql = await connect(system);
    await sql("ALTER TABLE service_logs ADD CONSTRAINT every_second CHECK (event_id NOT REGEXP '[13579]~')");
    const { worker, stop } = await system.startWorker();
    await publish(system, 4_000);
    await vi.waitFor(() => {
      expect(worker.outages.map(({ what }) => what)).toEqual([REFUSES]);
    }, PATIENCE);

    await sql('ALTER TABLE service_logs DROP CONSTRAINT every_second');
    await everythingIsStored(system, 4_000);
    await stop();
    expect(worker.ledger.deadLettered).toBe(0);
  });
});

it('one bad row in 5,000 is one dead letter, and the worker stays ready', async () => {
  const system = await openSystem((await openBroker()).address);
  const sql = await connect(system);
  await sql("ALTER TABLE service_logs ADD CONSTRAINT one CHECK (event_id NOT LIKE '4711~%')");
  const { worker, log, stop } = await system.startWorker();
  await publish(system, 5_000);
  await vi.waitFor(() => {
    expect(worker.ledger.counts()).toMatchObject({ received: 5_000, stored: 4_999, deadLettered: 1 });
  }, PATIENCE);
  expect(worker.outages).toEqual([]);
  await stop();
  expect(await system.deadLetterIds(1)).toEqual(new Set(['4711']));
  expect(log.told).toContainEqual({
    level: 'warn',
    message: 'dead-lettered: cannot become rows',
    fields: { code: 'row_refused', messages: 1, entries: 1 },
  });
});

async function publish(system: WorkerSystem, count: number): Promise<void> {
  for (let start = 0; start < count; start += 1_000) {
    const size = Math.min(1_000, count - start);
    await system.publish(Array.from({ length: size }, (_, index) => sampleMessage(String(start + index))));
  }
}

async function everythingIsStored(system: WorkerSystem, count: number): Promise<void> {
  await vi.waitFor(async () => {
    expect((await system.store.totals()).rows).toBe(count);
  }, PATIENCE);
  const { agree, total } = await system.store.verify();
  expect(agree).toBe(true);
  expect(total).toEqual({ rows: count, counted: count, countedByMinute: count });
}

/** For what somebody does to the tables. */
async function connect({ env }: WorkerSystem): Promise<(statement: string) => Promise<void>> {
  const connection = await createConnection(env['DATABASE_URL'] ?? '');
  onTestFinished(() => connection.end());
  return async (statement) => {
    await connection.query(statement);
  };
}
