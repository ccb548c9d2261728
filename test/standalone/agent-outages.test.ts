import { once } from 'node:events';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { lmsProcess } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { connected, publishedEntries, startAgent } from '../support/listening-agent.ts';
import { freePort } from '../support/ports.ts';
import { NAMES } from '../support/topology.ts';

const PATIENCE = { timeout: 60_000 };
let project: BrokerProject;
let folder: string;
let state: string;

beforeEach(async () => {
  project = await brokerProject();
  folder = await mkdtemp(join(tmpdir(), 'lms-test-agent-'));
  state = join(folder, 'state');
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const linesFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => `line ${String(from + n)}`);
const payloads = (found: readonly LogEntry[]) => found.map(({ payload }) => payload).toSorted();

/** Sends lines by a connection of its own. Resolves once they are on their way, and it has ended. */
async function send(port: number, lines: readonly string[]): Promise<void> {
  const socket = await connected({ host: '127.0.0.1', port });
  socket.end(lines.map((line) => `${line}\n`).join(''));
  await once(socket.resume(), 'close');
}

describe('an agent while nobody takes what it has', () => {
  it('ends when it is told to, says what stays in its spool, and the next run sends it, each once', async () => {
    const [port, brokerPort] = [await freePort(), await freePort()];
    const args = [`tcp-listen://127.0.0.1:${String(port)}`, '--state', state];
    const away = { PUBSUB_EMULATOR_HOST: `127.0.0.1:${String(brokerPort)}`, SHUTDOWN_TIMEOUT: '50' };
    const first = await startAgent(args, away);
    await send(port, linesFrom(0, 30_000));
    const name = `{input="tcp-listen://127.0.0.1:${String(port)}"}`;
    await expect
      .poll(async () => (await first.metrics()).get(`lms_agent_lag_bytes${name}`), PATIENCE)
      .toBeGreaterThan(100_000);
    await expect
      .poll(async () => (await first.metrics()).get(`lms_agent_lag_seconds${name}`), PATIENCE)
      .toBeGreaterThan(1);
    expect(await first.counter('spooled_bytes')).toBeGreaterThan(30_000 * 10);
    await expect.poll(() => first.printedSoFar().stderr, PATIENCE).toContain('Pub/Sub takes no entries');
    const stoppedAtMs = performance.now();
    const { status, stdout } = await first.stop();
    // Nothing is lost by going, so that who is away is not waited for.
    expect(performance.now() - stoppedAtMs).toBeLessThan(25_000);
    expect(stdout).toMatch(/more entries not confirmed: the next run sends them\n/);
    expect(stdout).toMatch(/ [KM]iB more in its spool: the next run sends them\n/);
    expect(status).toBe(0);

    await startAgent(args, project.env);
    expect(payloads(await publishedEntries(project, 30_000))).toEqual(linesFrom(0, 30_000).toSorted());
  });

  it('says so if it gets no answer at all, and ends when it is told to', async () => {
    const held: Socket[] = [];
    const mute = createServer((socket) => {
      socket.on('error', () => undefined);
      held.push(socket);
    }).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    onTestFinished(() => {
      for (const socket of held) socket.destroy();
      mute.close();
    });
    const { port: mutePort } = mute.address() as AddressInfo;
    const port = await freePort();
    const args = [`tcp-listen://127.0.0.1:${String(port)}`, '--state', state];
    const env = { PUBSUB_EMULATOR_HOST: `127.0.0.1:${String(mutePort)}`, SHUTDOWN_TIMEOUT: '2' };
    const agent = await startAgent(args, env);
    await send(port, linesFrom(0, 10));
    await expect.poll(async () => (await agent.metrics()).get('lms_agent_ready'), PATIENCE).toBe(0);
    const { status, stderr } = await agent.stop();
    expect(stderr).toContain('Pub/Sub takes no entries');
    expect(status).toBe(0);
  });

  it('makes a topic again that was deleted, with its subscription, and sends all that came meanwhile', async () => {
    const path = join(folder, 'app.log');
    await writeFile(path, 'line 0\n');
    const agent = await startAgent([path, '--state', state], project.env);
    expect(payloads(await publishedEntries(project, 1))).toEqual(['line 0']);
    const { clients } = project;
    await clients.publisher().deleteTopic({ topic: clients.topicName(NAMES.topic) });
    await appendFile(path, 'line 1\n');
    await expect.poll(async () => (await agent.metrics()).get('lms_agent_ready'), PATIENCE).toBe(0);
    // As long as it is there, nothing of a new topic would come to it.
    await clients
      .subscriber()
      .deleteSubscription({ subscription: clients.subscriptionName(NAMES.subscription) });
    await appendFile(path, 'line 2\n');
    expect(payloads(await publishedEntries(project, 2))).toEqual(['line 1', 'line 2']);
    const { status, stderr } = await agent.stop();
    expect(stderr).toContain('nothing would keep what is published: the topic of subscription');
    expect(status).toBe(0);
  });
});

describe('what an input has left that is not named any more', () => {
  it('is said at the start, and sent by --orphans', async () => {
    const [port, other, brokerPort] = [await freePort(), await freePort(), await freePort()];
    const name = `tcp-listen://127.0.0.1:${String(port)}`;
    const away = { PUBSUB_EMULATOR_HOST: `127.0.0.1:${String(brokerPort)}` };
    const first = await startAgent([name, '--state', state], away);
    await send(port, linesFrom(0, 100));
    await expect.poll(() => first.counter('spooled_bytes'), PATIENCE).toBeGreaterThan(100 * 10);
    await first.stop('SIGKILL');

    const second = await startAgent(
      [`tcp-listen://127.0.0.1:${String(other)}`, '--state', state],
      project.env,
    );
    const { stderr } = await second.stop();
    expect(stderr).toContain(`"input":"${name}"`);
    expect(stderr).toContain('has left this in its spool: `lms agent --orphans` sends it');
    expect(project.published(NAMES.topic)).toBe(0);

    const third = await lmsProcess(['agent', '--orphans', '--state', state], project.env);
    expect(third.stdout).toContain('100 entries = 100 sent + 0 refused');
    expect(third.status).toBe(0);
    expect(payloads(await publishedEntries(project, 100))).toEqual(linesFrom(0, 100).toSorted());
    const fourth = await lmsProcess(['agent', '--orphans', '--state', state], project.env);
    expect(fourth.stdout).toContain('0 entries = 0 sent');
    expect(fourth.stderr).not.toContain('has left');
  });
});
