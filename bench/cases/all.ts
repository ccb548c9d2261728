import type { Database } from '../database.ts';
import { indexTags } from '../index-tags.ts';
import { type MessageSet, USUAL } from '../messages.ts';
import { type Reader, startReader, startVisitors } from '../reader-process.ts';
import type { Case, Target } from '../sample.ts';
import { startServe } from '../serve-process.ts';
import type { Stage } from '../stage.ts';
import { agentCases } from './agent.ts';
import { databaseLimitCase } from './database-limit.ts';
import { latencyCase } from './latency.ts';
import { pageCases } from './page.ts';
import { publisherCases } from './publisher.ts';
import { readCases } from './read.ts';
import { readTagCases, TAG_TARGETS } from './read-tags.ts';
import { redpandaCases } from './redpanda.ts';
import { retentionCases } from './retention.ts';
import { rsyslogCases } from './rsyslog.ts';
import { serveCases } from './serve.ts';
import { startUpCases } from './start-up.ts';
import { STORE, storeCase } from './store.ts';
import { tagIndexCases } from './tag-indexes.ts';
import { tailCases } from './tail.ts';
import { transportLimitCase } from './transport-limit.ts';
import { workerCase, type WorkerVariant } from './worker.ts';

const USUAL_WORKER = 'worker, 200 B';
const QUESTIONS_A_SECOND = 20;
const CONNECTIONS = 200;

/** How large the runs are. Counts are multiples of 20,000, so that batches of every size come out even. */
export interface Scale {
  readonly messages: number;
  /** Seconds of a run at a steady rate. */
  readonly seconds: number;
  /** Of the table that is read. */
  readonly rows: number;
}

export const FULL: Scale = { messages: 480_000, seconds: 6, rows: 800_000 };
export const QUICK: Scale = { messages: 40_000, seconds: 3, rows: 160_000 };

/** The messages of the cases: as many as usual, or fewer where a message takes longer. */
interface MessageSets {
  readonly usual: MessageSet;
  readonly kilobyte: MessageSet;
  readonly large: MessageSet;
  readonly few: MessageSet;
  readonly doubled: MessageSet;
}

function messageSets(messages: number): MessageSets {
  const usual = { ...USUAL, count: messages };
  return {
    usual,
    kilobyte: { ...usual, bytes: 1_000, count: messages / 4 },
    large: { ...usual, bytes: 10_000, count: 20_000 },
    few: { ...usual, count: 40_000 },
    doubled: { ...usual, duplicates: 0.1 },
  };
}

/** Everything that is measured, in the order of a round. */
export async function allCases(stage: Stage, { messages, seconds, rows }: Scale): Promise<Case[]> {
  const sets = messageSets(messages);
  const { usual, kilobyte, large, few } = sets;
  const sizes = [usual, kilobyte, large];
  return [
    ...sizes.map((set) => databaseLimitCase(stage, set)),
    ...sizes.map((set) => transportLimitCase(stage, set)),
    storeCase(stage, messages),
    ...tagIndexCases(stage, messages / 4),
    ...workerCases(stage, sets),
    ...scalingCases(stage, usual),
    ...[5_000, 1_000, 100].map((batchSize) =>
      latencyCase(stage, { ratePerSecond: 10_000, seconds, batchSize }),
    ),
    ...(await rsyslogCases(stage, messages / 8)),
    ...(await redpandaCases(stage, few, USUAL_WORKER)),
    ...readCases(stage, rows),
    besideCase(stage, usual, {
      group: 'read',
      name: 'worker, 200 B, beside 20 questions a second',
      beside: (database) => startReader(database, { questionsPerSecond: QUESTIONS_A_SECOND }),
    }),
    ...readTagCases(stage, rows),
    ...indexedWorkerCases(stage, messages / 4),
    ...publisherCases(stage, messages),
    ...(await agentCases(stage, { lines: rows, seconds })),
    ...serveCases(stage, { rows, messages }),
    besideCase(stage, usual, {
      group: 'serve',
      name: 'worker, 200 B, beside 200 connections that ask 20 times a second',
      beside: (database) => visited(stage, database),
    }),
    ...retentionCases(stage, { messages, seconds, writer: STORE }),
    ...tailCases(stage, seconds),
    ...pageCases(stage, { rows, seconds }),
    ...startUpCases(stage),
  ];
}

