import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decode } from '../../src/logs/decode.ts';
import { isRejection } from '../../src/logs/rejection.ts';
import { lms, MAIN } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { NAMES, receive } from '../support/topology.ts';

let project: BrokerProject;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-test-sim-'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  project = await brokerProject();
});
afterEach(() => project[Symbol.asyncDispose]());

/** What was published so far. */
function published(): number {
  return project.published(NAMES.topic);
}

async function reportOf(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
}

describe('lms sim', () => {
  it('publishes what it reports, by service and severity, and nothing twice', async () => {
    const path = join(folder, 'report.json');
    const options = ['--rate', '0', '--count', '5000', '--invalid', '0.1', '--seed', '7', '--report', path];
    const { status, stdout, stderr } = await lms(['sim', ...options], project.env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^published 5,000 messages in \d+\.\d s \([\d,]+\/s\), run \S+\n$/);

    const report = await reportOf(path);
    const messages = await receive(project.clients, NAMES.subscription, 5_000);
    const seqs = messages.map(({ attributes }) => Number(attributes?.['seq'])).sort((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
    expect(new Set(messages.map(({ attributes }) => attributes?.['run']))).toEqual(new Set([report['run']]));

    const services: Record<string, Record<string, number>> = {};
    let invalid = 0;
    for (const { data, attributes } of messages) {
      const entry = decode({
        data: Buffer.from(data ?? ''),
        attributes: attributes ?? {},
        messageId: '1',
        publishTime: { seconds: 0, nanos: 0 },
      });
      if ('length' in entry) throw new Error('the simulator sends one record a message');
      if (isRejection(entry)) {
        invalid += 1;
      } else {
        const counts = (services[entry.serviceName] ??= {});
        counts[entry.severity] = (counts[entry.severity] ?? 0) + 1;
      }
    }
    expect(report).toMatchObject({ published: 5_000, unconfirmed: 0, seed: 7, invalid, services });
    expect(published()).toBe(5_000);
  });

  it('publishes rate × duration messages', async () => {
    const { stdout } = await lms(['sim', '--rate', '1000'], { ...project.env, DURATION: '0.5' });
    expect(stdout).toMatch(/^published 500 messages in /);
    expect(published()).toBe(500);
  });

  it('prints the id of each message at the default pace, for DURATION seconds', async () => {
    const { stdout } = await lms(['sim', '--seed', '1'], { ...project.env, DURATION: '2.5' });
    const lines = stdout.trimEnd().split('\n');
    const messages = await receive(project.clients, NAMES.subscription, lines.length - 1);
    expect(lines.slice(0, -1).sort()).toEqual(messages.map(({ messageId }) => messageId).sort());
    expect(messages.length).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/^published \d+ messages? in 2\.\d s /);
  });

  it('stops on Ctrl-C and tells the true count', async () => {
    const child = spawn(process.execPath, [MAIN, 'sim', '--rate', '0'], {
      env: project.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const printed = text(child.stdout);
    await vi.waitUntil(() => published() > 20_000, { timeout: 20_000 });
    child.kill('SIGINT');
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    const [, told] = /^published ([\d,]+) messages/.exec(await printed) ?? [];
    expect(told).toBe(published().toLocaleString('en-US'));
  });

  it('tells what was not confirmed when Pub/Sub goes away and it is stopped', async () => {
    const child = spawn(process.execPath, [MAIN, 'sim', '--rate', '2000'], {
      env: { ...project.env, SHUTDOWN_TIMEOUT: '0.5' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = Promise.all([text(child.stdout), text(child.stderr)]);
    await vi.waitUntil(() => published() > 100, { timeout: 20_000 });
    project.broker.faults.delayAnswers('Publish', Infinity, Infinity);
    const before = published();
    await vi.waitUntil(() => published() > before);
    child.kill('SIGINT');
    await once(child, 'close');
    const [stdout, stderr] = await printed;
    expect(child.exitCode).toBe(8);
    const confirmed = Number((/^published ([\d,]+)/.exec(stdout)?.[1] ?? '').replaceAll(',', ''));
    const unconfirmed = Number((/([\d,]+) more messages/.exec(stderr)?.[1] ?? '').replaceAll(',', ''));
    expect(unconfirmed).toBeGreaterThan(0);
    expect(confirmed + unconfirmed).toBeGreaterThanOrEqual(published());
    expect(confirmed).toBeLessThan(published());
  });

  it('says in one line that there is no Pub/Sub at the address', async () => {
    const { status, stdout, stderr } = await lms(['sim'], { PUBSUB_EMULATOR_HOST: '127.0.0.1:1' });
    expect({ status, stdout }).toEqual({ status: 8, stdout: '' });
    expect(stderr).toMatch(/^lms: .*\n.*\(PUBSUB_UNREACHABLE\)\n$/);
  });

  it('creates nothing with --no-create, and says what is missing', async () => {
    const { status, stderr } = await lms(['sim', '--count', '1', '--no-create'], project.env);
    expect(status).toBe(10);
    expect(stderr).toContain(NAMES.topic);
  });

  it.each([
    ['--rate', '-1'],
    ['--rate', 'fast'],
    ['--count', '0'],
    ['--invalid', '1.5'],
    ['--seed', 'x'],
    ['--services', 'a,,b'],
  ])('refuses %s %s in one line', async (flag, value) => {
    const { status, stderr } = await lms(['sim', flag, value], project.env);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^lms: .*\n$/);
    expect(stderr).toContain(flag);
  });
});
