import { expect, vi } from 'vitest';
import { runServer } from '../../src/app/run-server.ts';
import { runWorker } from '../../src/app/run-worker.ts';
import { loadSettings, type Settings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/sources.ts';
import type { Ledger } from '../../src/pipeline/ledger.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { scratchDatabase } from '../cli/scratch-database.ts';
import { brokerProject } from './broker-project.ts';
import { uniqueName } from './names.ts';
import { freePort } from './ports.ts';
import { RecordingLog } from './recording-log.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };

/** A line of our own format; without an `event_id` it gets one, without a time that of its publish. */
export interface Line {
  readonly event_id?: string;
  readonly timestamp?: string;
  readonly [field: string]: unknown;
}

/** Broker, worker, SQLite file and server in this process, as `lms dev` has them. */
export interface WebServer extends AsyncDisposable {
  /** With a slash at its end; the same after a restart. */
  readonly url: string;
  /** What the server has to say. */
  readonly log: RecordingLog;
  /** Publishes to the topic. */
  publish(lines: readonly Line[]): Promise<void>;
  /** The same, and waits until the worker has stored them. Nothing else may be published meanwhile. */
  store(lines: readonly Line[]): Promise<void>;
  /** Makes a token, where there is a `ROOT_TOKEN`, and returns its secret. */
  token(wish: {
    readonly services?: readonly string[];
    readonly scopes?: readonly string[];
  }): Promise<string>;
  /** Stops the server; worker and broker work on. */
  stop(): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
}

/** Starts them; `env` changes settings. The worker flushes ten times a second, and there are no jobs. */
export async function startWebServer(env: Environment = {}): Promise<WebServer> {
  const project = await brokerProject();
  const database = scratchDatabase();
  const whole = {
    DATABASE_URL: database.url,
    SERVE_PORT: String(await freePort()),
    FLUSHINTERVAL: '0.1',
    SHUTDOWN_TIMEOUT: '2',
    JOBS: 'none',
    ...project.env,
    ...env,
  };
  const { settings } = loadSettings({ flags: {}, env: whole, dotenvPath: undefined });
  const log = new RecordingLog();
  const worker = await startWorker(settings);
  let server = await startServer(settings, log);
  const { url } = server;
  const publisher = new TopicPublisher(project.clients, settings.topic);
  const publish = async (lines: readonly Line[]) => {
    await publisher.publish(lines.map(messageOf));
  };
  return {
    url,
    log,
    publish,
    async store(lines) {
      const before = worker.settled();
      await publish(lines);
      await vi.waitFor(() => {
        expect(worker.settled()).toBe(before + lines.length);
      }, PATIENCE);
    },
    token: (wish) => makeToken(url, env['ROOT_TOKEN'], wish),
    stop: () => server.stop(),
    async start() {
      server = await startServer(settings, log);
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await worker.stop();
      await project[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}

function messageOf({ event_id = uniqueName('event'), ...line }: Line) {
  return { data: Buffer.from(JSON.stringify(line)), attributes: { event_id } };
}

/** A worker that receives; `settled`: how many messages it is done with. */
async function startWorker(settings: Settings) {
  const stop = new AbortController();
  const { promise: begun, resolve: begin } = Promise.withResolvers<Ledger>();
  const running = runWorker({
    settings,
    create: true,
    log: new RecordingLog(),
    stop: stop.signal,
    started: begin,
    ended: () => undefined,
  });
  const ledger = await Promise.race([begun, running.then(() => Promise.reject(new Error('it has ended')))]);
  return {
    settled: () => ledger.stored + ledger.duplicates + ledger.deadLettered,
    stop: () => {
      stop.abort();
      return running;
    },
  };
}

async function startServer(settings: Settings, log: RecordingLog) {
  const stop = new AbortController();
  const { promise: begun, resolve: begin } = Promise.withResolvers<string>();
  const running = runServer({
    settings,
    create: true,
    log,
    stop: stop.signal,
    started: ({ url }) => {
      begin(url);
    },
  });
  const url = await Promise.race([begun, running.then(() => Promise.reject(new Error('it has ended')))]);
  return {
    url: `${url}/`,
    stop: () => {
      stop.abort();
      return running;
    },
  };
}

async function makeToken(
  url: string,
  rootToken: string | undefined,
  { services, scopes = ['read'] }: Parameters<WebServer['token']>[0],
): Promise<string> {
  const answer = await fetch(new URL('api/v1/tokens', url), {
    method: 'POST',
    headers: { authorization: `Bearer ${rootToken ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'a test', scopes, services }),
  });
  const body: unknown = await answer.json();
  if (typeof body === 'object' && body !== null && 'secret' in body) return String(body.secret);
  throw new Error(`there is no token: ${JSON.stringify(body)}`);
}
