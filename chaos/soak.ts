import { mkdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LedgerReport } from '../src/app/ledger-report.ts';
import { startBroker } from '../src/broker/broker.ts';
import { connectPubSub } from '../src/pubsub/client.ts';
import { TopicPublisher } from '../src/pubsub/publisher.ts';
import { ensureTopology } from '../src/pubsub/topology.ts';
import { Simulator } from '../src/simulator/simulator.ts';
import { output } from '../test/support/program.ts';
import { NAMES } from '../test/support/topology.ts';
import { serverDatabase } from './database.ts';
import { MysqlServer } from './mysql-server.ts';
import { type Sample, secondHalf, slopePerMinute } from './slope.ts';
import { setStage } from './stage.ts';
import { WorkerProcess } from './worker-process.ts';

/**
 * One worker with the default settings at a steady rate for DURATION seconds (default 300): does its memory
 * stay flat? RATE messages a second (default 2,000); TOLERANCE in MB a minute (default 5; 42 bytes a message
 * at the default rate).
 */
const DURATION_MS = Number(process.env['DURATION'] ?? 300) * 1000;
const RATE = Number(process.env['RATE'] ?? 2_000);
const TOLERANCE_MB = Number(process.env['TOLERANCE'] ?? 5);
const TICK_MS = 100;
const SAMPLE_MS = 1_000;
const TELL_MS = 30_000;
const DIRECTORY = fileURLToPath(new URL('../output/soak/', import.meta.url));

const print = (line: string) => void process.stdout.write(`${line}\n`);
const megabytes = (value: number) => `${value.toFixed(1)} MB`;

await mkdir(DIRECTORY, { recursive: true });
await using mysql = await MysqlServer.start({});
const broker = await startBroker();
const stage = await setStage(serverDatabase(mysql), undefined);
const emulatorHost = `${broker.host}:${String(broker.port)}`;
const clients = await connectPubSub({ projectId: 'lms-soak', emulatorHost });
await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
const worker = new WorkerProcess(`${DIRECTORY}worker`, {
  DATABASE_URL: mysql.url(stage.name),
  PUBSUB_EMULATOR_HOST: emulatorHost,
  PUBSUB_PROJECT_ID: clients.projectId,
});
print(
  `soak: ${String(RATE)} messages a second for ${String(DURATION_MS / 1000)} s, embedded broker, ${mysql.description}`,
);

const samples: Sample[] = [];
const over = AbortSignal.timeout(DURATION_MS);
const published = publish();
await Promise.race([sample(), worker.ended]);
const count = await published;
worker.signal('SIGTERM');
const { status } = await worker.ended;
const ledger = JSON.parse(await readFile(worker.reportPath, 'utf8')) as LedgerReport;
await clients.close();
await broker.close();

const slope = slopePerMinute(secondHalf(samples));
const maximum = Math.max(...samples.map(({ value }) => value));
const isFlat = slope <= TOLERANCE_MB;
const isWhole = status === 0 && ledger.stored === count && ledger.held === 0;
print(
  `RSS      maximum ${megabytes(maximum)}, slope over the second half ${slope.toFixed(2)} MB a minute (tolerance ${String(TOLERANCE_MB)})`,
);
print(`messages ${String(count)} published, ${String(ledger.stored)} stored, exit status ${String(status)}`);
print(isFlat && isWhole ? 'Flat, and nothing is missing.' : 'FAILED');
process.exitCode = isFlat && isWhole ? 0 : 1;

/** Publishes at the rate until it is over; resolves to how many were confirmed. */
async function publish(): Promise<number> {
  const simulator = new Simulator({
    run: 'soak',
    services: ['alpha', 'bravo', 'charlie'],
    invalidShare: 0,
    seed: 1,
  });
  const publisher = new TopicPublisher(clients, NAMES.topic);
  const startMs = performance.now();
  let sent = 0;
  while (!over.aborted) {
    const due = Math.floor(((performance.now() - startMs) * RATE) / 1000) - sent;
    await publisher.publish(simulator.make(due));
    sent += due;
    await delay(TICK_MS);
  }
  return sent;
}

async function sample(): Promise<void> {
  const startMs = performance.now();
  let toldMs = 0;
  while (!over.aborted) {
    const atMs = performance.now() - startMs;
    const value = Number(await output('ps', ['-o', 'rss=', '-p', String(worker.pid)])) / 1024;
    samples.push({ atMs, value });
    if (atMs >= toldMs) {
      print(`${(atMs / 1000).toFixed(0).padStart(5)} s  RSS ${megabytes(value)}`);
      toldMs += TELL_MS;
    }
    await delay(SAMPLE_MS);
  }
}
