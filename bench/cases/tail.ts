import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Case, Sample, Target } from '../sample.ts';
import { startLiveServe } from '../serve-process.ts';
import type { Stage } from '../stage.ts';
import { KINDS, publishSteadily } from '../steady-messages.ts';
import { usageOf } from '../usage.ts';

const TAILS = fileURLToPath(new URL('../processes/tails.ts', import.meta.url));
const WARM_UP_SECONDS = 3;
/** What was published last is seen by then. */
const ON_ITS_WAY_MS = 1_500;

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

async function run(stage: Stage, tailing: Tailing): Promise<Sample> {
  const server = await startLiveServe(stage);
  const readers = fork(TAILS, [server.url, String(tailing.tails), ...tailing.expressions]);
  await once(readers, 'message');
  await publishSteadily(server.clients, tailing.ratePerSecond, WARM_UP_SECONDS);
  await sleep(ON_ITS_WAY_MS);
  await report(readers);
  const before = usageOf(server.pid);
  const published = await publishSteadily(server.clients, tailing.ratePerSecond, tailing.seconds);
  await sleep(ON_ITS_WAY_MS);
  const { entries, p50Ms, p99Ms } = await report(readers);
  const after = usageOf(server.pid);
  readers.kill();
  await once(readers, 'exit');
  await server.end();
  const expected = published * tailing.share * tailing.tails;
  if (Math.abs(entries - expected) > expected * 0.02)
    throw new Error(`${entries} entries were shown, and not ${expected}`);
  const cpuMicros = ((after.cpuMs - before.cpuMs) * 1_000) / published;
  return { value: entries / tailing.seconds, cpuMicros, peakRssBytes: after.peakRssBytes, p50Ms, p99Ms };
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
