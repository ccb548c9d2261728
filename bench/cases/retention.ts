import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from '../database.ts';
import { fillTables } from '../fill-tables.ts';
import { measured } from '../measure.ts';
import { entries, USUAL } from '../messages.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { latencyCase } from './latency.ts';

const PROGRAM = fileURLToPath(new URL('../processes/retain.ts', import.meta.url));
/** Behind all that the usual messages say of their time. */
const END = '2026-02-01 00:00:00';
const STEADY = { ratePerSecond: 10_000, batchSize: 5_000 };
/** Twice what comes in: retention never falls behind for long. */
const BESIDE_ROWS_A_SECOND = 20_000;

/** How fast rows are deleted with what counts them, and what that costs a worker beside it. */
export function retentionCases(
  stage: Stage,
  scale: { readonly messages: number; readonly seconds: number; readonly writer: string },
): Case[] {
  const { messages, seconds, writer } = scale;
  const beside = (database: Database) => startBeside(database, BESIDE_ROWS_A_SECOND * seconds);
  return [
    {
      group: 'retention',
      name: 'deleting a range',
      unit: 'messages/s',
      against: [writer],
      targets: [{ column: 'ratio', atLeast: 0.5 }],
      run: () => deleted(stage, messages, { matching: messages }),
    },
    {
      group: 'retention',
      name: 'deleting nine tenths of a range, by a filter on payloads',
      unit: 'messages/s',
      against: [writer],
      targets: [{ column: 'value', atLeast: 20_000 }],
      run: () => deleted(stage, messages / 2, { how: 'filter', matching: (messages / 2) * 0.9 }),
    },
    latencyCase(stage, { ...STEADY, seconds, group: 'retention', name: 'writer at 10,000 a second' }),
    latencyCase(stage, {
      ...STEADY,
      seconds,
      group: 'retention',
      name: 'the same, beside retention of 20,000 rows a second',
      against: 'writer at 10,000 a second',
      beside,
      targets: [{ column: 'ratio', atLeast: 0.9 }],
    }),
  ];
}

async function deleted(
  stage: Stage,
  rows: number,
  { how = 'range', matching }: { readonly how?: 'range' | 'filter'; readonly matching: number },
): Promise<Sample> {
  const database = await stage.database.fresh();
  await fill(database, rows);
  const child = await started(database, [END, '0', how]);
  const rollbacksBefore = await stage.database.rollbacks();
  const ended = once(child, 'message') as Promise<[number]>;
  let done = 0;
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages: matching,
    serverPid: stage.database.pid,
    begin: async () => {
      child.send('go');
      [done] = await ended;
    },
    done: () => Promise.resolve(done),
    settled: () => Promise.resolve(true),
  });
  const rollbacks = (await stage.database.rollbacks()) - rollbacksBefore;
  child.send('end');
  await once(child, 'exit');
  await database.requireRows(rows - matching);
  await database.drop();
  return { ...sample, rollbacks };
}

/** Deletes rows of another time at a steady rate, from when it is told so; what is left in the end at once. */
async function startBeside(database: Database, rows: number): Promise<{ stop(): Promise<void> }> {
  await fill(database, rows);
  const child = await started(database, [END, String(BESIDE_ROWS_A_SECOND), 'range']);
  const ended = once(child, 'message');
  child.send('go');
  return {
    stop: async () => {
      child.send('hurry');
      await ended;
      child.send('end');
      await once(child, 'exit');
    },
  };
}

async function started(database: Database, args: readonly string[]): Promise<ChildProcess> {
  const child = fork(PROGRAM, [...args], { env: { ...process.env, DATABASE_URL: database.url } });
  await once(child, 'message');
  return child;
}

function fill(database: Database, rows: number): Promise<void> {
  return fillTables(database, rows, (start, count) => entries({ ...USUAL, count: rows }, start, count));
}
