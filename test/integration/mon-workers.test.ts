import { createConnection } from 'mysql2/promise';
import { describe, expect, it, vi } from 'vitest';
import { openBroker } from '../support/broker.ts';
import { isRunning, type MonProcess, startMon } from '../support/mon-process.ts';
import { openRouter } from '../support/router.ts';
import { sampleMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 40_000, interval: 50 };

const DATABASE_IS_AWAY = 'the database takes no writes: retrying until it passes, nothing is lost';

/**
 * How long two workers take to start is the machine's affair: where that is longer than a duration, the next
 * one is tried.
 */
const DURATIONS_SECONDS = [4, 30];

/** Nothing is flushed before the stop. */
const HOLD = { BATCHSIZE: '100000', FLUSHINTERVAL: '3600' };

describe('several workers under one supervisor', () => {
  it('share 20,000 messages; their ledgers add up to what the tables hold', async () => {
    const system = await openOnBroker();
    const mon = await startMon(3, system.env);
    await mon.startedCount(3);
    const ids = await publish(system, 20_000);
    await rowsReach(system, 20_000);
    mon.kill('SIGUSR2');
    await vi.waitFor(() => {
      expect(mon.logged('ledger')).toMatchObject([{ received: 20_000, stored: 20_000 }]);
    }, PATIENCE);
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);

    const { workers, ...sum } = mon.report();
    expect(sum).toMatchObject({ received: 20_000, stored: 20_000, duplicates: 0, held: 0, withoutLedger: 0 });
    expect(workers).toHaveLength(3);
    for (const { received } of workers) expect(received).toBeGreaterThan(1_000);
    await everythingIsStoredOnce(system, ids);
  });

  it('one is killed in the middle of it: it comes back, nothing is lost and nothing counted twice', async () => {
    const system = await openOnBroker();
    const mon = await startMon(3, system.env);
    await mon.startedCount(3);
    const publishing = publish(system, 20_000);
    await rowsReach(system, 2_000);
    const [, second] = mon.started;
    process.kill(second!.pid, 'SIGKILL');
    const ids = await publishing;
    await mon.startedCount(4);
    await rowsReach(system, 20_000);
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);

    expect(mon.started.at(-1)).toMatchObject({ worker: second!.worker });
    expect(mon.logged('worker ended; it is started again')).toMatchObject([
      { worker: second!.worker, reason: 'SIGKILL' },
    ]);
    expect(mon.report()).toMatchObject({ held: 0, withoutLedger: 1 });
    await everythingIsStoredOnce(system, ids);
  });

  it('SIGUSR1 to a worker, which Node takes for a wish to debug it, opens no inspector', async () => {
    const system = await openOnBroker();
    const mon = await startMon(2, system.env);
    await mon.startedCount(2);
    const [first] = mon.started;
    process.kill(first!.pid, 'SIGUSR1');
    // It is heard before this one, and works on.
    process.kill(first!.pid, 'SIGUSR2');
    await vi.waitFor(() => {
      expect(mon.logged('ledger')).toHaveLength(1);
    }, PATIENCE);
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);
    expect(mon.lines.filter((line) => line.includes('Debugger listening'))).toEqual([]);
    expect(mon.logged('worker ended; it is started again')).toEqual([]);
  });

  it('SIGTERM has all of them flush and acknowledge what they hold, in time', async () => {
    const system = await openOnBroker();
    const mon = await startMon(3, { ...system.env, ...HOLD });
    await mon.startedCount(3);
    const ids = await publish(system, 10_000);
    await receivedReach(mon, 10_000);
    expect((await system.store.totals()).rows).toBe(0);
    const startMs = performance.now();
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(system.settings.shutdownTimeoutMs);
    expect(mon.report()).toMatchObject({ received: 10_000, stored: 10_000, released: 0, acksUnconfirmed: 0 });
    await everythingIsStoredOnce(system, ids);
  });

  it('one is told to stop: it drains, and another takes its place', async () => {
    const system = await openOnBroker();
    const mon = await startMon(2, { ...system.env, ...HOLD });
    await mon.startedCount(2);
    const ids = await publish(system, 2_000);
    await receivedReach(mon, 2_000);
    const [first] = mon.started;
    process.kill(first!.pid, 'SIGTERM');
    await mon.startedCount(3);
    const { rows } = await system.store.totals();
    expect(rows).toBeGreaterThan(0);
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);
    expect(mon.report()).toMatchObject({ received: 2_000, stored: 2_000, withoutLedger: 0 });
    expect(mon.report().workers[first!.worker - 1]).toMatchObject({ stored: rows });
    await everythingIsStoredOnce(system, ids);
  });

  it('DURATION ends them too', { timeout: 120_000 }, async () => {
    const { system, mon, ids } = await untilDurationEnds(DURATIONS_SECONDS);
    expect(mon.started, mon.lines.join('\n')).toHaveLength(2);
    expect(mon.logged('stopped')).toMatchObject([{ reason: 'duration' }]);
    const ended = { received: 1_000, stored: 1_000, released: 0, acksUnconfirmed: 0, withoutLedger: 0 };
    expect(mon.report()).toMatchObject(ended);
    await everythingIsStoredOnce(system, ids);
  });
});

