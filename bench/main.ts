import { appendFile } from 'node:fs/promises';
import { allCases, FULL, QUICK } from './cases/all.ts';
import { commit, machine } from './machine.ts';
import { missed, table } from './report.ts';
import { runRounds, selected } from './rounds.ts';
import { Stage } from './stage.ts';

// `make bench`: measures everything in rounds, prints one table and appends it to docs/benchmarks.md.
//   BENCH_ROUNDS=5            rounds
//   BENCH_ONLY=store,worker   only these groups, and the limits they are measured against
//   BENCH_QUICK=1             one short round, to try: nothing is appended
//   BENCH_DATABASE_URL=mysql://root@host:port   a server of yours instead of one that is started for us
//   BENCH_DATABASE_PID=12345  its process, so that what it costs is measured, too
const RESULTS = new URL('../docs/benchmarks.md', import.meta.url);
const quick = process.env['BENCH_QUICK'] !== undefined;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? (quick ? 1 : 5));
const groups = (process.env['BENCH_ONLY'] ?? '').split(',').filter(Boolean);

const about = machine();
const stage = await Stage.open();
try {
  const cases = selected(await allCases(stage, quick ? QUICK : FULL), groups);
  const results = await runRounds(cases, rounds, progress);
  progress('');
  const heading = `## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commit()}`;
  const conditions = `${about}; ${stage.database.description}, every commit on disk; median of ${rounds} interleaved rounds.`;
  const text = `\n${heading}\n\n${conditions}\n\n${table(results)}\n`;
  process.stdout.write(text);
  if (!quick) await appendFile(RESULTS, text);
  for (const target of missed(results)) process.stdout.write(`missed: ${target}\n`);
} finally {
  await stage.close();
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}
