import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CLUSTER_ROUNDS, playAll } from './campaign.ts';

const USAGE = `Kills, freezes, cuts off and misleads real processes of lms, and checks that nothing was lost or counted twice.

  --seed <n>        the seed of an earlier run plays the same rounds (default: a random one, or CHAOS_SEED)
  --rounds <n>      how many on one server (default 20, or CHAOS_ROUNDS); one on each kind of cluster follows, of 40 s
  --round <n>       only this one; 101 is on Galera, 102 and 103 are on MySQL's Group Replication with many primaries and with one
  --messages <n>    a round's messages, about (default 11,500)
  --faults <n>      a round's faults (default 36)
  --seconds <n>     a round's length, before everything is mended (default 14)
  --mysqld <path>   another server program than this machine's mariadbd or mysqld
  --chroot <dir>    its root directory, if it is of another distribution (needs root)

Exits with 1 if anything was lost, double, miscounted or unaccounted for. Logs of all workers: output/chaos/<seed>/.
`;

/** A node that was killed takes its time to come back, so that there are fewer faults. */
const CLUSTER_SIZE = { messages: 11_500, faults: 30, durationMs: 40_000 };

const firstRounds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const number = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(`${String(text)} is no number: see --help`);
};

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string' },
    round: { type: 'string' },
    messages: { type: 'string' },
    faults: { type: 'string' },
    seconds: { type: 'string' },
    mysqld: { type: 'string' },
    chroot: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help === true) {
  process.stdout.write(USAGE);
} else {
  const rounds = number(values.rounds ?? process.env['CHAOS_ROUNDS'], 20);
  const only = values.round === undefined ? undefined : number(values.round, 1);
  const seed = number(values.seed ?? process.env['CHAOS_SEED'], randomInt(1_000_000));
  const passed = await playAll({
    seed,
    rounds: only === undefined ? [...firstRounds(rounds), ...CLUSTER_ROUNDS.keys()] : [only],
    size: {
      messages: number(values.messages, 11_500),
      faults: number(values.faults, 36),
      durationMs: number(values.seconds, 14) * 1000,
    },
    clusterSize: CLUSTER_SIZE,
    mysql: { mysqld: values.mysqld, chroot: values.chroot },
    directory: fileURLToPath(new URL(`../output/chaos/${String(seed)}/`, import.meta.url)),
    print: (text) => void process.stdout.write(text),
  });
  process.exitCode = passed ? 0 : 1;
}
