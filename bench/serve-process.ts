import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { connectPubSub, type PubSubClients } from '../src/pubsub/client.ts';
import { ensureTopology } from '../src/pubsub/topology.ts';
import { freePort } from '../test/support/ports.ts';
import { NAMES } from '../test/support/topology.ts';
import { type LmsProcess, startLms } from './lms-process.ts';
import type { Stage } from './stage.ts';
import { until } from './waiting.ts';

/** A running `lms serve`. */
export interface ServeProcess extends LmsProcess {
  readonly url: string;
}

/** Starts the built one on a free port of this machine, with these settings; without jobs, which would be measured too. */
export async function startServe(stage: Stage, env: Readonly<Record<string, string>>): Promise<ServeProcess> {
  const port = await freePort();
  const directory = await mkdtemp(join(stage.directory, 'serve-'));
  const all = { LOG_LEVEL: 'warn', JOBS: 'none', SERVE_PORT: String(port), ...env };
  const server = startLms(['serve', '--no-create'], { env: all, directory });
  const url = `http://127.0.0.1:${port}`;
  const answers = async () => (await fetch(`${url}/livez`).catch(() => undefined))?.ok === true;
  await until('lms serve to answer', answers, 20);
  return { ...server, url };
}

/** A server that shows live what is published to a topic of its own. */
export interface LiveServe extends ServeProcess {
  readonly clients: PubSubClients;
  /** Ends it, and removes what it was on. */
  readonly end: () => Promise<void>;
}

let projects = 0;

/** Starts one on empty tables. */
export async function startLiveServe(stage: Stage): Promise<LiveServe> {
  const projectId = `bench-live-${(projects += 1)}`;
  const clients = await connectPubSub({ projectId, emulatorHost: stage.broker.address });
  await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
  await stage.broker.release();
  const database = await stage.database.fresh();
  const server = await startServe(stage, {
    DATABASE_URL: database.url,
    PUBSUB_EMULATOR_HOST: stage.broker.address,
    PUBSUB_PROJECT_ID: projectId,
  });
  const end = async () => {
    await server.stop();
    await clients.close();
    await database.drop();
  };
  return { ...server, clients, end };
}
