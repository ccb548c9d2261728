import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Draw } from '../../chaos/draw.ts';
import { ProofGround } from '../../chaos/retention/ground.ts';
import { COUNTED_KINDS } from '../../chaos/retention/rules.ts';
import { before, lms, lmsProcess, startLms } from '../cli/lms.ts';
import { type ClockProxy, startClockProxy } from '../support/clock-proxy.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { startServe } from '../support/serve-process.ts';

const SIZE = { rows: 1_500, batchRows: 30, restMs: 100 };
const DAY_MS = 86_400_000;
const PATIENCE = { timeout: 60_000, interval: 50 };

describe("when the database's clock jumps", { timeout: 240_000 }, () => {
  let database: TestDatabase;
  let proxy: ClockProxy;
  let ground: ProofGround;
  /** Of the server as it is seen through the proxy. */
  let url: string;

  beforeEach(async () => {
    database = await freshDatabase();
    const direct = new URL(database.url);
    proxy = await startClockProxy(direct.hostname, Number(direct.port));
    url = `mysql://${direct.username}:${direct.password}@127.0.0.1:${String(proxy.port)}${direct.pathname}?ssl-mode=disabled`;
    ground = await ProofGround.open([database.url], new Draw('clocks', 16), SIZE);
    // Others that write and look are no part of this.
    await Promise.all([ground.writing.end(), ground.watching.end()]);
    await ground.apply(COUNTED_KINDS);
  });
  afterEach(async () => {
    await ground[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await database.drop();
  });

  const retain = () => lms(['retain'], { DATABASE_URL: url, RETENTION_CPU_PERCENT: '100' });

  /** By the clock as it is, which nothing but the proxy has moved. */
  async function deletedRightly(): Promise<number> {
    const { look, problems } = await ground.check();
    expect(problems).toEqual([]);
    return look.deleted;
  }

  async function deleted(): Promise<number> {
    return (await ground.looker.look({ withKeys: false })).deleted;
  }

  /** With the clock as it is, all goes that is to go. */
  async function expectItGoesOn(): Promise<void> {
    proxy.offsetMs = 0;
    const { nowMs } = await ground.looker.look({ withKeys: false });
    const began = { nowMs, atMs: performance.now() };
    expect(await retain()).toMatchObject({ status: 0 });
    expect(await deletedRightly()).toBeGreaterThan(300);
    expect(ground.reference.leftOver(await ground.looker.look(), began)).toEqual([]);
  }

  it("ahead before a run, alone or with this machine's, nothing is deleted; right again, it goes on", async () => {
    proxy.offsetMs = 300 * DAY_MS;
    const alone = await retain();
    expect([alone.status, alone.stderr]).toEqual([25, expect.stringContaining("this machine's 20")]);
    const ahead = `const now = Date.now.bind(Date); Date.now = () => now() + ${String(300 * DAY_MS)};`;
    const both = await lmsProcess(['retain'], { DATABASE_URL: url, NODE_OPTIONS: before(ahead) });
    expect([both.status, both.stderr]).toEqual([
      25,
      expect.stringContaining('the last sign of it before is'),
    ]);
    expect(await deletedRightly()).toBe(0);
    await expectItGoesOn();
  });

  it.each([
    ['ahead', 300],
    ['back', -100],
  ])('%s in the middle of a run, nothing goes that is kept; right again, it goes on', async (_, days) => {
    const running = startLms(['retain'], { DATABASE_URL: url, RETENTION_CPU_PERCENT: '50' });
    await expect.poll(deleted, PATIENCE).toBeGreaterThan(0);
    proxy.offsetMs = days * DAY_MS;
    const { status } = await running.ended;
    // Ahead, the time of its lease is over, unless that is renewed first.
    expect(days > 0 ? [0, 21] : [0]).toContain(status);
    await deletedRightly();
    await expectItGoesOn();
  });

  it('a server deletes nothing meanwhile, and goes on by itself once it is right', async () => {
    proxy.offsetMs = 300 * DAY_MS;
    const server = await startServe({ DATABASE_URL: url, JOBS: 'retention' });
    const failures = async () =>
      numbersIn(await (await server.get('/metrics')).text()).get('lms_job_failures_total{job="retention"}');
    await expect.poll(failures, PATIENCE).toBeGreaterThan(0);
    expect(await deletedRightly()).toBe(0);
    proxy.offsetMs = 0;
    await expect.poll(deleted, PATIENCE).toBeGreaterThan(300);
    await server.stop();
    await deletedRightly();
  });
});
