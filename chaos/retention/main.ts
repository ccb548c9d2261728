import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { playRetention } from './campaign.ts';
import { PLACE_KINDS, type PlaceKind } from './place.ts';

const USAGE = `Cuts runs of retention short at random moments, while others write, and checks that nothing was deleted that rules keep,
that counts were in step at every look, and that in the end all is gone that was to go.

  --seed <n>        the seed of an earlier run draws the same rules and moments (default: a random one)
  --on <place>      only there: ${PLACE_KINDS.join(', ')}
  --moments <n>     on each of them (default 100)
  --mysqld <path>   another server program than this machine's mariadbd or mysqld
  --chroot <dir>    its root directory, if it is of another distribution (needs root)

Exits with 1 if anything was otherwise. Logs of all processes: output/chaos-retention/<seed>/.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    on: { type: 'string' },
    moments: { type: 'string' },
    mysqld: { type: 'string' },
    chroot: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const number = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(`${String(text)} is no number: see --help`);
};

const placesOf = (text: string | undefined): readonly PlaceKind[] => {
  if (text === undefined) return PLACE_KINDS;
  const places = PLACE_KINDS.filter((kind) => kind === text);
  if (places.length > 0) return places;
  throw new TypeError(`${text} is none of ${PLACE_KINDS.join(', ')}`);
};

if (values.help === true) {
  process.stdout.write(USAGE);
} else {
  const seed = number(values.seed, randomInt(1_000_000));
  const isRight = await playRetention({
    seed,
    places: placesOf(values.on),
    moments: number(values.moments, 100),
    mysql: { mysqld: values.mysqld, chroot: values.chroot },
    size: { rows: 6_000, batchRows: 200, restMs: 40 },
    rowsBetween: 1_500,
    directory: fileURLToPath(new URL(`../../output/chaos-retention/${String(seed)}/`, import.meta.url)),
    print: (text) => void process.stdout.write(text),
  });
  process.exitCode = isRight ? 0 : 1;
}
