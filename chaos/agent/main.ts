import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { playAgent } from './campaign.ts';

const USAGE = `Has a log written in torn pieces, rotated, truncated and compressed, and lines sent by TCP, while the agent that reads
them and the broker that takes them are killed, stopped, frozen and cut off; checks that in the end each line is there
once, and none is torn.

  --seed <n>      the seed of an earlier run draws the same moments (default: a random one)
  --rounds <n>    each with a log and a state of its own (default 10)
  --round <n>     only this one
  --moments <n>   in each of them (default 40)
  --senders <n>   programs that send by TCP at once (default 4)

Exits with 1 if anything was otherwise. Logs of all processes: output/chaos-agent/<seed>/.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string' },
    round: { type: 'string' },
    moments: { type: 'string' },
    senders: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const number = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(`${String(text)} is no number: see --help`);
};

if (values.help === true) {
  process.stdout.write(USAGE);
} else {
  const seed = number(values.seed, randomInt(1_000_000));
  const all = Array.from({ length: number(values.rounds, 10) }, (_, index) => index + 1);
  const isRight = await playAgent({
    seed,
    rounds: values.round === undefined ? all : [number(values.round, 1)],
    moments: number(values.moments, 40),
    senders: number(values.senders, 4),
    directory: fileURLToPath(new URL(`../../output/chaos-agent/${String(seed)}/`, import.meta.url)),
    print: (text) => void process.stdout.write(text),
  });
  process.exitCode = isRight ? 0 : 1;
}