/** A worker of the usual messages beside something else, which may take a tenth of its speed. */
function besideCase(
  stage: Stage,
  set: MessageSet,
  variant: Pick<WorkerVariant, 'group' | 'name' | 'beside'>,
): Case {
  const targets = [{ column: 'ratio', atLeast: 0.9 }] as const;
  return workerCase(stage, { ...variant, set, against: USUAL_WORKER, targets });
}

/** Whoever has a page open: an `lms serve` on these tables, and its visitors. */
async function visited(stage: Stage, database: Database): Promise<Reader> {
  const server = await startServe(stage, { DATABASE_URL: database.url });
  const visitors = await startVisitors(server.url, {
    connections: CONNECTIONS,
    questionsPerSecond: QUESTIONS_A_SECOND,
  });
  return {
    stop: async () => {
      const answers = await visitors.stop();
      await server.stop();
      return answers;
    },
  };
}

/** A worker that writes access logs to tables whose tags are indexed, alone and beside who asks for these. */
function indexedWorkerCases(stage: Stage, messages: number): Case[] {
  const variant = {
    group: 'read',
    name: 'worker, access logs, three tags indexed',
    set: { ...USUAL, count: messages, isAccessLog: true },
    prepare: (database: Database) => indexTags(stage, database),
    against: USUAL_WORKER,
  };
  return [
    workerCase(stage, variant),
    workerCase(stage, {
      ...variant,
      name: 'the same, beside 20 questions by tags a second',
      against: variant.name,
      beside: (database) => startReader(database, { asked: 'tags', questionsPerSecond: QUESTIONS_A_SECOND }),
      targets: [{ column: 'ratio', atLeast: 0.9 }, ...TAG_TARGETS],
    }),
  ];
}

/** One worker, with messages and batches of several sizes. */
function workerCases(stage: Stage, { usual, kilobyte, large, few, doubled }: MessageSets): Case[] {
  return [
    workerCase(stage, {
      name: USUAL_WORKER,
      set: usual,
      targets: [
        { column: 'ratio', atLeast: 0.65 },
        { column: 'cpuMicros', atMost: 10 },
        { column: 'peakRssMb', atMost: 250 },
      ],
    }),
    workerCase(stage, { name: 'worker, 1 KB', set: kilobyte }),
    workerCase(stage, {
      name: 'worker, 10 KB',
      set: large,
      env: { FLUSHINTERVAL: '1' },
      share: 0.9,
      targets: [{ column: 'peakRssMb', atMost: 400 }],
    }),
    workerCase(stage, { name: 'worker, batches of 100', set: few, env: { BATCHSIZE: '100' } }),
    workerCase(stage, { name: 'worker, batches of 1,000', set: usual, env: { BATCHSIZE: '1000' } }),
    workerCase(stage, {
      name: 'worker, batches of 20,000',
      set: usual,
      env: { BATCHSIZE: '20000', BATCHBYTES: '33554432' },
    }),
    workerCase(stage, { name: 'worker, 1 flush in flight', set: usual, env: { FLUSHES_IN_FLIGHT: '1' } }),
    workerCase(stage, { name: 'worker, 10 % duplicates', set: doubled }),
  ];
}

/** Workers of one subscription. The last batches of each wait for their interval: the clock stops before. */
function scalingCases(stage: Stage, set: MessageSet): Case[] {
  const common = { group: 'scaling', set, env: { FLUSHINTERVAL: '1' }, share: 0.9 } as const;
  const one = workerCase(stage, { ...common, name: '1 worker' });
  // More workers on the same two cores are faster only until the cores are busy.
  const targets: readonly Target[] = [{ column: 'ratio', atLeast: 1.3, unlessBusy: 0.95 }];
  return [
    one,
    workerCase(stage, { ...common, name: '2 workers', workers: 2, against: one.name }),
    workerCase(stage, { ...common, name: '4 workers', workers: 4, against: one.name, targets }),
  ];
}
