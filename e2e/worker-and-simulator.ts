import { readFile } from 'node:fs/promises';
import { expect, onTestFinished } from 'vitest';
import type { LedgerReport } from '../src/app/ledger-report.ts';
import { formatTable } from '../src/cli/output/table.ts';
import { freshDatabase } from '../test/support/database.ts';
import { numbersIn } from '../test/support/metrics-text.ts';
import { freePort } from '../test/support/ports.ts';
import { type Counts, countTables, publishedCounts, sum, type Table, TABLES } from './counts.ts';
import { OUTPUT, startLms } from './lms.ts';

/** Settings of the run that the environment may change: `DURATION=600 make e2e`. */
const DURATION_SECONDS = Number(process.env['DURATION'] ?? 60);
const BATCHSIZE = process.env['BATCHSIZE'] ?? '10';
const FLUSHINTERVAL = process.env['FLUSHINTERVAL'] ?? '20';
/** The worker outlives the simulator until its last messages have arrived, and no longer than this. */
const ARRIVAL_SECONDS = 45;
/** Time that a test of it needs at most. */
export const TIMEOUT_MS = (DURATION_SECONDS + ARRIVAL_SECONDS + 45) * 1000;

/**
 * Runs worker and simulator as separate processes on a Pub/Sub that `pubsub` leads them to, as the
 * environment of both, and compares what was published with what is stored. Their logs and reports are in
 * `output/`, with `label` before their names.
 */
export async function workerAndSimulator(
  pubsub: Readonly<Record<string, string>>,
  label = '',
): Promise<void> {
  await using database = await freshDatabase();
  const env = { DATABASE_URL: database.url, BATCHSIZE, FLUSHINTERVAL, ...pubsub };
  const files = {
    simulated: `${OUTPUT}${label}sim.json`,
    ledger: `${OUTPUT}${label}mon.json`,
    rows: `${OUTPUT}${label}service_logs.csv`,
  };
  const healthPort = await freePort();
  const worker = startLms(`${label}mon`, ['mon', '--report', files.ledger, '--dump', files.rows], {
    ...env,
    HEALTH_PORT: String(healthPort),
  });
  onTestFinished(() => void worker.process.kill('SIGKILL'));
  const simulator = startLms(`${label}sim`, ['sim', '--report', files.simulated], {
    ...env,
    DURATION: String(DURATION_SECONDS),
  });
  expect(await simulator.ended, simulator.lines.join('\n')).toBe(0);
  const published = publishedCounts((await readReport<SimulatorReport>(files.simulated)).services);
  await expect
    .poll(() => receivedBy(healthPort), { timeout: ARRIVAL_SECONDS * 1000, interval: 200 })
    .toBeGreaterThanOrEqual(sum(published));
  worker.process.kill('SIGTERM');
  expect(await worker.ended, worker.lines.join('\n')).toBe(0);

  const ledger = await readReport<LedgerReport>(files.ledger);
  const tables = await countTables(database.url);
  process.stdout.write(summary(published, tables, ledger));

  expect(sum(published)).toBeGreaterThan(DURATION_SECONDS / 2);
  for (const table of TABLES) expect(tables[table], table).toEqual(published);
  expect(ledger).toMatchObject({ stored: sum(published), deadLettered: 0, released: 0, held: 0 });
  expect(await csvRows(files.rows)).toBe(sum(published));
}

async function receivedBy(healthPort: number): Promise<number> {
  const metrics = await fetch(`http://127.0.0.1:${String(healthPort)}/metrics`);
  return numbersIn(await metrics.text()).get('lms_messages_received_total') ?? 0;
}

interface SimulatorReport {
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function readReport<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

/** The simulator's payloads have no line breaks: a line is a row. */
async function csvRows(path: string): Promise<number> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines[0]).toBe('service_name,payload,severity,timestamp,created_at');
  return lines.length - 1;
}

function summary(published: Counts, tables: Record<Table, Counts>, ledger: LedgerReport): string {
  const names = [
    ...new Set([published, ...Object.values(tables)].flatMap((counts) => Object.keys(counts))),
  ].sort();
  const rows = names.map((name) => [
    name,
    published[name] ?? 0,
    ...TABLES.map((table) => tables[table][name] ?? 0),
  ]);
  const total = ['total', sum(published), ...TABLES.map((table) => sum(tables[table]))];
  const sizes = ledger.batchSizes.map(([size, batches]) => `${String(batches)} × ${String(size)}`).join(', ');
  const flushes = Object.entries(ledger.flushes)
    .map(([reason, count]) => `${String(count)} by ${reason}`)
    .join(', ');
  return `\n${formatTable(['service severity', 'published', ...TABLES], [...rows, total])}\nbatch sizes: ${sizes}\nflushes: ${flushes}\n\n`;
}
