import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startLms } from '../cli/lms.ts';
import { startServe } from '../support/serve-process.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 50_000, interval: 50 };
const ROOT = 'root-token-of-this-test';

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lms-test-agent-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Half of them have no time of their own: what they get has to be the same when they are read again. */
function line(n: number): string {
  return n % 2 === 0 ? `line ${String(n)}` : `2026-11-05T13:45:00Z line ${String(n)}`;
}

const linesFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => line(from + index));

async function payloads({ store }: WorkerSystem): Promise<string[]> {
  const found: string[] = [];
  for await (const { payload } of store.entries()) found.push(payload);
  return found.toSorted();
}

async function rowsOf({ store }: WorkerSystem): Promise<number> {
  return (await store.verify()).total.rows;
}

describe('lines that an agent reads become rows', () => {
  it('each once, though the agent is killed again and again while they are written', async () => {
    const folder = await scratchFolder();
    const path = join(folder, 'app.log');
    const system = await openSystem(inject('emulatorHost'));
    const { stop } = await system.startWorker();
    const start = () =>
      startLms(['agent', path, '--state', join(folder, 'state'), '--service', 'shop'], system.env);
    const count = 9_000;
    await writeFile(path, '');
    const writing = writeLines(path, count);
    let agent = start();
    for (let kill = 1; kill <= 4; kill += 1) {
      await rowsReach(system, kill * 1_800);
      await agent.stop('SIGKILL');
      // A rotation that nobody sees.
      if (kill === 2) await writing.rotate();
      agent = start();
    }
    await writing.done;
    // The last agent may not have begun before all was sent: it is told to stop once it has.
    await appendFile(path, `${line(count)}\n`);
    await rowsReach(system, count + 1);
    const { status, stdout } = await agent.stop();
    expect(status).toBe(0);
    expect(stdout).toContain('+ 0 refused');
    await stop();
    expect(await payloads(system)).toEqual(linesFrom(0, count + 1).toSorted());
    const { agree, total } = await system.store.verify();
    expect([agree, total.rows]).toEqual([true, count + 1]);
  }, 120_000);

  it('by way of a server, with its token, though that is away for a while and the agent is killed', async () => {
    const folder = await scratchFolder();
    const path = join(folder, 'app.log');
    await writeFile(path, `${linesFrom(0, 6_000).join('\n')}\n`);
    const system = await openSystem(inject('emulatorHost'));
    const { stop } = await system.startWorker();
    const first = await startServe({ ...system.env, ROOT_TOKEN: ROOT });
    const { port } = new URL(first.url);
    const args = ['agent', path, '--state', join(folder, 'state'), '--url', first.url];
    const refused = await startLms([...args, '--once'], { LMS_TOKEN: 'another-token-than-this' }).ended;
    expect(refused.stderr).toContain('SERVER_REFUSED');
    expect(refused.status).toBe(19);

    const agent = startLms([...args], { LMS_TOKEN: ROOT });
    await rowsReach(system, 1);
    await agent.stop('SIGKILL');
    await first.stop();
    await appendFile(path, `${linesFrom(6_000, 2_000).join('\n')}\n`);
    const again = startLms([...args, '--once'], { LMS_TOKEN: ROOT });
    await delay(1_000);
    await startServe({ ...system.env, ROOT_TOKEN: ROOT }, ['--serve-port', port]);
    const { status, stdout } = await again.ended;
    expect(stdout).toContain(' 0 refused');
    expect(status).toBe(0);
    await rowsReach(system, 8_000);
    await stop();
    expect(await payloads(system)).toEqual(linesFrom(0, 8_000).toSorted());
  }, 120_000);
});

async function rowsReach(system: WorkerSystem, rows: number): Promise<void> {
  await expect.poll(() => rowsOf(system), PATIENCE).toBeGreaterThanOrEqual(rows);
}

/** Appends lines, torn anywhere between two writes, for some seconds; is rotated between two lines. */
function writeLines(path: string, count: number) {
  const turns = { last: Promise.resolve() };
  const inTurn = (work: () => Promise<void>) => (turns.last = turns.last.then(work));
  const write = async () => {
    for (let from = 0; from < count; from += 100) {
      const text = `${linesFrom(from, 100).join('\n')}\n`;
      const middle = (from * 7) % text.length;
      await inTurn(async () => {
        await appendFile(path, text.slice(0, middle));
        await delay(20);
        await appendFile(path, text.slice(middle));
      });
      await delay(20);
    }
  };
  return { done: write(), rotate: () => inTurn(() => rename(path, `${path}.1`)) };
}
