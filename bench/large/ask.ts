import { numberText } from '../markdown.ts';
import { Questions } from '../questions.ts';
import type { Sample } from '../sample.ts';
import { delays, timed } from '../timed.ts';
import type { LargeQuestion, Way } from './questions.ts';
import type { KeptServer } from './server.ts';

/** Longer than anybody waits, so that a question without an index that it needs says so. */
const BUDGET = { maxMs: 60_000, maxRows: Infinity };

/** Names of the databases of the two sets. */
export type Databases = Readonly<Record<LargeQuestion['of'], string>>;

export const QUESTIONS_HEAD = ['', 'p50 ms', 'p99 ms', 'target', 'VictoriaLogs', 'way', 'rows read'];

/** Asks one, and returns it as a row of the table: one that goes wrong says how. */
export async function asked(
  question: LargeQuestion,
  server: KeptServer,
  databases: Databases,
): Promise<string[]> {
  const { name, target, anchor = '' } = question;
  const bound = target === undefined ? '' : `${target.column} ≤ ${numberText(target.ms, 0)}`;
  try {
    const { sample, last } = await measure(question, server, databases);
    const { p50Ms = NaN, p99Ms = NaN } = sample;
    const reached = target?.column === 'p99' ? p99Ms : p50Ms;
    const verdict = target === undefined ? '' : ` ${reached <= target.ms ? '✓' : '✗'}`;
    const times = [numberText(p50Ms, 1), numberText(p99Ms, 1)];
    return [name, ...times, `${bound}${verdict}`, anchor, last.way, numberText(last.rowsRead, 0)];
  } catch (error) {
    return [name, '', '', bound === '' ? '' : `${bound} ✗`, anchor, `failed: ${String(error)}`, ''];
  }
}

interface Measured {
  readonly sample: Sample;
  /** How the last answer was come by. */
  readonly last: Way;
}

async function measure(question: LargeQuestion, server: KeptServer, databases: Databases): Promise<Measured> {
  const { of, times, ask, isCold } = question;
  if (isCold) return measureCold(question, server, databases);
  await using questions = await Questions.open(server.urlOf(databases[of]), BUDGET);
  let last = await ask(questions, 0);
  const sample = await timed(times, async (nth) => (last = await ask(questions, nth)));
  return { sample, last };
}

async function measureCold(
  { of, times, ask }: LargeQuestion,
  server: KeptServer,
  databases: Databases,
): Promise<Measured> {
  const tookMs: number[] = [];
  let last: Way = { way: '', rowsRead: 0 };
  for (let nth = 0; nth < times; nth += 1) {
    await server.restartCold();
    await using questions = await Questions.open(server.urlOf(databases[of]), BUDGET);
    const startMs = performance.now();
    last = await ask(questions, nth);
    tookMs.push(performance.now() - startMs);
  }
  return { sample: delays(tookMs), last };
}
