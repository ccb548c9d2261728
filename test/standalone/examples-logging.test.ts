import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { type RunningLms, startLms } from '../cli/lms.ts';
import { obstacleToRsyslog, startRsyslogWith } from '../support/rsyslog.ts';
import { type Ground, onSqlite } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE = { timeout: 30_000 };

const noRsyslog = await obstacleToRsyslog();
if (noRsyslog !== undefined) process.stderr.write(`rsyslog is not tested here. ${noRsyslog}\n`);

let broker: Broker;
let ground: Ground;
let server: ServeProcess;
let worker: RunningLms;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [broker, ground] = await Promise.all([startBroker(), onSqlite([])]);
  const settings = {
    DATABASE_URL: ground.url,
    PUBSUB_EMULATOR_HOST: `${broker.host}:${broker.port}`,
    FLUSHINTERVAL: '0.2',
    METADATA_SERVER_DETECTION: 'none',
  };
  worker = startLms(['mon'], settings);
  server = await startServe(settings, [], { ofTest: false });
  env = { PATH: `${ROOT}node_modules/.bin:${process.env['PATH'] ?? ''}`, LMS_URL: server.url };
});
afterAll(async () => {
  await Promise.all([server.stop(), worker.stop()]);
  await broker.close();
  await ground[Symbol.asyncDispose]();
});

interface Stored {
  readonly payload: string;
  readonly severity: string;
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** The entries of a service in their order, once there are `count`. */
async function stored(service: string, count: number): Promise<readonly Stored[]> {
  let entries: readonly Stored[] = [];
  await expect
    .poll(async () => {
      const response = await server.get(`/api/v1/entries?q=service:${service}&order=oldest`);
      ({ entries } = (await response.json()) as { entries: readonly Stored[] });
      return entries.length;
    }, PATIENCE)
    .toBe(count);
  return entries;
}

/** The command that the head of an example shows, with the settings in front of it left to `env`. */
async function commandOf(file: string): Promise<string> {
  const head = (await readFile(`${ROOT}examples/${file}`, 'utf8')).slice(0, 600);
  const command = /^(?:\/\/ +|# +)?((?:[A-Z_]+=\S+ )*)((?:node|python3) examples\/\S+)$/m.exec(head)?.[2];
  expect(command).toContain(`examples/${file}`);
  return command ?? '';
}

async function run(file: string, further: Readonly<Record<string, string>> = {}) {
  const options = { cwd: ROOT, env: { ...env, ...further } };
  return promisify(execFile)('sh', ['-c', await commandOf(file)], options);
}

describe('programs that log', () => {
  it('pino.ts', async () => {
    expect(await run('pino.ts')).toEqual({ stdout: '', stderr: '' });
    const [charged, failed] = await stored('billing', 2);
    const request = 'r-4711';
    expect(charged).toMatchObject({
      payload: 'charged',
      severity: 'info',
      tags: { level: 'audit', request },
    });
    expect(charged?.tags?.['card']).toEqual({ number: '[Redacted]', brand: 'visa' });
    expect(failed).toMatchObject({ payload: 'refund failed', severity: 'error', tags: { request } });
    expect(JSON.stringify(failed?.tags)).toContain('caused by: Error: ECONNRESET');
  });

  it('publisher.ts, straight to Pub/Sub', async () => {
    const toTopic = {
      PUBSUB_TOPIC: 'log-topic',
      PUBSUB_EMULATOR_HOST: `${broker.host}:${broker.port}`,
      LMS_URL: '',
    };
    expect(await run('publisher.ts', toTopic)).toEqual({
      stdout: '3 confirmed, 0 on their way\n',
      stderr: '',
    });
    expect((await stored('import', 3)).map(({ payload }) => payload)).toEqual([
      'row 1 read',
      'row 2 read',
      'row 3 read',
    ]);
  });

  it('winston.ts', async () => {
    expect(await run('winston.ts')).toMatchObject({ stderr: '' });
    expect(await stored('mailer', 1)).toMatchObject([
      { payload: 'queue is long', severity: 'warn', tags: { waiting: 1_200 } },
    ]);
  });

  it('python_logging.py', async () => {
    expect(await run('python_logging.py')).toEqual({ stdout: '', stderr: '' });
    const entries = await stored('reports', 3);
    expect(entries.map(({ payload, severity }) => [payload, severity])).toEqual([
      ['report daily started', 'info'],
      ['report failed', 'error'],
      ['done', 'info'],
    ]);
    expect(JSON.stringify(entries[1]?.tags)).toContain('ZeroDivisionError');
  });

  it.each([
    ['fastify.ts', 'shop', ['incoming request', 'cart opened', 'request completed']],
    ['express.ts', 'shop-express', [expect.stringMatching(/^GET \/cart\/7 200 \d+ms$/)]],
  ])('%s: a request is in the access log', async (file, service, payloads) => {
    const [program = '', ...args] = (await commandOf(file)).split(' ');
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const response = await fetch(`${String(line).trim()}/cart/7`, { headers: { connection: 'close' } });
    expect(await response.json()).toEqual({ id: '7' });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await expect
      .poll(async () => {
        const found = await server.get(`/api/v1/entries?q=service:${service}&order=oldest`);
        const { entries } = (await found.json()) as { entries: readonly Stored[] };
        return entries.map(({ payload }) => payload);
      }, PATIENCE)
      .toEqual(expect.arrayContaining(payloads));
  });
});

describe('programs that forward', () => {
  if (noRsyslog === undefined)
    it('rsyslog.conf', async () => {
      const { hostname, port } = new URL(server.url);
      const config = await readFile(`${ROOT}examples/rsyslog.conf`, 'utf8');
      await using rsyslog = await startRsyslogWith(config, {
        LMS_HOST: hostname,
        LMS_PORT: port,
        LMS_TOKEN: 'lms_t',
      });
      await rsyslog.log(['disk "a" is full \\', 'größe 😀']);
      expect(await stored('app', 2)).toMatchObject([
        { payload: 'disk "a" is full \\', severity: 'warn' },
        { payload: 'größe 😀', severity: 'warn' },
      ]);
    });
});
