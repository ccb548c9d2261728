import { createConnection } from 'mysql2/promise';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import type { WorkersReport } from '../../src/export/workers.ts';
import { lms } from '../cli/lms.ts';
import { startProxy } from '../contract/store-proxy.ts';
import { openBroker } from '../support/broker.ts';
import { type MonProcess, startMon } from '../support/mon-process.ts';
import { uniqueName } from '../support/names.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 50_000, interval: 100 };
/** Nothing is flushed before the stop. */
const HOLD = { BATCHSIZE: '100000', FLUSHINTERVAL: '3600' };
const LEFT_OUT = 'a heartbeat is left out';
const PASSWORD = 'a-password';

describe('workers tell the database that they live', () => {
  it('two of them: one is killed and falls silent, one is stopped and says so', async () => {
    const system = await openOnBroker();
    const [killed, stopped] = [
      await startMon(1, { ...system.env, ...HOLD }),
      await startMon(1, { ...system.env, ...HOLD }),
    ];
    await Promise.all([killed.startedCount(1), stopped.startedCount(1)]);
    const sinceMs = Date.now();
    await system.publish(ids('event-', 3_000).map((id) => sampleMessage(id)));
    // With the next heartbeat of each.
    const holding = await reported(system, ({ workers }) => {
      expect(workers.map(({ state }) => state)).toEqual(['running', 'running']);
      expect(workers.reduce((held, { heldMessages }) => held + heldMessages, 0)).toBe(3_000);
    });
    for (const { heldMessages, received } of holding.workers) expect(heldMessages).toBe(received);
    expect(holding.storedUpTo.kind).toBe('running');
    const oldest = holding.workers.map(({ oldestHeldAt }) => oldestHeldAt ?? '~').toSorted()[0];
    expect(holding.storedUpTo.at).toBe(oldest);
    expect(Date.parse(oldest ?? '')).toBeGreaterThan(sinceMs - 1_000);

    stopped.kill('SIGTERM');
    expect(await stopped.ended, stopped.lines.join('\n')).toBe(0);
    killed.kill('SIGKILL');
    await killed.ended;
    await age(system, killed, 31);
    const { workers, storedUpTo } = await report(system);
    expect(workers.find(({ pid }) => pid === pidOf(stopped))).toMatchObject({
      state: 'stopped',
      heldMessages: 0,
      oldestHeldAt: null,
      lastFlushAt: expect.any(String) as string,
      stored: (await system.store.totals()).rows,
    });
    expect(workers.find(({ pid }) => pid === pidOf(killed))).toMatchObject({ state: 'silent' });
    expect(storedUpTo.kind).toBe('stopped');
  });

  it('each of several under one supervisor', async () => {
    const system = await openOnBroker();
    const mon = await startMon(2, system.env);
    await mon.startedCount(2);
    const { workers } = await reported(system, (found) => {
      expect(found.workers).toHaveLength(2);
    });
    expect(workers.map(({ pid }) => pid).toSorted()).toEqual(mon.started.map(({ pid }) => pid).toSorted());
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);
    expect((await report(system)).workers.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });

  it('not while it is away, without a word; and again afterwards', async () => {
    const system = await openOnBroker();
    const { hostname, port } = new URL(system.env['DATABASE_URL'] ?? '');
    const proxy = await startProxy(hostname, Number(port));
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const mon = await startMon(1, { ...behind(system, proxy.port), LOG_LEVEL: 'debug' });
    await mon.startedCount(1);
    const [first] = (
      await reported(system, ({ workers }) => {
        expect(workers).toHaveLength(1);
      })
    ).workers;
    proxy.cut();
    await vi.waitFor(() => {
      expect(mon.logged(LEFT_OUT).length).toBeGreaterThan(0);
    }, PATIENCE);
    proxy.mend();
    await reported(system, ({ workers: [again] }) => {
      expect(again?.state).toBe('running');
      expect((again?.seenAt ?? '') > (first?.seenAt ?? '~')).toBe(true);
    });
    await system.publish([sampleMessage('event-1')]);
    await vi.waitFor(async () => {
      expect((await system.store.totals()).rows).toBe(1);
    }, PATIENCE);
    expect(mon.lines.filter((line) => /"level":"(?:warn|error)".*heartbeat/.test(line))).toEqual([]);
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);
  });
});

