import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMany } from './cases/store.ts';
import { type Database, DatabaseServer } from './database.ts';
import { tsv } from './load-data.ts';
import { commit, machine } from './machine.ts';
import { entries, USUAL } from './messages.ts';
import { spread } from './sample.ts';

// `make bench-growth`: how fast the store writes when the table is large already, as a ratio to an empty
// table, measured in turn.
//   BENCH_GROWTH_ROWS=1000000,10000000,50000000   sizes of the table; 50 million rows take a quarter of an hour and 20 GB
//   BENCH_ROUNDS=5
const RESULTS = new URL('../docs/benchmarks.md', import.meta.url);
const SIZES = (process.env['BENCH_GROWTH_ROWS'] ?? '1000000,10000000').split(',').map(Number);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
/** Rows that a measurement writes. */
const WRITTEN = 300_000;
/** Rows of one LOAD DATA, and of one piece of its input. */
const LOADED_TOGETHER = 500_000;
const MADE_TOGETHER = 20_000;

const about = machine();
const server = await DatabaseServer.start();
try {
  const grown = await server.fresh();
  const lines: string[] = [];
  let rows = 0;
  for (const size of SIZES) {
    process.stderr.write(`filling up to ${size.toLocaleString('en-US')} rows\n`);
    await fill(grown, rows, size);
    lines.push(await compare(grown, size));
    rows = size + ROUNDS * WRITTEN;
  }
  const heading = `## Growth: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commit()}`;
  const conditions = `${about}; ${server.description}, every commit on disk; median of ${ROUNDS} interleaved rounds of ${WRITTEN.toLocaleString('en-US')} rows, which stay in the table.`;
  const head =
    '| rows in the table | writing, to an empty table (least–most) | rows/s |\n| --- | --- | --- |';
  const text = `\n${heading}\n\n${conditions}\n\n${head}\n${lines.join('\n')}\n`;
  process.stdout.write(text);
  await appendFile(RESULTS, text);
} finally {
  await server.stop();
}

/** Adds rows until there are `to`, in order of time: while the server loads some, the next are made. */
async function fill(database: Database, from: number, to: number): Promise<void> {
  let start = from;
  const lane = async () => {
    while (start < to) {
      const first = start;
      start = Math.min(to, start + LOADED_TOGETHER);
      await loadRows(database, first, start);
    }
  };
  await Promise.all([lane(), lane()]);
}

async function loadRows(database: Database, from: number, to: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'lms-growth-'));
  const path = join(directory, 'rows.tsv');
  await writeFile(path, rowsAsFile(from, to));
  await database.load(path);
  await rm(directory, { recursive: true });
}

function* rowsAsFile(from: number, to: number): Generator<string> {
  for (let start = from; start < to; start += MADE_TOGETHER)
    yield tsv(entries({ ...USUAL, count: to }, start, MADE_TOGETHER));
}

/**
 * Measures both in turn, and returns a row of the table. The grown table keeps what is written to it: newer
 * rows each time.
 */
async function compare(grown: Database, size: number): Promise<string> {
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const empty = await server.fresh();
    const start = size + round * WRITTEN;
    const reference = await writeMany(empty, WRITTEN, start);
    await empty.drop();
    const { value } = await writeMany(grown, WRITTEN, start);
    ratios.push(value / reference.value);
    rates.push(value);
  }
  const { median, least, most } = spread(ratios);
  const rate = Math.round(spread(rates).median).toLocaleString('en-US');
  return `| ${size.toLocaleString('en-US')} | ${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)}) | ${rate} |`;
}