it('while a router has no primary (2003) four workers that have worked go on, and store all when it has', async () => {
  const system = await openOnBroker();
  const url = new URL(system.env['DATABASE_URL'] ?? '');
  const router = await openRouter(url.hostname, Number(url.port));
  url.host = `127.0.0.1:${String(router.port)}`;
  const mon = await startMon(4, { ...system.env, DATABASE_URL: url.toString() });
  await vi.waitFor(() => {
    expect(mon.started, mon.lines.join('\n')).toHaveLength(4);
  }, PATIENCE);
  const before = await publish(system, 4_000);
  await rowsReach(system, 4_000);
  router.losePrimary();
  const during = Array.from({ length: 4_000 }, (_, index) => `during-${String(index)}`);
  await system.publish(during.map((id) => sampleMessage(id)));
  await vi.waitFor(() => {
    const workers = mon.logged(DATABASE_IS_AWAY).map(({ worker }) => worker);
    expect(new Set(workers).size, mon.lines.join('\n')).toBe(4);
  }, PATIENCE);
  router.findPrimary();
  await rowsReach(system, 8_000);
  mon.kill('SIGTERM');
  expect(await mon.ended, mon.lines.join('\n')).toBe(0);
  expect(mon.started).toHaveLength(4);
  await everythingIsStoredOnce(system, [...before, ...during]);
});

describe('when it cannot go on', () => {
  it('a failure that no restart would mend ends all workers, with its exit status', async () => {
    const system = await openOnBroker();
    const mon = await startMon(3, system.env);
    await mon.startedCount(3);
    await dropTable(system);
    await publish(system, 3_000);
    expect(await mon.ended, mon.lines.join('\n')).toBe(6);
    expect(mon.lines.at(-1)).toContain('(SCHEMA_VERSION)');
    expect(mon.started).toHaveLength(3);
    const { received, released } = mon.report();
    expect(released).toBe(received);
    await allEnd(mon);
  });

  it('what keeps the first worker from starting is said once', async () => {
    const system = await openOnBroker();
    const url = new URL(system.env['DATABASE_URL'] ?? '');
    url.pathname = '/no_such_database';
    const mon = await startMon(4, { ...system.env, DATABASE_URL: url.toString() });
    expect(await mon.ended, mon.lines.join('\n')).toBe(5);
    expect(mon.lines.filter((line) => line.startsWith('lms: '))).toHaveLength(1);
    expect(mon.started).toHaveLength(0);
  });

  it('a worker that hangs is killed when the shutdown timeout is over, and the exit status says so', async () => {
    const system = await openOnBroker();
    const mon = await startMon(2, { ...system.env, SHUTDOWN_TIMEOUT: '1' });
    await mon.startedCount(2);
    process.kill(mon.started[0]!.pid, 'SIGSTOP');
    const startMs = performance.now();
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(12);
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect(mon.report()).toMatchObject({ withoutLedger: 1 });
    await allEnd(mon);
  });

  it('a second signal ends all at once', async () => {
    const system = await openOnBroker();
    const mon = await startMon(2, system.env);
    await mon.startedCount(2);
    for (const { pid } of mon.started) process.kill(pid, 'SIGSTOP');
    const insisting = setInterval(() => {
      mon.kill('SIGTERM');
    }, 400);
    expect(await mon.ended, mon.lines.join('\n')).toBe(143);
    clearInterval(insisting);
    await allEnd(mon);
  });

  it('workers whose supervisor is killed store what they hold, and end', async () => {
    const system = await openOnBroker();
    const mon = await startMon(3, { ...system.env, ...HOLD });
    await mon.startedCount(3);
    const ids = await publish(system, 5_000);
    await receivedReach(mon, 5_000);
    mon.kill('SIGKILL');
    await allEnd(mon);
    await everythingIsStoredOnce(system, ids);
  });
});

