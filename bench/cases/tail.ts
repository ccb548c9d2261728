import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectPubSub, type PubSubClients } from '../../src/pubsub/client.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { NAMES } from '../../test/support/topology.ts';
import type { Case, Sample, Target } from '../sample.ts';
import { startServe } from '../serve-process.ts';
import type { Stage } from '../stage.ts';
import { usageOf } from '../usage.ts';

const TAILS = fileURLToPath(new URL('../processes/tails.ts', import.meta.url));
const TICK_MS = 20;
const WARM_UP_SECONDS = 3;
/** As many kinds of messages as there are expressions: each is of one. */
const KINDS = 100;

interface Tailing {
  readonly name: string;
  readonly tails: number;
  readonly expressions: readonly string[];
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** The share of messages that each tail is shown. */
  readonly share: number;
  readonly targets: readonly Target[];
}

/** Live tails of `lms serve`: how old an entry is when it is seen, and what many who look cost. */
export function tailCases(stage: Stage, seconds: number): Case[] {
  const words = Array.from({ length: KINDS / 2 }, (_none, n) => `user${n}x`);
  const tags = Array.from({ length: KINDS / 2 }, (_none, n) => `kind:${n + KINDS / 2}`);
  return [
    tailCase(stage, {
      name: 'one tail, 100 messages a second: from publish to the event',
      tails: 1,
      expressions: ['*'],
      ratePerSecond: 100,
      seconds,
      share: 1,
      targets: [{ column: 'p99Ms', atMost: 1_000 }],
    }),
    tailCase(stage, {
      name: '1,000 tails, 100 expressions of 1 % each, 1,000 messages a second',
      tails: 1_000,
      expressions: [...words, ...tags],
      ratePerSecond: 1_000,
      seconds,
      share: 1 / KINDS,
      // One core has a millisecond for each message.
      targets: [
        { column: 'cpuMicros', atMost: 1_000 },
        { column: 'peakRssMb', atMost: 300 },
        { column: 'p99Ms', atMost: 1_000 },
      ],
    }),
  ];
}

function tailCase(stage: Stage, tailing: Tailing): Case {
  const { name, targets } = tailing;
  return { group: 'tail', name, unit: 'messages/s', against: [], targets, run: () => run(stage, tailing) };
}

let projects = 0;

async function run(stage: Stage, tailing: Tailing): Promise<Sample> {
  const projectId = `bench-tail-${(projects += 1)}`;
  const clients = await connectPubSub({ projectId, emulatorHost: stage.broker.address });
  await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
  await stage.broker.release();
  const database = await stage.database.fresh();
  const server = await startServe(stage, {
    DATABASE_URL: database.url,
    PUBSUB_EMULATOR_HOST: stage.broker.address,
    PUBSUB_PROJECT_ID: projectId,
  });
  const readers = fork(TAILS, [server.url, String(tailing.tails), ...tailing.expressions]);
  await once(readers, 'message');
  await publishSteadily(clients, tailing.ratePerSecond, WARM_UP_SECONDS);
  await report(readers);
  const before = usageOf(server.pid);
  const published = await publishSteadily(clients, tailing.ratePerSecond, tailing.seconds);
  // What was published last is on its way.
  await sleep(1_000);
  const { entries, p50Ms, p99Ms } = await report(readers);
  const after = usageOf(server.pid);
  readers.kill();
  await once(readers, 'exit');
  await server.stop();
  await clients.close();
  await database.drop();
  const expected = published * tailing.share * tailing.tails;
  if (Math.abs(entries - expected) > expected * 0.02)
    throw new Error(`${entries} entries were shown, and not ${expected}`);
  const cpuMicros = ((after.cpuMs - before.cpuMs) * 1_000) / published;
  return { value: entries / tailing.seconds, cpuMicros, peakRssBytes: after.peakRssBytes, p50Ms, p99Ms };
}

/** Resolves to how many there were. */
async function publishSteadily(
  clients: PubSubClients,
  ratePerSecond: number,
  seconds: number,
): Promise<number> {
  const publisher = new TopicPublisher(clients, NAMES.topic);
  const startMs = performance.now();
  const total = ratePerSecond * seconds;
  const publishing: Promise<unknown>[] = [];
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startMs) / 1_000) * ratePerSecond));
    const messages = Array.from({ length: due - sent }, (_none, n) => message(sent + n));
    sent = due;
    if (messages.length > 0) publishing.push(publisher.publish(messages));
    await sleep(TICK_MS);
  }
  await Promise.all(publishing);
  return total;
}

/** About 250 bytes. */
function message(n: number) {
  const kind = n % KINDS;
  const record = {
    service: `service-${n % 7}`,
    level: 'info',
    time: new Date().toISOString(),
    msg: `GET /api/v1/orders/${n} for user${kind}x took ${n % 900} ms, all is well, sent=${Date.now()}`,
    kind,
    region: 'europe-west3',
    attempt: n % 3,
  };
  return { data: Buffer.from(JSON.stringify(record)), attributes: {} };
}

interface Report {
  readonly entries: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function report(readers: ChildProcess): Promise<Report> {
  readers.send('report');
  const [answer] = (await once(readers, 'message')) as [Report];
  return answer;
}
