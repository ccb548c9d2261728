import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readRecords } from '../../src/agent/spool/records.ts';
import { startBroker } from '../../src/broker/broker.ts';
import type { Environment } from '../../src/config/sources.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { lms, startLms } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { foreignProgram } from '../support/foreign.ts';
import { connected, publishedEntries, startAgent } from '../support/listening-agent.ts';
import { freePort } from '../support/ports.ts';
import { NAMES } from '../support/topology.ts';

const logger = await foreignProgram('logger');
let project: BrokerProject;
let folder: string;

beforeEach(async () => {
  project = await brokerProject();
  folder = await mkdtemp(join(tmpdir(), 'lms-test-agent-'));
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** An agent that listens. */
const listening = (args: readonly string[], env: Environment = project.env) =>
  startAgent(['--state', join(folder, 'state'), ...args], env);
const entries = (count: number) => publishedEntries(project, count);
const payloads = (found: readonly LogEntry[]) => found.map(({ payload }) => payload).toSorted();

describe('an agent that listens', () => {
  it('reads several senders at once, whose lines are cut anywhere', async () => {
    const port = await freePort();
    const agent = await listening([`tcp-listen://127.0.0.1:${String(port)}`]);
    const lines = (sender: number) =>
      Array.from({ length: 500 }, (_, n) => `<13>sender ${String(sender)} line ${String(n)}`);
    const send = async (sender: number) => {
      const socket = await connected({ host: '127.0.0.1', port });
      const text = `${lines(sender).join('\n')}\n`;
      for (let at = 0; at < text.length; at += 11 + sender) {
        socket.write(text.slice(at, at + 11 + sender));
        if (at % 7 === 0) await new Promise(setImmediate);
      }
      socket.end();
      await once(socket.resume(), 'close');
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(send));
    const found = await entries(3_000);
    expect(payloads(found)).toEqual([0, 1, 2, 3, 4, 5].flatMap(lines).toSorted());
    expect(JSON.parse(found[0]?.tags ?? '')).toMatchObject({ peer: '127.0.0.1', host: '127.0.0.1' });
    expect(await agent.counter('connections')).toBe(6);
    const { status, stdout } = await agent.stop();
    expect(stdout).toContain('3,000 entries = 3,000 sent + 0 refused');
    expect(status).toBe(0);
  });

  it('loses nothing of what it has received when it is killed while nobody takes it, and sends it once', async () => {
    const [port, brokerPort] = [await freePort(), await freePort()];
    const input = `tcp-listen://127.0.0.1:${String(port)}`;
    const env = { ...project.env, PUBSUB_EMULATOR_HOST: `127.0.0.1:${String(brokerPort)}` };
    const first = await listening([input], env);
    const socket = await connected({ host: '127.0.0.1', port });
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${String(n)} ${'x'.repeat(100)}`);
    socket.write(`${lines.join('\n')}\n`);
    await expect
      .poll(() => first.counter('spooled_bytes'), { timeout: 30_000 })
      .toBeGreaterThan(20_000 * 110);
    await expect.poll(() => spooledLines(folder), { timeout: 30_000 }).toBe(20_000);
    await first.stop('SIGKILL');
    socket.destroy();
    const broker = await startBroker({ port: brokerPort });
    onTestFinished(() => broker.close());
    const second = await listening([input], env);
    await expect
      .poll(() => broker.published(project.clients.topicName(NAMES.topic)), { timeout: 30_000 })
      .toBe(20_000);
    const { status, stdout, stderr } = await second.stop();
    expect(stderr).toContain('bytes that an earlier run has left are sent first');
    expect(stdout).toContain('20,000 entries = 20,000 sent + 0 refused');
    expect(status).toBe(0);
    expect(await spooledLines(folder)).toBe(0);
  });

  it('takes datagrams of syslog, each a message', async () => {
    const port = await freePort();
    const agent = await listening([`udp-listen://127.0.0.1:${String(port)}`]);
    const socket = createSocket('udp4');
    onTestFinished(() => {
      socket.close();
    });
    const message = '<34>1 2026-11-05T13:45:00Z db-7 su 123 - - hello\nthere\n';
    const send = () => {
      socket.send(message, port, '127.0.0.1');
    };
    await expect
      .poll(async () => {
        send();
        return agent.counter('datagrams');
      })
      .toBeGreaterThan(0);
    const [entry] = await entries(1);
    expect(entry).toMatchObject({ serviceName: 'su', severity: 'fatal', payload: message.trimEnd() });
    expect(JSON.parse(entry?.tags ?? '')).toMatchObject({ host: 'db-7', peer: '127.0.0.1' });
    expect((await agent.stop()).status).toBe(0);
  });

  it('has a socket at a path, for everybody, also where one was left behind', async () => {
    const path = join(folder, 'log.sock');
    const left = createServer().listen(path);
    await once(left, 'listening');
    const first = await lms(['agent', `unix://${path}`], project.env);
    expect(first.stderr).toContain(`cannot listen at ${path}: another program listens there`);
    expect(first.status).toBe(16);
    left.close();
    await once(left, 'close');
    // Somebody was killed who had it.
    const orphan = startLms(['agent', `unix://${path}`, '--spool', '0'], project.env);
    await connected({ path });
    await orphan.stop('SIGKILL');
    expect((await stat(path)).isSocket()).toBe(true);

    const agent = await listening([`unix://${path}`]);
    const socket = await connected({ path });
    expect((await stat(path)).mode & 0o777).toBe(0o666);
    socket.end('<13>by a path\0');
    expect(payloads(await entries(1))).toEqual(['<13>by a path']);
    expect((await agent.stop()).status).toBe(0);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it.runIf(logger !== undefined)('is spoken to by logger, by datagram, connection and path', async () => {
    const [tcp, udp, path] = [await freePort(), await freePort(), join(folder, 'log.sock')];
    await listening([
      ...[`tcp-listen://127.0.0.1:${String(tcp)}`, `udp-listen://127.0.0.1:${String(udp)}`],
      ...[`unix://${path}`, '--spool', '0'],
    ]);
    await connected({ path });
    await connected({ host: '127.0.0.1', port: tcp });
    const say = (args: readonly string[], text: string) =>
      promisify(execFile)(logger ?? '', ['-t', 'cron', '-p', 'user.err', ...args, text]);
    await say(['-n', '127.0.0.1', '-P', String(tcp), '-T'], 'by tcp');
    await say(['-n', '127.0.0.1', '-P', String(tcp), '-T', '--octet-count'], 'by tcp, counted');
    await say(['-n', '127.0.0.1', '-P', String(udp), '-d'], 'by udp');
    await say(['-u', path], 'by a path');
    const found = await entries(4);
    expect(found.map(({ payload }) => /by .*/.exec(payload)?.[0]).toSorted()).toEqual([
      'by a path',
      'by tcp',
      'by tcp, counted',
      'by udp',
    ]);
    for (const { serviceName, severity } of found) expect([serviceName, severity]).toEqual(['cron', 'error']);
  });

  it('says that an address cannot be had', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${String(portOf(server))}`;
    const { status, stderr } = await lms(['agent', `tcp-listen://${address}`, '--spool', '0'], project.env);
    expect(stderr).toContain(`cannot listen at ${address}: another program listens there`);
    expect(status).toBe(16);
    server.close();
    const endless = await lms(['agent', `tcp-listen://${address}`, '--once'], project.env);
    expect(endless.stderr).toContain('--once is for what has an end');
  });
});

describe('an agent that connects', () => {
  it('connects again when a connection ends, if it is told to', async () => {
    const port = await freePort();
    const agent = await listening([`tcp://127.0.0.1:${String(port)}`, '--reconnect']);
    const said = ['first', 'second', 'third'];
    const server = createServer((socket) => {
      const text = said.shift();
      if (text !== undefined) socket.end(`${text}\n`);
    }).listen(port, '127.0.0.1');
    onTestFinished(() => {
      server.close();
    });
    expect(payloads(await entries(3))).toEqual(['first', 'second', 'third']);
    expect((await agent.stop()).status).toBe(0);
  });

  it('keeps in its spool what it has read, if it is told to, and needs the state for that alone', async () => {
    const path = join(folder, 'not-a-directory');
    await writeFile(path, '');
    const without = await lms(['agent', '-', '--state', path], project.env, 'a\n');
    expect(without.status).toBe(0);
    const withSpool = await lms(['agent', '-', '--state', path, '--spool', '10MB'], project.env, 'a\n');
    expect(withSpool.stderr).toContain('(STATE)');
    const good = await lms(
      ['agent', '-', '--state', join(folder, 'state'), '--spool', '10MB'],
      project.env,
      'b\n',
    );
    expect(good.stdout).toContain('1 entry = 1 sent');
    expect(payloads(await entries(2))).toEqual(['a', 'b']);
  });
});

/** Lines that are on the disk and not confirmed. */
async function spooledLines(directory: string): Promise<number> {
  const spool = join(directory, 'state', 'spool');

  let lines = 0;
  for (const name of await readdir(spool, { recursive: true })) {
    if (!name.endsWith('.spool')) continue;
    const { batches } = readRecords(await readFile(join(spool, name)));
    lines += batches.reduce((sum, { counts }) => sum + counts.lines, 0);
  }
  return lines;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
