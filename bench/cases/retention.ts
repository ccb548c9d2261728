import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LogEntry } from '../../src/logs/entry.ts';
import { matches } from '../../src/query/predicate.ts';
import { printRules, requireRules } from '../../src/retention/rules.ts';
import { accessLog } from '../access-log.ts';
import type { Database } from '../database.ts';
import { fillTables } from '../fill-tables.ts';
import { indexTags } from '../index-tags.ts';
import { measured } from '../measure.ts';
import { entries, USUAL } from '../messages.ts';
import type { Case, Sample, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { latencyCase } from './latency.ts';

const PROGRAM = fileURLToPath(new URL('../processes/retain.ts', import.meta.url));
const STEADY = { ratePerSecond: 10_000, batchSize: 5_000 };
/** More than what comes in meanwhile: retention is at it all the time. */
const BESIDE_ROWS_A_SECOND = 30_000;
/** What `RETENTION_CPU_PERCENT` is by default. */
const USUAL_PERCENT = 50;
const FILTERED: readonly Target[] = [{ column: 'value', atLeast: 20_000 }];

interface Scale {
  readonly messages: number;
  readonly seconds: number;
  readonly writer: string;
}

/** Rows that are deleted by a rule. */
interface Deletion {
  readonly name: string;
  readonly rule: string;
  readonly rows: number;
  readonly made: (start: number, count: number) => LogEntry[];
  /** Whether the tags that are asked for have an index. */
  readonly isIndexed?: boolean;
  /** Whether all rows are counted that it looks at, not those alone that it deletes. */
  readonly countsAll?: boolean;
  readonly targets: readonly Target[];
}

/** How fast rows are deleted with what counts them, by rules of each kind, and what that costs a worker beside it. */
export function retentionCases(stage: Stage, scale: Scale): Case[] {
  const { seconds, writer } = scale;
  const beside = (database: Database) => startBeside(database, BESIDE_ROWS_A_SECOND * seconds);
  const steady = { ...STEADY, seconds, group: 'retention', name: 'writer at 10,000 a second' };
  return [
    ...deletions(scale).map((deletion) => ({
      group: 'retention',
      name: deletion.name,
      unit: 'messages/s' as const,
      against: [writer],
      targets: deletion.targets,
      run: () => deleted(stage, deletion),
    })),
    latencyCase(stage, steady),
    latencyCase(stage, {
      ...steady,
      name: 'the same, beside retention',
      against: steady.name,
      beside,
      targets: [{ column: 'ratio', atLeast: 0.9 }],
    }),
  ];
}

function deletions({ messages }: Scale): readonly Deletion[] {
  const usual = {
    rows: messages,
    made: (start: number, count: number) => entries({ ...USUAL, count: messages }, start, count),
  };
  const access = { rows: messages / 2, made: accessLog, targets: FILTERED };
  return [
    {
      ...usual,
      name: 'retention of everything',
      rule: '*=1d',
      targets: [{ column: 'ratio', atLeast: 0.5 }],
    },
    { ...usual, name: 'retention of one severity of five', rule: 'severity:debug=1d', targets: FILTERED },
    { ...access, name: 'retention by a tag that most have', rule: 'code:200=1d' },
    { ...access, name: 'the same with an index of the tag', rule: 'code:200=1d', isIndexed: true },
    { ...access, name: 'retention by a word that most have', rule: 'GET=1d' },
    {
      ...access,
      name: 'by a word that one of ten has: rows looked at',
      rule: 'POST=1d',
      countsAll: true,
    },
  ];
}

async function deleted(stage: Stage, deletion: Deletion): Promise<Sample> {
  const { rule, rows, made, isIndexed = false, countsAll = false } = deletion;
  const database = await stage.database.fresh();
  if (isIndexed) await indexTags(stage, database);
  await fillTables(database, rows, made);
  const matching = made(0, rows).filter(predicateOf(rule)).length;
  const child = await started(database, rule, 100);
  const rollbacksBefore = await stage.database.rollbacks();
  const ended = once(child, 'message') as Promise<[number]>;
  const messages = countsAll ? rows : matching;
  let done = 0;
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages,
    serverPid: stage.database.pid,
    begin: async () => {
      child.send('go');
      const [count] = await ended;
      if (count === matching) done = messages;
    },
    done: () => Promise.resolve(done),
    settled: () => Promise.resolve(true),
  });
  const rollbacks = (await stage.database.rollbacks()) - rollbacksBefore;
  await end(child);
  await database.requireRows(rows - matching);
  await database.drop();
  return { ...sample, rollbacks };
}

function predicateOf(rule: string) {
  const [parsed] = requireRules(rule, 'the rule');
  if (parsed === undefined) throw new Error('there is no rule');
  return matches(parsed.filter);
}

/** Deletes rows of another time as it usually does, from when it is told so; what is left in the end at once. */
async function startBeside(database: Database, rows: number): Promise<{ stop(): Promise<void> }> {
  await fillTables(database, rows, (start, count) => entries({ ...USUAL, count: rows }, start, count));
  const child = await started(database, '*=1d', USUAL_PERCENT);
  const ended = once(child, 'message');
  child.send('go');
  return {
    stop: async () => {
      child.send('hurry');
      await ended;
      await end(child);
    },
  };
}

async function started(database: Database, rules: string, percent: number): Promise<ChildProcess> {
  const text = printRules(requireRules(rules, 'the rules'));
  const child = fork(PROGRAM, [text, String(percent)], {
    env: { ...process.env, DATABASE_URL: database.url },
  });
  await once(child, 'message');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.send('end');
  await exited;
}
