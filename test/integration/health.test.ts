import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { lmsProcess, MAIN } from '../cli/lms.ts';
import { type Proxy, startProxy } from '../contract/store-proxy.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { freshDatabase } from '../support/database.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { freePortBlock } from '../support/port-block.ts';
import { ids, malformedMessage, sampleMessage } from '../support/samples.ts';
import { NAMES } from '../support/topology.ts';

const SOON = { timeout: 20_000, interval: 50 };

/** A worker as a process, its database behind a proxy, and its pages. */
class HealthyMon {
  readonly network: Proxy;
  readonly #child: ChildProcess;
  readonly #project: BrokerProject;
  readonly #url: string;

  constructor(child: ChildProcess, network: Proxy, project: BrokerProject, port: number) {
    this.#child = child;
    this.network = network;
    this.#project = project;
    this.#url = `http://127.0.0.1:${String(port)}`;
  }

  async readyz(port?: number): Promise<{ status: number; problems: string[]; notes: string[] }> {
    const url = port === undefined ? this.#url : `http://127.0.0.1:${String(port)}`;
    const response = await fetch(`${url}/readyz`);
    const { problems, notes } = (await response.json()) as { problems: string[]; notes: string[] };
    return { status: response.status, problems, notes };
  }

  async becomesReady(port?: number): Promise<void> {
    await vi.waitFor(async () => {
      expect(await this.readyz(port)).toEqual({ status: 200, problems: [], notes: [] });
    }, SOON);
  }

  async livez(): Promise<number> {
    return (await fetch(`${this.#url}/livez`)).status;
  }

  async metrics(): Promise<ReadonlyMap<string, number>> {
    return numbersIn(await (await fetch(`${this.#url}/metrics`)).text());
  }

  /** Asks on a connection that stays open, as Prometheus does. */
  async keepConnected(): Promise<void> {
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => {
      agent.destroy();
    });
    const [response] = (await once(get(`${this.#url}/livez`, { agent }), 'response')) as [
      NodeJS.ReadableStream,
    ];
    await text(response);
  }

  async publish(valid: readonly string[], malformed: readonly string[] = []): Promise<void> {
    const messages = [...valid.map((id) => sampleMessage(id)), ...malformed.map(malformedMessage)];
    await new TopicPublisher(this.#project.clients, NAMES.topic).publish(messages);
  }

  /** Sends SIGTERM; resolves to the exit status. */
  terminate(): Promise<number | null> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    return ended.then(() => this.#child.exitCode);
  }
}

async function startMon(options: readonly string[] = []): Promise<HealthyMon & { readonly port: number }> {
  const database = await freshDatabase();
  const url = new URL(database.url);
  const network = await startProxy(url.hostname, Number(url.port));
  url.port = String(network.port);
  url.searchParams.set('ssl-mode', 'disabled');
  const project = await brokerProject();
  // With several workers, the second takes the port after it.
  const port = await freePortBlock(2);
  const env = {
    ...project.env,
    DATABASE_URL: url.toString(),
    HEALTH_PORT: String(port),
    FLUSHINTERVAL: '0.2',
  };
  const child = spawn(process.execPath, [MAIN, 'mon', '--health-host', '127.0.0.1', ...options], {
    env,
    cwd: '/',
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await network[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
    await database.drop();
  });
  const mon = new HealthyMon(child, network, project, port);
  await mon.becomesReady();
  return Object.assign(mon, { port });
}

describe('lms mon --health-port', () => {
  it('shows in its metrics what became of the messages', async () => {
    const mon = await startMon();
    const before = await mon.metrics();
    expect(before.get('lms_messages_received_total')).toBe(0);
    expect(before.get('lms_ready')).toBe(1);
    await mon.publish(ids('a', 100), ['bad1', 'bad2']);
    await vi.waitFor(async () => {
      const after = await mon.metrics();
      expect(after.get('lms_messages_received_total')).toBe(102);
      expect(after.get('lms_entries_stored_total')).toBe(100);
      expect(after.get('lms_entries_dead_lettered_total{code="not_json"}')).toBe(2);
      expect(after.get('lms_batch_rows_sum')).toBe(100);
      expect(after.get('lms_flush_duration_seconds_count{reason="interval"}')).toBeGreaterThan(0);
      expect(after.get('lms_held_messages')).toBe(0);
      expect(after.get('lms_acks_unconfirmed')).toBe(0);
    }, SOON);
    expect(await mon.terminate()).toBe(0);
  });

  it('is not ready while the database is away, says so and since when, and is ready again when that is back', async () => {
    const mon = await startMon();
    mon.network.cut();
    await mon.publish(ids('a', 10));
    await vi.waitFor(async () => {
      const { status, problems } = await mon.readyz();
      expect(status).toBe(503);
      expect(problems).toEqual([expect.stringMatching(/^the database takes no writes since 20\S+Z: \S/)]);
    }, SOON);
    expect(await mon.livez()).toBe(200);
    const during = await mon.metrics();
    expect(during.get('lms_ready')).toBe(0);
    expect(during.get('lms_held_messages')).toBe(10);
    expect(during.get('lms_oldest_held_age_seconds')).toBeGreaterThan(0.2);
    expect(during.get('lms_write_failures_total{verdict="transient"}')).toBeGreaterThan(1);
    mon.network.mend();
    await mon.becomesReady();
    const after = await mon.metrics();
    expect(after.get('lms_entries_stored_total')).toBe(10);
    // The flush took as long as the outage did: that is, the waits between its tries too, 15 ms at the very
    // least.
    expect(after.get('lms_flush_duration_seconds_sum{reason="interval"}')).toBeGreaterThan(0.015);
  });

  it('says that it drains; a connection that is kept open does not keep the process from ending', async () => {
    const mon = await startMon(['--shutdown-timeout', '3']);
    await mon.keepConnected();
    mon.network.cut();
    await mon.publish(ids('a', 10));
    await vi.waitFor(async () => {
      expect((await mon.metrics()).get('lms_held_messages')).toBe(10);
    }, SOON);
    const terminated = performance.now();
    const ended = mon.terminate();
    await vi.waitFor(async () => {
      expect((await mon.readyz()).problems.at(-1)).toMatch(/^draining/);
    }, SOON);
    expect(await ended).toBe(0);
    expect(performance.now() - terminated).toBeLessThan(4_000);
    await expect(mon.livez()).rejects.toThrow();
  });

  it('of several workers, each has a port of its own', async () => {
    const mon = await startMon(['--workers', '2']);
    await mon.becomesReady(mon.port + 1);
    expect(await mon.terminate()).toBe(0);
  });

  it('fails at once, in a clear line, when the port is in use', async () => {
    const mon = await startMon();
    const database = await freshDatabase();
    const args = ['mon', '--health-port', String(mon.port), '--health-host', '127.0.0.1'];
    const { status, stderr } = await lmsProcess(args, { DATABASE_URL: database.url, LOG_LEVEL: 'error' });
    await database.drop();
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^lms: HEALTH_PORT: cannot listen on 127.0.0.1:\d+: another program listens there\n/,
    );
  });
});
