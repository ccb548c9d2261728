import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAccessLines } from '../access-lines.ts';
import { startLms } from '../lms-process.ts';
import { freshTopic, publishWith } from '../publishing.ts';
import type { Case, Sample, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { usageOf } from '../usage.ts';
import { until } from '../waiting.ts';
import { imfileCases } from './imfile.ts';

const RAW = 'lms pub --file --raw, access log';
const FROM_FILE = 'lms agent, from a file';
const TARGETS: readonly Target[] = [
  { column: 'ratio', atLeast: 0.5 },
  { column: 'peakRssMb', atMost: 150 },
];
const IDLE_FILES = 1_000;

/**
 * `lms agent` with an access log of so many lines, from a file and by TCP, beside `lms pub`, which sends them unread;
 * rsyslog with the same file; and many files to which nobody writes.
 */
export async function agentCases(stage: Stage, scale: { lines: number; seconds: number }): Promise<Case[]> {
  const { lines, seconds } = scale;
  const file = join(stage.directory, 'access.log');
  const raw = async () => {
    if (!existsSync(file)) await writeAccessLines(file, lines);
    return publishWith(stage, ['pub', '--raw', '--file', file], lines);
  };
  const common = { group: 'agent', unit: 'messages/s' } as const;
  const measuredAgainstRaw = { ...common, against: [RAW], targets: TARGETS };
  return [
    { ...common, name: RAW, against: [], run: raw },
    { ...measuredAgainstRaw, name: FROM_FILE, run: () => agentReads(stage, file, lines) },
    {
      ...measuredAgainstRaw,
      name: 'lms agent, by TCP',
      run: async () => agentReads(stage, await serveOnce(file), lines),
    },
    ...(await imfileCases(stage, { file, lines, against: FROM_FILE })),
    idleCase(stage, seconds),
  ];
}

function idleCase(stage: Stage, seconds: number): Case {
  return {
    group: 'agent',
    name: 'lms agent, 1,000 idle files: CPU of a second',
    unit: 'ms',
    against: [],
    targets: [{ column: 'value', atMost: 10 }],
    run: () => idle(stage, seconds),
  };
}

async function agentReads(stage: Stage, input: string, lines: number): Promise<Sample> {
  const state = await mkdtemp(join(stage.directory, 'agent-'));
  return publishWith(stage, ['agent', '--once', '--state', state, input], lines);
}

/** A server that sends the file to the first who connects, and closes the connection. */
async function serveOnce(file: string): Promise<string> {
  const server = createServer((socket) => {
    createReadStream(file).pipe(socket);
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `tcp://127.0.0.1:${String(port)}`;
}

/** What following files costs once all that is in them was sent. */
async function idle(stage: Stage, seconds: number): Promise<Sample> {
  const directory = await mkdtemp(join(stage.directory, 'idle-'));
  const logs = join(directory, 'logs');
  await mkdir(logs);
  for (let file = 0; file < IDLE_FILES; file += 1)
    await appendFile(join(logs, `${String(file)}.log`), `the first line of file ${String(file)}\n`);
  const topic = await freshTopic(stage);
  const env = { PUBSUB_EMULATOR_HOST: stage.broker.address, PUBSUB_PROJECT_ID: topic.projectId };
  const args = ['agent', '--no-create', '--state', join(directory, 'state'), logs];
  const agent = startLms(args, { env, directory });
  const sent = async () => (await stage.broker.published(topic.name)) === IDLE_FILES;
  await until('a line of each file', sent, 10);
  // What it does about files that were just found is over then.
  await sleep(SETTLING_MS);
  const before = usageOf(agent.pid).cpuMs;
  const startMs = performance.now();
  await sleep(seconds * IDLE_SHARE * 1_000);
  const { cpuMs, peakRssBytes } = usageOf(agent.pid);
  const value = ((cpuMs - before) * 1_000) / (performance.now() - startMs);
  await agent.stop();
  await topic.remove();
  await rm(directory, { recursive: true, force: true });
  return { value, peakRssBytes };
}

const SETTLING_MS = 10_000;
/** CPU time is counted in hundredths of a second: a second has one at most. */
const IDLE_SHARE = 5;
