import { expect, it, vi } from 'vitest';
import { lms } from '../cli/lms.ts';
import { openBroker } from '../support/broker.ts';
import { GrantedAccounts } from '../support/granted-accounts.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { startMon } from '../support/mon-process.ts';
import { freePortBlock } from '../support/port-block.ts';
import { startServe } from '../support/serve-process.ts';
import { openSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 45_000, interval: 100 };
const TOLD = 'size of the tables';
const DATA = 'lms_table_bytes{table="service_logs",kind="data"}';

it('of several workers one says how large the tables are, in its log and its metrics', async () => {
  const system = await openSystem((await openBroker()).address);
  const port = await freePortBlock(2);
  const health = { HEALTH_PORT: String(port), HEALTH_HOST: '127.0.0.1' };
  const mon = await startMon(2, { ...system.env, ...health });
  await mon.startedCount(2);
  const numbersAt = async (at: number) =>
    numbersIn(await (await fetch(`http://127.0.0.1:${String(at)}/metrics`)).text());
  await vi.waitFor(async () => {
    const numbers = await numbersAt(port);
    expect(numbers.get('lms_rows')).toBe((await system.store.totals()).rows);
    expect(numbers.get(DATA)).toBeGreaterThan(0);
  }, PATIENCE);
  expect((await numbersAt(port + 1)).has('lms_rows')).toBe(false);
  expect(mon.logged(TOLD)).toMatchObject([{ worker: 1, level: 'info', rows: 0 }]);
  mon.kill('SIGTERM');
  expect(await mon.ended).toBe(0);
});

it('a server says it, and lms size, to users with the rights of the documentation', async () => {
  await using accounts = await GrantedAccounts.open();
  const server = await startServe({ DATABASE_URL: accounts.urlOf('lms_server') }, ['--jobs', 'none']);
  await vi.waitFor(async () => {
    const numbers = numbersIn(await (await server.get('/metrics')).text());
    expect(numbers.get('lms_rows')).toBe(0);
    expect(numbers.get(DATA)).toBeGreaterThan(0);
  }, PATIENCE);
  const { status, stderr } = await server.stop();
  expect(status).toBe(0);
  expect(stderr.split('\n').filter((line) => line.includes(TOLD))).toHaveLength(1);
  const size = await lms(['size'], { DATABASE_URL: accounts.urlOf('lms_reader') });
  expect(size).toMatchObject({ status: 0, stderr: '' });
  expect(size.stdout).toMatch(/^service_logs +0 +/m);
});
