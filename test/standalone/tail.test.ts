import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { compileCache, lms, MAIN, type RunningLms, startLms } from '../cli/lms.ts';
import { openBroker } from '../support/broker.ts';
import { openRoundRobin, type RoundRobin } from '../support/round-robin.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';
import { openTailGround, type TailGround } from '../support/tail-ground.ts';

const PATIENCE = { timeout: 45_000, interval: 50 };

/** Where Google's emulator is not to be had, the run has said that the broker stands in for it. */
const BROKERS = [
  ['the emulator', () => Promise.resolve(inject('emulatorHost'))],
  ['the embedded broker', async () => (await openBroker()).address],
] as const;

/** Starts `lms tail`; it is stopped when the test is over. */
function startTail(args: readonly string[], env: TailGround['env'] = {}): RunningLms {
  const tail = startLms(['tail', ...args], env);
  onTestFinished(async () => {
    await tail.stop('SIGKILL');
  });
  return tail;
}

/** The numbers of the entries in what was printed. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/entry (\d+)\./g)].map((match) => Number(match[1]));
}

/** Publishes until the tail shows it. */
async function untilLive(tail: RunningLms, ground: TailGround): Promise<void> {
  await vi.waitFor(async () => {
    await ground.publish(1);
    expect(numbersIn((await tail.printed(/^/)).stdout)).not.toEqual([]);
  }, PATIENCE);
}

describe.each(BROKERS)('lms tail on %s', (_name, brokerAddress) => {
  it('has each entry once, though two servers behind a round robin are killed, stopped and cut off', async () => {
    const ground = await openTailGround(await brokerAddress(), 0.3);
    const proxy = await openRoundRobin();
    const first = await startBehind(proxy, ground);
    const second = await startBehind(proxy, ground);
    const tail = startTail(['--url', proxy.url, '-n', '0', '--json']);
    await untilLive(tail, ground);
    const shownFrom = numbersIn((await tail.printed(/^/)).stdout)[0] ?? 0;
    const publishing = new AbortController();
    const publisher = publishUntil(publishing.signal, ground);
    await remove(proxy, first, 'SIGKILL');
    await progress(tail);
    await startBehind(proxy, ground);
    proxy.cut();
    await progress(tail);
    await remove(proxy, second, 'SIGTERM');
    await progress(tail);
    publishing.abort();
    await publisher;
    // Beside these some from before the tail, which lie in a gap by their times.
    const wanted = new Set(Array.from({ length: ground.published - shownFrom }, (_none, n) => shownFrom + n));
    await vi.waitFor(async () => {
      const shown = new Set(numbersIn((await tail.printed(/^/)).stdout));
      expect([...wanted.difference(shown)]).toEqual([]);
    }, PATIENCE);
    const { stdout, stderr, status } = await tail.stop('SIGINT');
    const numbers = numbersIn(stdout);
    expect(numbers).toHaveLength(new Set(numbers).size);
    expect(status).toBe(130);
    expect(stderr).toContain('trying again in');
    expect(stderr).toContain('connected again');
    expect(stderr).not.toContain('incomplete');
    expect([...proxy.given.values()].filter((count) => count > 0).length).toBeGreaterThanOrEqual(2);
  }, 90_000);
});

describe('lms tail, straight on Pub/Sub and the database', () => {
  it('shows what is stored, then what is published, long before it is stored', async () => {
    const ground = await openTailGround((await openBroker()).address, 3_000);
    const tail = startTail(['--json', '--quiet', 'service:shop'], ground.env);
    await untilLive(tail, ground);
    await ground.publish(20);
    await vi.waitFor(async () => {
      const { stdout } = await tail.printed(/^/);
      expect(numbersIn(stdout).at(-1)).toBe(ground.published - 1);
    }, PATIENCE);
    expect(await ground.tailSubscriptions()).toHaveLength(1);
    const { status, stdout, stderr } = await tail.stop('SIGINT');
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
    const numbers = numbersIn(stdout);
    expect(numbers).toEqual(numbers.map((_number, index) => (numbers[0] ?? 0) + index));
    expect(stdout).not.toContain('created_at');
    expect(await ground.tailSubscriptions()).toEqual([]);
    expect((await lms(['logs', '--count'], ground.env)).stdout).toBe('0\n');
  });

  it('ends quietly where nobody reads any more, and deletes its subscription', async () => {
    const ground = await openTailGround((await openBroker()).address, 1);
    const script = `(${process.execPath} ${MAIN} tail --raw -n 0; echo "status $?" >&2) | head -n 1`;
    const shell = spawn('sh', ['-c', script], {
      env: { ...compileCache(), ...ground.env },
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = Promise.all([text(shell.stdout), text(shell.stderr)]);
    await vi.waitFor(async () => {
      await ground.publish(1);
      expect(shell.exitCode).toBe(0);
    }, PATIENCE);
    const [shown, said] = await printed;
    expect(numbersIn(shown)).toHaveLength(1);
    expect(said.match(/status \d+/g)).toEqual(['status 0']);
    expect(said).not.toContain('EPIPE');
    expect(await ground.tailSubscriptions()).toEqual([]);
  });
});

async function startBehind(proxy: RoundRobin, { env }: TailGround): Promise<ServeProcess> {
  const server = await startServe(env);
  proxy.ports.add(Number(new URL(server.url).port));
  return server;
}

/** A server ends, and the proxy hears of it a little later, as proxies do. */
async function remove(proxy: RoundRobin, server: ServeProcess, signal: NodeJS.Signals): Promise<void> {
  await server.stop(signal);
  proxy.ports.delete(Number(new URL(server.url).port));
}

async function publishUntil(signal: AbortSignal, ground: TailGround): Promise<void> {
  while (!signal.aborted) {
    await ground.publish(5);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Until the tail shows what is published from now on. */
async function progress(tail: RunningLms): Promise<void> {
  const last = (stdout: string) => Math.max(...numbersIn(stdout));
  const before = last((await tail.printed(/^/)).stdout);
  await vi.waitFor(async () => {
    expect(last((await tail.printed(/^/)).stdout)).toBeGreaterThan(before + 20);
  }, PATIENCE);
}
