import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startLms } from '../lms-process.ts';
import type { MessageSet } from '../messages.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { until } from '../waiting.ts';

const NODE = 'node with an empty script';
const FEW: MessageSet = { bytes: 200, count: 100, duplicates: 0 };

/** How long it takes from the start of the process until it is of use. */
export function startUpCases(stage: Stage): Case[] {
  const common = { group: 'start-up', unit: 'ms' } as const;
  return [
    { ...common, name: NODE, against: [], run: () => timed(() => ended(['-e', ''])) },
    {
      ...common,
      name: 'lms --help',
      against: [NODE],
      targets: [{ column: 'value', atMost: 150 }],
      run: () => timed(() => startLms(['--help'], { env: {}, directory: stage.directory }).ended),
    },
    {
      ...common,
      name: 'lms mon, to the first message',
      against: [NODE],
      targets: [{ column: 'value', atMost: 700 }],
      run: async () => {
        const database = await stage.database.fresh();
        const backlog = await stage.backlog(FEW);
        const env = { ...stage.settings(backlog), DATABASE_URL: database.url };
        await stage.broker.release();
        const startMs = performance.now();
        const worker = startLms(['mon'], { env, directory: stage.directory });
        const received = async () => (await stage.broker.subscription(backlog.fullName)).delivered > 0;
        await until('the first message', received, 2);
        const value = performance.now() - startMs;
        await worker.stop();
        await database.drop();
        return { value };
      },
    },
  ];
}

async function timed(work: () => Promise<void>): Promise<Sample> {
  const startMs = performance.now();
  await work();
  return { value: performance.now() - startMs };
}

async function ended(args: readonly string[]): Promise<void> {
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
}
