import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backlog } from '../backlog.ts';
import type { Database } from '../database.ts';
import { type LmsOptions, type LmsProcess, startLms } from '../lms-process.ts';
import { measured } from '../measure.ts';
import { distinctRows, type MessageSet, USUAL } from '../messages.ts';
import type { Reader } from '../reader-process.ts';
import type { Case, Sample, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { childrenOf } from '../usage.ts';
import { until } from '../waiting.ts';
import { limitName as databaseLimit } from './database-limit.ts';
import { limitName as transportLimit } from './transport-limit.ts';

/** How the workers of a case differ from the usual: one worker, default settings, 200-byte messages. */
export interface WorkerVariant {
  readonly name: string;
  readonly group?: string;
  readonly set?: MessageSet;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** As in `Stretch`: for runs whose last batch is not full and waits for its interval. */
  readonly share?: number;
  /** Name of the case it is measured against, if not the two limits. */
  readonly against?: string;
  readonly targets?: readonly Target[];
  readonly nodeOptions?: readonly string[];
  /** Changes the tables before anything is written to them. */
  readonly prepare?: (database: Database) => Promise<void>;
  /** Starts whoever asks the same tables meanwhile. */
  readonly beside?: (database: Database) => Promise<Reader>;
  /** Another program than the built one of this checkout. */
  readonly program?: string;
}

/** The real `lms mon`, from the broker's backlog to both tables, acknowledged. */
export function workerCase(stage: Stage, variant: WorkerVariant): Case {
  const set = variant.set ?? USUAL;
  const limits = [databaseLimit(set.bytes), transportLimit(set.bytes)];
  return {
    group: variant.group ?? 'worker',
    name: variant.name,
    unit: 'messages/s',
    against: variant.against === undefined ? limits : [variant.against],
    ...(variant.targets && { targets: variant.targets }),
    run: () => runWorkers(stage, set, variant),
  };
}

/** One run: workers come up and connect, then the backlog is let go. */
export async function runWorkers(
  stage: Stage,
  set: MessageSet,
  variant: Partial<WorkerVariant>,
): Promise<Sample> {
  const { workers = 1, env = {}, nodeOptions = [], prepare, beside, program } = variant;
  const database = await stage.database.fresh();
  await prepare?.(database);
  const backlog = await stage.backlog(set);
  const worker = await startWorker(stage, backlog, database, {
    env: { ...env, WORKERS: String(workers) },
    nodeOptions,
    program,
  });
  const isConnected = async () => (await stage.broker.subscription(backlog.fullName)).consumers === workers;
  await until('the workers to connect', isConnected, 20);
  const reader = await beside?.(database);
  const rollbacksBefore = await stage.database.rollbacks();
  // With several, the process that was started only supervises them.
  const pids = [worker.pid, ...childrenOf(worker.pid)];
  const sample = await measureBacklog({ stage, set, database, backlog, pids, share: variant.share });
  const rollbacks = (await stage.database.rollbacks()) - rollbacksBefore;
  const answers = await reader?.stop();
  await worker.stop();
  await database.requireRows(distinctRows(set));
  await database.drop();
  return { ...sample, ...answers, rollbacks };
}

interface Run {
  readonly stage: Stage;
  readonly set: MessageSet;
  readonly database: Database;
  readonly backlog: Backlog;
  readonly pids: readonly number[];
  readonly share: number | undefined;
}

/** From the release of the backlog until all of it is written and acknowledged. */
function measureBacklog({ stage, set, database, backlog, pids, share }: Run): Promise<Sample> {
  const { broker } = stage;
  return measured({
    pids,
    messages: set.count,
    serverPid: stage.database.pid,
    begin: () => broker.release(),
    done: async () => ((await database.counted()) * set.count) / distinctRows(set),
    ...(share !== undefined && { share }),
    settled: async () => (await broker.subscription(backlog.fullName)).acked >= set.count,
  });
}

async function startWorker(
  stage: Stage,
  backlog: Backlog,
  database: Database,
  { env, ...options }: Omit<LmsOptions, 'directory'>,
): Promise<LmsProcess> {
  const directory = await mkdtemp(join(stage.directory, 'worker-'));
  const all = { ...stage.settings(backlog), DATABASE_URL: database.url, ...env };
  return startLms(['mon'], { ...options, env: all, directory });
}
