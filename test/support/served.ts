import { vi } from 'vitest';
import { lms, type RunningLms, startLms } from '../cli/lms.ts';
import { scratchDatabase } from '../cli/scratch-database.ts';
import { freePort } from './ports.ts';
import { type ServeProcess, startServe } from './serve-process.ts';
import { freshProject, NAMES } from './topology.ts';

/** A token that may do everything. */
export const TOKEN = 'a-token-of-a-test-alone';
const PATIENCE = { timeout: 20_000, interval: 50 };

/** A worker and a server on a project and an SQLite file of their own, as processes. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly worker: RunningLms;
  /** Kills the server, as the kernel would. */
  kill(): Promise<void>;
  /** Starts it again, at the same address. */
  restart(): Promise<void>;
  /** Publishes lines of our own format without the server. */
  publish(lines: readonly object[]): Promise<void>;
}

/** Rows are written every `flushSeconds`; pages of `corsOrigins` may ask the server. */
export async function openServed(
  emulatorHost: string,
  {
    flushSeconds = 0.5,
    corsOrigins = '',
  }: { readonly flushSeconds?: number; readonly corsOrigins?: string } = {},
): Promise<Served> {
  const clients = await freshProject(emulatorHost);
  const database = scratchDatabase();
  const env = {
    PUBSUB_EMULATOR_HOST: emulatorHost,
    PUBSUB_PROJECT_ID: clients.projectId,
    DATABASE_URL: database.url,
    METADATA_SERVER_DETECTION: 'none',
    ROOT_TOKEN: TOKEN,
    ...(corsOrigins !== '' && { CORS_ORIGINS: corsOrigins }),
  };
  const worker = startLms(['mon', '--flush-interval', String(flushSeconds)], env);
  const subscription = clients.subscriptionName(NAMES.subscription);
  await vi.waitFor(() => clients.subscriber().getSubscription({ subscription }), PATIENCE);
  const port = String(await freePort());
  const start = () => startServe(env, ['--serve-port', port], { ofTest: false });
  let server: ServeProcess = await start();
  return {
    url: server.url,
    worker,
    async kill() {
      await server.stop('SIGKILL');
    },
    async restart() {
      server = await start();
    },
    async publish(lines) {
      const { status, stderr } = await lms(
        ['pub', '--file', '-'],
        env,
        lines.map((line) => JSON.stringify(line)).join('\n'),
      );
      if (status !== 0) throw new Error(stderr);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([server.stop(), worker.stop()]);
      database[Symbol.dispose]();
      await clients.close();
    },
  };
}
