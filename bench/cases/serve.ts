import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { NAMES } from '../../test/support/topology.ts';
import { accessLog } from '../access-log.ts';
import type { Database } from '../database.ts';
import { fillTables } from '../fill-tables.ts';
import { measured } from '../measure.ts';
import { Questions } from '../questions.ts';
import { type Case, type Sample, spread, type Target } from '../sample.ts';
import { startServe } from '../serve-process.ts';
import type { Stage } from '../stage.ts';
import { usageOf } from '../usage.ts';
import { PUBLISHING_LIMIT } from './publisher.ts';

const GROUP = 'serve';
const POST = fileURLToPath(new URL('../processes/post.ts', import.meta.url));
/** Of a server that has been asked for a minute: until then half of the time is its compiler's. */
const WARM_UP = 500;
const TIMES = 500;
/** Of what all requests hold, and what a process of Node has anyway. */
const MEMORY: Target = { column: 'peakRssMb', atMost: 400 };

/** `lms serve`: what it adds to a question, how fast entries go out and come in. */
export function serveCases(
  stage: Stage,
  { rows, messages }: { readonly rows: number; readonly messages: number },
): Case[] {
  let filled: Promise<Database> | undefined;
  const database = () => (filled ??= fill(stage, rows));
  return [
    {
      group: GROUP,
      name: 'what HTTP adds to the newest 100',
      unit: 'ms',
      against: [],
      targets: [{ column: 'value', atMost: 1 }],
      run: async () => added(stage, await database()),
    },
    {
      group: GROUP,
      name: `export of ${rows.toLocaleString('en-US')} rows, NDJSON`,
      unit: 'messages/s',
      against: [],
      targets: [{ column: 'value', atLeast: 100_000 }, MEMORY],
      run: async () => exported(stage, await database(), rows),
    },
    posting(stage, { kind: 'entries', name: 'POST of 1,000 entries, 200 B', messages, atLeast: 0.5 }),
    posting(stage, {
      kind: 'otlp',
      name: 'OTLP of 1,000 records in protobuf, 200 B',
      messages,
      atLeast: 0.25,
    }),
  ];
}

async function fill(stage: Stage, rows: number): Promise<Database> {
  const database = await stage.database.fresh();
  await fillTables(database, rows, accessLog);
  await database.requireRows(rows);
  return database;
}

/** The same page from the database and by HTTP, in turn: how much longer the median takes. */
async function added(stage: Stage, database: Database): Promise<Sample> {
  const server = await startServe(stage, { DATABASE_URL: database.url });
  await using asked = await Questions.open(database.url);
  const agent = new Agent({ keepAlive: true });
  const [direct, byHttp]: [number[], number[]] = [[], []];
  for (let nth = -WARM_UP; nth < TIMES; nth += 1) {
    const startMs = performance.now();
    await asked.newest('');
    const betweenMs = performance.now();
    await drained(await answerTo(new URL('/api/v1/entries?limit=100', server.url), agent));
    const endMs = performance.now();
    if (nth < 0) continue;
    direct.push(betweenMs - startMs);
    byHttp.push(endMs - betweenMs);
  }
  agent.destroy();
  await server.stop();
  const sorted = byHttp.toSorted((one, other) => one - other);
  return {
    value: spread(byHttp).median - spread(direct).median,
    p50Ms: spread(byHttp).median,
    p99Ms: sorted[Math.ceil(TIMES * 0.99) - 1] ?? NaN,
  };
}

async function exported(stage: Stage, database: Database, rows: number): Promise<Sample> {
  const server = await startServe(stage, { DATABASE_URL: database.url });
  const startMs = performance.now();
  const cpuMs = usageOf(server.pid).cpuMs;
  const url = new URL('/api/v1/entries?limit=all&format=ndjson', server.url);
  const lines = await drained(await answerTo(url, new Agent()));
  const tookMs = performance.now() - startMs;
  const { peakRssBytes, cpuMs: endMs } = usageOf(server.pid);
  await server.stop();
  if (lines !== rows) throw new Error(`${lines} of ${rows} rows came`);
  return { value: (rows * 1_000) / tookMs, cpuMicros: ((endMs - cpuMs) * 1_000) / rows, peakRssBytes };
}

async function answerTo(url: URL, agent: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${url.pathname} answered ${response.statusCode}`);
  return response;
}

const LF = 0x0a;

/** Reads it to its end; resolves to its number of lines. */
async function drained(response: IncomingMessage): Promise<number> {
  let lines = 0;
  for await (const chunk of response as AsyncIterable<Buffer>)
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

interface Posting {
  readonly kind: 'entries' | 'otlp';
  readonly name: string;
  readonly messages: number;
  /** Of what bare publishing does. */
  readonly atLeast: number;
}

function posting(stage: Stage, { kind, name, messages, atLeast }: Posting): Case {
  return {
    group: GROUP,
    name,
    unit: 'messages/s',
    against: [PUBLISHING_LIMIT],
    targets: [{ column: 'ratio', atLeast }, MEMORY],
    run: () => posted(stage, kind, messages),
  };
}

let projects = 0;

/** From the first request until the broker has all of it. */
async function posted(stage: Stage, kind: Posting['kind'], messages: number): Promise<Sample> {
  const projectId = `bench-serve-${(projects += 1)}`;
  const clients = await connectPubSub({ projectId, emulatorHost: stage.broker.address });
  const topic = clients.topicName(NAMES.topic);
  await ensureTopology({ clients, names: NAMES, role: 'intake', create: true });
  await clients.close();
  const database = await stage.database.fresh();
  const server = await startServe(stage, {
    DATABASE_URL: database.url,
    PUBSUB_EMULATOR_HOST: stage.broker.address,
    PUBSUB_PROJECT_ID: projectId,
  });
  const child = fork(POST, [server.url, kind, String(messages)]);
  await once(child, 'message');
  const sample = await measured({
    pids: [server.pid],
    messages,
    begin: () => {
      child.send('go');
      return Promise.resolve();
    },
    done: () => stage.broker.published(topic),
  });
  child.kill();
  await once(child, 'exit');
  await server.stop();
  await database.drop();
  return sample;
}
