import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { formatTable } from '../src/cli/output/table.ts';
import type { LedgerReport } from '../src/app/ledger-report.ts';
import { freshDatabase } from '../test/support/database.ts';
import { uniqueName } from '../test/support/names.ts';
import { countTables, publishedCounts, sum, TABLES, type Counts, type Table } from './counts.ts';
import { OUTPUT, startLms } from './lms.ts';

/** Settings of the run that the environment may change: `DURATION=600 make e2e`. */
const DURATION_SECONDS = Number(process.env['DURATION'] ?? 60);
const BATCHSIZE = process.env['BATCHSIZE'] ?? '10';
const FLUSHINTERVAL = process.env['FLUSHINTERVAL'] ?? '20';
/** The worker outlives the simulator by this, so that its last messages arrive. */
const ARRIVAL_SECONDS = 5;
const TIMEOUT_MS = (DURATION_SECONDS + 60) * 1000;

test(
  'worker and simulator as separate processes: published = rows = counts',
  { timeout: TIMEOUT_MS },
  async () => {
    await using database = await freshDatabase();
    const env = {
      DATABASE_URL: database.url,
      PUBSUB_EMULATOR_HOST: inject('emulatorHost'),
      PUBSUB_PROJECT_ID: uniqueName('lms-e2e'),
      BATCHSIZE,
      FLUSHINTERVAL,
    };
    const worker = startLms(
      'mon',
      ['mon', '--report', `${OUTPUT}mon.json`, '--dump', `${OUTPUT}service_logs.csv`],
      {
        ...env,
        DURATION: String(DURATION_SECONDS + ARRIVAL_SECONDS),
      },
    );
    const simulator = startLms('sim', ['sim', '--report', `${OUTPUT}sim.json`], {
      ...env,
      DURATION: String(DURATION_SECONDS),
    });
    expect(await simulator.ended, simulator.lines.join('\n')).toBe(0);
    expect(await worker.ended, worker.lines.join('\n')).toBe(0);

    const published = publishedCounts((await readReport<SimulatorReport>('sim.json')).services);
    const ledger = await readReport<LedgerReport>('mon.json');
    const tables = await countTables(database.url);
    process.stdout.write(summary(published, tables, ledger));

    expect(sum(published)).toBeGreaterThan(DURATION_SECONDS / 2);
    for (const table of TABLES) expect(tables[table], table).toEqual(published);
    expect(ledger).toMatchObject({ stored: sum(published), deadLettered: 0, released: 0, held: 0 });
    expect(await csvRows()).toBe(sum(published));
  },
);

interface SimulatorReport {
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function readReport<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(`${OUTPUT}${name}`, 'utf8')) as T;
}

/** The simulator's payloads have no line breaks: a line is a row. */
async function csvRows(): Promise<number> {
  const lines = (await readFile(`${OUTPUT}service_logs.csv`, 'utf8')).trimEnd().split('\n');
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
