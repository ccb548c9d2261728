import { accessLog, midnight, ROWS_A_DAY, WEB_SERVERS } from '../access-log.ts';
import type { Database } from '../database.ts';
import { fillTables } from '../fill-tables.ts';
import { Questions } from '../questions.ts';
import type { Case, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { timed } from '../timed.ts';

const GROUP = 'read';
const SEVERITIES = ['info', 'error'];

interface Question {
  readonly name: string;
  /** How often it is asked. */
  readonly times: number;
  readonly targets?: readonly Target[];
  /** Asks it for the nth time. Throws if the answer is wrong. */
  readonly ask: (questions: Questions, nth: number) => Promise<void>;
}

/** Questions to a table of so many access-log rows, without any index beside our own. */
export function readCases(stage: Stage, rows: number): Case[] {
  let filled: Promise<Database> | undefined;
  const database = () => (filled ??= fill(stage, rows));
  return questions(rows).map(({ name, times, targets, ask }) => ({
    group: GROUP,
    name: `${name}, of ${rows.toLocaleString('en-US')}`,
    unit: 'ms',
    against: [],
    ...(targets && { targets }),
    run: async () => {
      await using asked = await Questions.open((await database()).url);
      return await timed(times, (nth) => ask(asked, nth));
    },
  }));
}

async function fill(stage: Stage, rows: number): Promise<Database> {
  const database = await stage.database.fresh();
  await fillTables(database, rows, accessLog);
  await database.requireRows(rows);
  return database;
}

function questions(rows: number): Question[] {
  const days = Math.floor(rows / ROWS_A_DAY);
  const page = (expression: (nth: number) => string) => async (asked: Questions, nth: number) => {
    const found = await asked.newest(expression(nth));
    if (found !== 100) throw new Error(`${expression(nth)}: ${found} found`);
  };
  return [
    {
      name: 'newest 100',
      times: 300,
      targets: [{ column: 'p50Ms', atMost: 5 }],
      ask: page(() => ''),
    },
    {
      name: 'newest 100 of a service and severity',
      times: 300,
      targets: [{ column: 'p99Ms', atMost: 20 }],
      ask: page((nth) => {
        const service = WEB_SERVERS[nth % WEB_SERVERS.length];
        return `service:${service} severity:${SEVERITIES[Math.floor(nth / WEB_SERVERS.length) % 2]}`;
      }),
    },
    {
      name: 'a day in bars by severity',
      times: 100,
      targets: [{ column: 'p99Ms', atMost: 50 }],
      ask: async (asked, nth) => {
        const day = nth % days;
        const counted = await asked.bars('', midnight(day), midnight(day + 1));
        if (counted !== ROWS_A_DAY) throw new Error(`${counted} in the bars of a day`);
      },
    },
    { name: 'newest 100 with a tag that one row in twenty has', times: 100, ask: page(() => 'code:500') },
    { name: 'a word that no row has', times: 3, ask: (asked) => asked.newest('nowhere').then(requireNone) },
  ];
}

function requireNone(found: number): void {
  if (found !== 0) throw new Error(`${found} found`);
}
