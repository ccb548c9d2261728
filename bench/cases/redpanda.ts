import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../test/support/program.ts';
import type { Database } from '../database.ts';
import { measured } from '../measure.ts';
import type { MessageSet } from '../messages.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { until } from '../waiting.ts';

/** A configuration in bench/peers/, and what a run of it leaves behind. */
interface Peer {
  readonly name: string;
  readonly file: string;
  /** Messages committed so far, by a question that costs the database next to nothing. */
  readonly done: (run: {
    readonly database: Database;
    readonly acked: () => Promise<number>;
  }) => Promise<number>;
  /** Throws unless everything is there that this configuration writes. */
  readonly check: (database: Database, rows: number) => Promise<void>;
}

const PEERS: readonly Peer[] = [
  {
    name: 'Redpanda Connect, 200 B',
    file: 'redpanda-connect.yaml',
    done: ({ database }) => database.counted(),
    check: (database, rows) => database.requireRows(rows),
  },
  {
    name: 'Redpanda Connect, 200 B, rows only',
    file: 'redpanda-connect-rows.yaml',
    // Acknowledged after the commit. Counting rows again and again would slow down what is measured.
    done: ({ acked }) => acked(),
    check: async (database, rows) => {
      const stored = await database.stored();
      if (stored !== rows) throw new Error(`${rows} rows should be stored: ${stored} are`);
    },
  },
];

/**
 * Redpanda Connect on the same backlog and tables as the worker; none if `redpanda-connect` is not on the
 * PATH.
 */
export async function redpandaCases(stage: Stage, set: MessageSet, against: string): Promise<Case[]> {
  const program = await findProgram('redpanda-connect');
  if (program === undefined) return [];
  return PEERS.map((peer) => ({
    group: 'peers',
    name: peer.name,
    unit: 'messages/s',
    against: [against],
    run: () => run(stage, set, program, peer),
  }));
}

async function run(stage: Stage, set: MessageSet, program: string, peer: Peer): Promise<Sample> {
  const { names, projectId, fullName } = await stage.backlog(set);
  const database = await stage.database.fresh();
  const { username, password, host, pathname } = new URL(database.url);
  const env = {
    PUBSUB_EMULATOR_HOST: stage.broker.address,
    PROJECT: projectId,
    SUBSCRIPTION: names.subscription,
    DSN: `${username}:${decodeURIComponent(password)}@tcp(${host})${pathname}?interpolateParams=true`,
  };
  const configuration = fileURLToPath(new URL(`../peers/${peer.file}`, import.meta.url));
  const child = spawn(program, ['run', configuration], { env, stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const counts = () => stage.broker.subscription(fullName);
  await until('Redpanda Connect', async () => (await counts()).consumers > 0, 20);
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages: set.count,
    begin: () => stage.broker.release(),
    done: () => peer.done({ database, acked: async () => (await counts()).acked }),
  });
  process.off('exit', kill);
  child.kill();
  await once(child, 'exit');
  await peer.check(database, set.count);
  await database.drop();
  return sample;
}
