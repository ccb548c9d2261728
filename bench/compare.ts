import { earlierRelease } from '../test/support/earlier-release.ts';
import { runWorkers } from './cases/worker.ts';
import { commit, machine } from './machine.ts';
import { USUAL } from './messages.ts';
import { type Sample, type Spread, spread } from './sample.ts';
import { Stage } from './stage.ts';

// `make bench-compare COMMIT=<whole name>`: the worker of this checkout and the one of an earlier commit take
// turns on the same servers and on the tables of this checkout. BENCH_ROUNDS=9 says how often.
const SET = { ...USUAL, count: 480_000 };
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 9);
const [earlier] = process.argv.slice(2);
if (earlier === undefined) throw new Error('name the commit to compare with: make bench-compare COMMIT=…');

interface Round {
  readonly now: Sample;
  readonly then: Sample;
}

const about = machine();
const release = await earlierRelease(earlier);
const program = await release.build();
const stage = await Stage.open();
try {
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await oneRound(round));
  print(`\n${commit()} against ${earlier.slice(0, 7)}, ${about}; ${stage.database.description}`);
  print(`CPU a message   ${ratio(results, ({ cpuMicros = NaN }) => cpuMicros)}`);
  print(`messages/s      ${ratio(results, ({ value }) => value)}`);
  print(`most memory     ${ratio(results, ({ peakRssBytes = NaN }) => peakRssBytes)}`);
} finally {
  await stage.close();
  await release[Symbol.asyncDispose]();
}

/** Who goes first changes with every round: what the first run does to the servers hits both alike. */
async function oneRound(round: number): Promise<Round> {
  const runThen = () => runWorkers(stage, SET, { program });
  const runNow = () => runWorkers(stage, SET, {});
  const first = round % 2 === 0 ? await runThen() : await runNow();
  const second = round % 2 === 0 ? await runNow() : await runThen();
  const result = round % 2 === 0 ? { then: first, now: second } : { then: second, now: first };
  print(`round ${round + 1}/${rounds}: then ${text(result.then)}, now ${text(result.now)}`);
  return result;
}

function text({ value, cpuMicros = NaN, peakRssBytes = NaN }: Sample): string {
  const memory = `${Math.round(peakRssBytes / 1e6)} MB`;
  return `${Math.round(value).toLocaleString('en-US')}/s at ${cpuMicros.toFixed(2)} µs, ${memory}`;
}

/** The ratio of the medians, and the spread of the ratios of each round. */
function ratio(results: readonly Round[], pick: (sample: Sample) => number): string {
  const median = (of: 'now' | 'then') => spread(results.map((result) => pick(result[of]))).median;
  const each: Spread = spread(results.map(({ now, then }) => pick(now) / pick(then)));
  const range = `rounds ${each.least.toFixed(3)} to ${each.most.toFixed(3)}, their median ${each.median.toFixed(3)}`;
  return `${(median('now') / median('then')).toFixed(3)} (${range})`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
