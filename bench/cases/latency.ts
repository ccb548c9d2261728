import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import type { Database } from '../database.ts';
import { startLms } from '../lms-process.ts';
import type { Case, Sample, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { usageOf } from '../usage.ts';
import { until } from '../waiting.ts';

const NAMES = {
  topic: 'log-topic',
  subscription: 'log-sub',
  deadLetterTopic: 'log-topic-dead-letter',
  deadLetterSubscription: 'log-sub-dead-letter',
};
/** What the first seconds bring is not counted: code that is not compiled yet, statements not prepared. */
const WARM_UP_SHARE = 0.3;

export interface LatencyOptions {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly batchSize: number;
  readonly group?: string;
  readonly name?: string;
  /** Name of the case that it is measured against. */
  readonly against?: string;
  readonly targets?: readonly Target[];
  /** Starts something else on the same tables, which leaves no rows of its own when it is stopped. */
  readonly beside?: (database: Database) => Promise<{ stop(): Promise<void> }>;
}

/** `lms sim` at a steady rate, `lms mon` behind it: how old a message is when its row is written. */
export function latencyCase(stage: Stage, options: LatencyOptions): Case {
  const { ratePerSecond, batchSize, group = 'latency', against, targets } = options;
  const {
    name = `${ratePerSecond.toLocaleString('en-US')} a second, batches of ${batchSize.toLocaleString('en-US')}`,
  } = options;
  return {
    group,
    name,
    unit: 'messages/s',
    against: against === undefined ? [] : [against],
    ...(targets && { targets }),
    run: () => runSteadily(stage, options),
  };
}

let projects = 0;

async function runSteadily(stage: Stage, options: LatencyOptions): Promise<Sample> {
  const { ratePerSecond, seconds, batchSize } = options;
  const database = await stage.database.fresh();
  const projectId = `bench-latency-${(projects += 1)}`;
  const clients = await connectPubSub({ projectId, emulatorHost: stage.broker.address });
  await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
  const subscription = clients.subscriptionName(NAMES.subscription);
  await clients.close();
  const env = { PUBSUB_EMULATOR_HOST: stage.broker.address, PUBSUB_PROJECT_ID: projectId };
  const directory = await mkdtemp(join(stage.directory, 'latency-'));
  await stage.broker.release();
  const workerEnv = { ...env, DATABASE_URL: database.url, BATCHSIZE: String(batchSize) };
  const worker = startLms(['mon'], { env: workerEnv, directory });
  await until('the worker', async () => (await stage.broker.subscription(subscription)).consumers === 1, 20);
  const other = await options.beside?.(database);
  const before = usageOf(worker.pid);
  const messages = ratePerSecond * seconds;
  const startMs = performance.now();
  const rate = ['--rate', String(ratePerSecond), '--count', String(messages)];
  await startLms(['sim', ...rate], { env, directory }).ended;
  await until('the acks', async () => (await stage.broker.subscription(subscription)).acked >= messages, 20);
  const tookMs = performance.now() - startMs;
  const after = usageOf(worker.pid);
  await worker.stop();
  await other?.stop();
  const delays = await delaysOf(database, messages);
  await database.drop();
  const cpuMicros = ((after.cpuMs - before.cpuMs) * 1000) / messages;
  return { value: (messages * 1000) / tookMs, cpuMicros, peakRssBytes: after.peakRssBytes, ...delays };
}

async function delaysOf(database: Database, messages: number): Promise<{ p50Ms: number; p99Ms: number }> {
  await database.requireRows(messages);
  const skipped = Math.floor(messages * WARM_UP_SHARE);
  const counted = messages - skipped;
  const at = (share: number) =>
    database.value(`SELECT delay / 1000 AS value FROM (
      SELECT TIMESTAMPDIFF(MICROSECOND, \`timestamp\`, created_at) AS delay FROM (
        SELECT \`timestamp\`, created_at FROM db.service_logs ORDER BY \`timestamp\` DESC LIMIT ${counted}
      ) AS warm) AS delays ORDER BY delay LIMIT ${Math.floor(counted * share)}, 1`);
  return { p50Ms: await at(0.5), p99Ms: await at(0.99) };
}
