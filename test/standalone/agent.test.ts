import { once } from 'node:events';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decode } from '../../src/logs/decode.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { lms, startLms } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { freePort } from '../support/ports.ts';
import { NAMES, receive } from '../support/topology.ts';

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

function agent(args: readonly string[], input = '') {
  return lms(['agent', '--state', join(folder, 'state'), ...args], project.env, input);
}

function access(n: number, status = 200): string {
  return `23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/${String(n)} HTTP/1.0" ${String(status)} 97`;
}

const linesOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `${access(from + n)}\n`).join('');

/** What a worker makes of what was published. */
async function entries(count: number): Promise<LogEntry[]> {
  const messages = await receive(project.clients, NAMES.subscription, count);
  return messages.map(({ data }) => {
    const publishTime = { seconds: 0, nanos: 0 };
    const message = { messageId: 'm', publishTime, data: Buffer.from(data ?? ''), attributes: {} };
    return decode(message) as LogEntry;
  });
}

const payloads = (found: readonly LogEntry[]) => found.map(({ payload }) => payload).toSorted();

describe('lms agent', () => {
  it('sends the lines of a file, once, with what they say and where they come from', async () => {
    const path = join(folder, 'access.log');
    await writeFile(path, `${linesOf(3)}${access(9, 503)}\n`);
    const args = [
      path,
      '--once',
      '--service',
      'shop',
      '--host',
      'web-1',
      '--tag',
      'env=test',
      '--name',
      'a1',
    ];
    const { status, stdout } = await agent(args);
    expect(stdout).toMatch(/^4 lines = 4 read \+ 0 kept as text .*\n4 entries = 4 sent \+ 0 refused\nin /);
    expect(status).toBe(0);
    const found = await entries(4);
    expect(payloads(found)).toEqual([access(0), access(1), access(2), access(9, 503)].toSorted());
    const [error] = found.filter(({ severity }) => severity === 'error');
    expect(error).toMatchObject({ serviceName: 'shop', timestamp: '2000-07-18 02:12:31.000000' });
    expect(JSON.parse(error?.tags ?? '')).toEqual({
      ...{ agent: 'a1', env: 'test', host: 'web-1', file: path },
      ...{ ip: '23.59.50.157', user: 'annstewart', method: 'POST', path: '/photos/9', section: '/photos' },
      ...{ code: 503, bytes: 97, protocol: 'HTTP/1.0' },
    });
    expect((await agent(args)).stdout).toMatch(/^0 lines = /);
    await appendFile(path, linesOf(1, 50));
    expect((await agent(args)).stdout).toMatch(/^1 line = /);
    expect(project.published(NAMES.topic)).toBe(5);
  });

  it('counts everything that it did not make an entry of, and keeps what is of another format as text', async () => {
    const path = join(folder, 'mixed.log');
    await writeFile(path, `${linesOf(60)}\nno access line\n \n`);
    const { stdout } = await agent([path, '--once', '--json']);
    const sum = JSON.parse(stdout) as Record<string, unknown>;
    expect(sum).toMatchObject({
      lines: 63,
      read: 60,
      unparsed: 1,
      joined: 0,
      leftOut: 2,
      entries: 61,
      sent: 61,
    });
    expect(sum['inputs']).toMatchObject([{ input: path, state: 'ended', format: 'access', lines: 63 }]);
    const text = (await entries(61)).find(({ payload }) => payload === 'no access line');
    expect(JSON.parse(text?.tags ?? '')).toMatchObject({ parse_error: 'access', host: hostname() });
  });

  it('says at the end what a few lines look like, though they are too few to tell', async () => {
    const path = join(folder, 'short.log');
    await writeFile(path, linesOf(2));
    const { stdout, stderr } = await agent([path, '--once', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ inputs: [{ lines: 2, format: 'access' }] });
    expect(stderr).toContain('"format":"access"');
  });

  it('reads the CSV of an HTTP monitor, header first, at the time that its lines say', async () => {
    const path = join(folder, 'sample.csv');
    const header = '"remotehost","rfc931","authuser","date","request","status","bytes"\n';
    const line = '"10.0.0.1","-","apache",1549574332,"GET /api/user HTTP/1.0",200,1234\n';
    await writeFile(path, header + line.repeat(3));
    const { stdout } = await agent([path, '--once']);
    expect(stdout).toContain('4 lines = 3 read + 0 kept as text + 0 joined to others + 1 left out');
    const { stdout: piped } = await agent(['-'], header + line);
    expect(piped).toContain('2 lines = 1 read + 0 kept as text + 0 joined to others + 1 left out');
    const [first] = await entries(4);
    expect(first?.timestamp).toBe('2019-02-07 21:18:52.000000');
    expect(JSON.parse(first?.tags ?? '')).toMatchObject({
      section: '/api',
      user: 'apache',
      code: 200,
      bytes: 1234,
    });
  });

  it('reads several inputs at once, standard input among them, and joins stack traces if told to', async () => {
    const path = join(folder, 'app.log');
    await writeFile(path, 'Error: lost\n    at f (x.js:1:2)\n    at g (x.js:3:4)\n');
    const { stdout } = await agent([path, '-', '--once', '--multiline', 'auto'], 'piped\n');
    expect(stdout).toContain('4 lines = 2 read + 0 kept as text + 2 joined to others');
    expect(stdout).toMatch(/^- +ended/m);
    expect(payloads(await entries(2))).toEqual([
      'Error: lost\n    at f (x.js:1:2)\n    at g (x.js:3:4)',
      'piped',
    ]);
  });

  it('connects to a server of lines, and reads until that closes, wherever the lines were cut', async () => {
    const text = linesOf(5_000);
    const server = await serverOf(async (socket) => {
      for (let start = 0; start < text.length; start += 1_013) {
        socket.write(text.slice(start, start + 1_013));
        if (start % 5 === 0) await new Promise(setImmediate);
      }
      socket.end();
    });
    const { stdout, status } = await agent([
      `tcp://127.0.0.1:${String(portOf(server))}`,
      '--format',
      'access',
    ]);
    server.close();
    expect(stdout).toContain('5,000 entries = 5,000 sent + 0 refused');
    expect(status).toBe(0);
    expect(payloads(await entries(5_000))).toEqual(linesOf(5_000).trimEnd().split('\n').toSorted());
  });

  it('says that nobody is there to connect to', async () => {
    const { stderr, status } = await agent([`tcp://127.0.0.1:${String(await freePort())}`]);
    expect(stderr).toContain('ECONNREFUSED');
    expect(status).toBe(13);
  });

  it('waits for a broker that is away, and loses nothing', async () => {
    const port = await freePort();
    const path = join(folder, 'x.log');
    await writeFile(path, linesOf(100));
    const env = {
      ...project.env,
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${String(port)}`,
      HEALTH_PORT: String(await freePort()),
    };
    const running = startLms(['agent', path, '--once', '--state', join(folder, 'state')], env);
    const ready = () => fetch(`http://127.0.0.1:${env.HEALTH_PORT}/readyz`).then((answer) => answer.status);
    await expect.poll(() => ready().catch(() => 0), { timeout: 40_000 }).toBe(503);
    const broker = await (await import('../../src/broker/broker.ts')).startBroker({ port });
    const { status, stdout } = await running.ended;
    expect(stdout).toContain('100 entries = 100 sent + 0 refused');
    expect(status).toBe(0);
    expect(broker.published(project.clients.topicName(NAMES.topic))).toBe(100);
    await broker.close();
  });

  it('follows a file until it is told to stop, with metrics meanwhile', async () => {
    const path = join(folder, 'x.log');
    await writeFile(path, linesOf(60));
    const port = await freePort();
    const running = startLms(['agent', path, '--state', join(folder, 'state')], {
      ...project.env,
      HEALTH_PORT: String(port),
    });
    await expect.poll(() => project.published(NAMES.topic)).toBe(60);
    await appendFile(path, linesOf(5, 60));
    await expect.poll(() => project.published(NAMES.topic)).toBe(65);
    const metrics = () => fetch(`http://127.0.0.1:${String(port)}/metrics`).then((answer) => answer.text());
    await expect.poll(metrics).toContain(`lms_agent_entries_total{input="${path}",outcome="sent"} 65`);
    expect(await metrics()).toContain(`lms_agent_lag_bytes{input="${path}"} 0`);
    const { status, stdout, stderr } = await running.stop();
    expect(stdout).toContain('65 entries = 65 sent + 0 refused');
    expect(stderr).toContain('"format":"access"');
    expect(status).toBe(0);
  });

  it('sends as far apart as the log says, by a factor', async () => {
    const path = join(folder, 'paced.log');
    const line = (second: number) => `2026-11-05T13:45:${String(second).padStart(2, '0')}.000Z line\n`;
    await writeFile(path, line(0) + line(20) + line(40));
    const startMs = performance.now();
    const { stdout } = await agent([path, '--once', '--pace', '--speed', '20']);
    expect(performance.now() - startMs).toBeGreaterThan(1_950);
    expect(stdout).toContain('3 entries = 3 sent');
  });
});

describe('lms agent, called in a wrong way', () => {
  it.each([
    [[], 'name an input'],
    [['--speed', '3', '-'], '--speed is for --pace'],
    [['http://x'], 'There is no http://'],
    [['-', '--tag', 'x'], 'name=value'],
    [['-', '--format', 'acess'], 'It should be one of auto, access'],
    [['-', '--multiline', '(a+)+'], 'it should not repeat'],
    [['-', '--zone', 'Mars/Olympus'], 'Europe/Berlin'],
    [['-', '--flush-partial', 'soon'], '5s, 500ms'],
    [['-', '--spool', 'much'], '1GB'],
    [['-', '--url', 'ftp://x'], 'It should be the URL of an `lms serve`'],
  ])('%j: %s', async (args, message) => {
    const { status, stderr } = await agent(args);
    expect(stderr).toContain(message);
    expect(status).toBe(1);
  });

  it('says all mistakes of a file at once, each with its line', async () => {
    const path = join(folder, 'agent.yaml');
    await writeFile(path, 'inputs:\n  - input: tcp://nowhere\n  - input: /x\n    formt: json\n');
    for (const args of [
      ['--config', path],
      ['check', path],
    ]) {
      const { status, stderr } = await lms(['agent', ...args], project.env);
      expect(stderr).toContain(`lms: ${path} has 2 mistakes\nlms: ${path}:2:12: input: `);
      expect(stderr).toContain(`\nlms: ${path}:4:5: There is no option formt. Is it format?\n`);
      expect(status).toBe(33);
    }
    expect((await lms(['agent', 'check', '/nonexistent.yaml'], project.env)).stderr).toContain(
      'cannot read /nonexistent.yaml: it is not there',
    );
  });
});

describe('lms agent check', () => {
  it('says which files would be read, as what, and how that looks', async () => {
    await writeFile(join(folder, 'access.log'), linesOf(60));
    await writeFile(join(folder, 'app.log'), '{"level":50,"time":1793886300123,"msg":"lost"}\nno json\n');
    const path = join(folder, 'agent.yaml');
    const yaml = `service: shop\ninputs:\n  - ${folder}/a*.log\n  - input: ${folder}/app.log\n    format: json\n  - ${folder}/none\n`;
    await writeFile(path, yaml);
    const { status, stdout } = await lms(['agent', 'check', path]);
    expect(status).toBe(0);
    expect(stdout).toContain(`${folder}/a*.log  (service shop, host ${hostname()}, agent=${hostname()})\n`);
    expect(stdout).toMatch(/access\.log {2}5\.\d KiB {2}access \(100% of the first 50 lines\)\n/);
    expect(stdout).toMatch(/app\.log {2}55 B {2}mixed \(50% of the first 2 lines\)\n/);
    expect(stdout).toMatch(/app\.log {2}55 B {2}json, 1 of 2 events do not fit and are kept as text\n/);
    expect(stdout).toContain('    2026-11-05 13:45:00.123000  error  shop  lost\n');
    expect(stdout).toContain(`app.log is read by ${folder}/a*.log, which is named before it\n`);
    expect(stdout).toContain('note: there is no file yet: it is waited for\n');
    const { stdout: json } = await lms(['agent', 'check', path, '--json', '-n', '0']);
    expect(json.trimEnd().split('\n')).toHaveLength(3);
    expect(JSON.parse(json.split('\n')[1] ?? '')).toMatchObject({
      input: `${folder}/app.log`,
      found: 1,
      files: [{ bytes: 55, format: 'json', misfits: 1, events: 2, samples: [] }],
    });
    expect(project.published(NAMES.topic)).toBe(0);
  });

  it('ends with a failure if a file cannot be read', async () => {
    const path = join(folder, 'agent.yaml');
    await writeFile(path, `inputs: [${folder}/broken.gz]\n`);
    await writeFile(join(folder, 'broken.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    const { status, stdout } = await lms(['agent', 'check', path]);
    expect(stdout).toContain('cannot be read: ');
    expect(status).toBe(33);
  });
});

async function serverOf(serve: (socket: Socket) => Promise<void>): Promise<Server> {
  const server = createServer((socket) => void serve(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