async function openOnBroker(): Promise<WorkerSystem> {
  return openSystem((await openBroker()).address);
}

interface EndedByDuration {
  readonly system: WorkerSystem;
  readonly mon: MonProcess;
  /** What was published. */
  readonly ids: readonly string[];
}

/**
 * Two workers that get 1,000 messages and are ended by their DURATION: by the first of these that lets them
 * start and receive all before it is over, or by the last.
 */
async function untilDurationEnds([seconds = 0, ...longer]: readonly number[]): Promise<EndedByDuration> {
  const system = await openOnBroker();
  const mon = await startMon(2, { ...system.env, ...HOLD, DURATION: String(seconds) });
  await Promise.race([mon.startedCount(2, PATIENCE.timeout + seconds * 1_000), mon.ended]);
  const ids = await publish(system, 1_000);
  expect(await mon.ended, mon.lines.join('\n')).toBe(0);
  const hadTime = mon.started.length === 2 && mon.report().received === 1_000;
  return hadTime || longer.length === 0 ? { system, mon, ids } : untilDurationEnds(longer);
}

async function publish(system: WorkerSystem, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => String(index));
  for (let start = 0; start < count; start += 1_000) {
    await system.publish(ids.slice(start, start + 1_000).map((id) => sampleMessage(id)));
  }
  return ids;
}

async function rowsReach(system: WorkerSystem, rows: number): Promise<void> {
  await vi.waitFor(async () => {
    expect((await system.store.totals()).rows).toBeGreaterThanOrEqual(rows);
  }, PATIENCE);
}

/** Asks for the ledgers until they have received so many. */
async function receivedReach(mon: MonProcess, messages: number): Promise<void> {
  await vi.waitFor(
    () => {
      mon.kill('SIGUSR2');
      expect(mon.logged('ledger').at(-1)).toMatchObject({ received: messages });
    },
    { ...PATIENCE, interval: 200 },
  );
}

async function allEnd(mon: MonProcess): Promise<void> {
  await vi.waitFor(() => {
    expect(mon.started.filter(({ pid }) => isRunning(pid))).toEqual([]);
  }, PATIENCE);
}

async function dropTable(system: WorkerSystem): Promise<void> {
  const connection = await createConnection(system.env['DATABASE_URL'] ?? '');
  await connection.query('DROP TABLE service_logs');
  await connection.end();
}

async function everythingIsStoredOnce(system: WorkerSystem, ids: readonly string[]): Promise<void> {
  expect((await system.storedIds()).toSorted()).toEqual(ids.toSorted());
  const { agree, total } = await system.store.verify();
  expect(agree).toBe(true);
  expect(total).toEqual({ rows: ids.length, counted: ids.length, countedByMinute: ids.length });
}