describe('a worker whose user has no right to do so', () => {
  it.each([
    ['to the table', 0],
    ['to remove rows of it, as with the grants of an earlier release', 1],
  ])('%s: says once what to grant, and works on', async (_, rows) => {
    const system = await openOnBroker();
    const grants =
      rows === 0
        ? [
            'service_logs',
            'service_severity',
            'service_severity_minutes',
            'lms_rollups',
            'lms_schema',
            'lms_migrations',
          ]
        : ['*'];
    const mon = await startMon(1, await asUserWith(system, grants), ['--no-create']);
    await mon.startedCount(1);
    await vi.waitFor(() => {
      expect(refusals(mon), mon.lines.join('\n')).toHaveLength(1);
    }, PATIENCE);
    expect(refusals(mon)[0]).toContain('SELECT, INSERT, UPDATE and DELETE on lms_processes');
    await system.publish(ids('event-', 700).map((id) => sampleMessage(id)));
    await vi.waitFor(async () => {
      expect((await system.store.totals()).rows).toBe(700);
    }, PATIENCE);
    mon.kill('SIGTERM');
    expect(await mon.ended, mon.lines.join('\n')).toBe(0);
    expect(refusals(mon)).toHaveLength(1);
    expect((await report(system)).workers).toHaveLength(rows);
  });
});

async function openOnBroker(): Promise<WorkerSystem> {
  return openSystem((await openBroker()).address);
}

async function report(system: WorkerSystem): Promise<WorkersReport> {
  const { status, stdout, stderr } = await lms(['workers', '--json'], system.env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as WorkersReport;
}

/** What `lms workers` says, once it is as expected. */
function reported(system: WorkerSystem, expected: (found: WorkersReport) => void): Promise<WorkersReport> {
  return vi.waitFor(async () => {
    const found = await report(system);
    expected(found);
    return found;
  }, PATIENCE);
}

/** Makes the row of a process that has ended as old as it will be in so many seconds. */
async function age(system: WorkerSystem, mon: MonProcess, seconds: number): Promise<void> {
  await using connection = await createConnection(system.env['DATABASE_URL'] ?? '');
  const sql = 'UPDATE lms_processes SET seen_at = seen_at - INTERVAL ? SECOND WHERE pid = ?';
  await connection.query(sql, [seconds, pidOf(mon)]);
}

function pidOf(mon: MonProcess): number | undefined {
  return mon.started[0]?.pid;
}

/** The environment of a worker that reaches its database by a port of this machine. */
function behind(system: WorkerSystem, port: number): Environment {
  const url = new URL(system.env['DATABASE_URL'] ?? '');
  Object.assign(url, { hostname: '127.0.0.1', port: String(port), search: '?ssl-mode=disabled' });
  return { ...system.env, DATABASE_URL: url.toString() };
}

/** The environment of a worker whose user may select, insert and update in these tables. */
async function asUserWith(system: WorkerSystem, tables: readonly string[]): Promise<Environment> {
  const url = new URL(system.env['DATABASE_URL'] ?? '');
  const user = `lms_${uniqueName('').slice(1, 9)}`;
  const asRoot = async (statements: readonly string[]) => {
    await using root = await createConnection(system.env['DATABASE_URL'] ?? '');
    for (const statement of statements) await root.query(statement);
  };
  const granted = tables.map(
    (table) => `GRANT SELECT, INSERT, UPDATE ON ${url.pathname.slice(1)}.${table} TO '${user}'@'%'`,
  );
  await asRoot([`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`, ...granted]);
  onTestFinished(() => asRoot([`DROP USER '${user}'@'%'`]));
  Object.assign(url, { username: user, password: PASSWORD });
  return { ...system.env, DATABASE_URL: url.toString() };
}

function refusals(mon: MonProcess): string[] {
  return mon.lines.filter((line) => line.includes('the database refuses heartbeats'));
}
