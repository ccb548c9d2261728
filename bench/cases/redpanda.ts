import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../test/support/program.ts';
import { measured } from '../measure.ts';
import type { MessageSet } from '../messages.ts';
import type { Case } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { until } from '../waiting.ts';

const CONFIGURATION = fileURLToPath(new URL('../peers/redpanda-connect.yaml', import.meta.url));

/** Redpanda Connect on the same backlog and tables as the worker; none if `redpanda-connect` is not on the PATH. */
export async function redpandaCases(stage: Stage, set: MessageSet, against: string): Promise<Case[]> {
  const program = await findProgram('redpanda-connect');
  if (program === undefined) return [];
  return [
    {
      group: 'peers',
      name: 'Redpanda Connect, 200 B',
      unit: 'messages/s',
      against: [against],
      run: async () => {
        const { names, projectId, fullName } = await stage.backlog(set);
        const database = await stage.database.fresh();
        const { username, password, host, pathname } = new URL(database.url);
        const env = {
          PUBSUB_EMULATOR_HOST: stage.broker.address,
          PROJECT: projectId,
          SUBSCRIPTION: names.subscription,
          DSN: `${username}:${decodeURIComponent(password)}@tcp(${host})${pathname}?interpolateParams=true`,
        };
        const child = spawn(program, ['run', CONFIGURATION], { env, stdio: 'ignore' });
        const kill = () => child.kill('SIGKILL');
        process.once('exit', kill);
        const counts = () => stage.broker.subscription(fullName);
        await until('Redpanda Connect', async () => (await counts()).consumers > 0, 20);
        const sample = await measured({
          pids: [child.pid ?? 0],
          messages: set.count,
          begin: () => stage.broker.release(),
          done: () => database.counted(),
        });
        process.off('exit', kill);
        child.kill();
        await once(child, 'exit');
        await database.requireRows(set.count);
        await database.drop();
        return sample;
      },
    },
  ];
}
