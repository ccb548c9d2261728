import { randomInt } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../pipeline/clock.ts';
import { newRun } from '../../runs/run-ids.ts';
import { SimulationCounter } from '../../simulator/counts.ts';
import { type Extent, paced } from '../../simulator/paced.ts';
import { seededRandom } from '../../simulator/random.ts';
import { leisurelyRate, type Rate, steadyRate, unlimitedRate } from '../../simulator/rate.ts';
import { serviceNames } from '../../simulator/services.ts';
import { Simulator } from '../../simulator/simulator.ts';
import type { Context } from '../context.ts';
import { createFlag, type CreateOption, decimalNumber, wholeNumber } from '../options.ts';
import { writeJson } from '../output/files.ts';
import { publish, requireConfirmed } from '../publish.ts';
import { PUBLISHING_SETTINGS } from '../publishing-settings.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface SimOptions extends CreateOption {
  readonly rate?: number;
  readonly count?: number;
  readonly services: readonly string[];
  readonly seed?: number;
  readonly invalid: number;
  readonly ids?: boolean;
  readonly report?: string;
}

const MAX_SEED = 2 ** 32 - 1;
const MAX_SERVICES = 10_000;
const MAX_SERVICE_NAME = 100;

/** `lms sim`: simulated services that publish. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Simulate services that publish log messages: random severities, one message every 50 to 2,000 ms, each id ' +
        'printed. Runs for DURATION seconds, or until Ctrl-C. With --rate, only the progress is shown, and with ' +
        'DURATION too it is exactly rate × DURATION messages.',
    )
    .option('--rate <n>', 'messages per second instead, exact on average; 0: as fast as possible', readRate)
    .option('--count <n>', 'stop after so many messages', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addOption(servicesOption())
    .option(
      '--seed <n>',
      'make the same choices of service, severity and fault again',
      wholeNumber(0, MAX_SEED),
    )
    .option('--invalid <share>', 'share of malformed messages to mix in, 0 to 1', decimalNumber(0, 1), 0)
    .option('--ids', 'print the id of each message at any rate')
    .option(
      '--report <file>',
      'at the end, write what was published, counted by service and severity, as JSON',
    )
    .addHelpText('after', EXAMPLES)
    .action((options: SimOptions) => simulate(options, command, context));
  createFlag(command, 'topic and subscription');
  settingFlags(command, ['DURATION', ...PUBLISHING_SETTINGS]);
}

const EXAMPLES = `
Examples:
  lms sim                                     until Ctrl-C, at a pace to read along
  DURATION=60 lms sim --rate 5000             300,000 messages in a minute
  lms sim --rate 0 --count 1000000            a million, as fast as they go
  lms sim --services web,worker --invalid 0.01 --seed 7`;

async function simulate(options: SimOptions, command: Command, context: Context): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const { rate, services, create } = options;
  const run = newRun();
  const seed = options.seed ?? randomInt(MAX_SEED);
  const extent = { maxCount: options.count ?? Infinity, durationMs: settings.durationMs ?? Infinity };
  const simulator = new Simulator({ run, services, invalidShare: options.invalid, seed });
  const supply = paced((count) => simulator.make(count), {
    rate: rateOf(rate, seed, extent.durationMs),
    extent,
    clock: systemClock,
  });
  const counter = new SimulationCounter();
  const result = await publish(
    settings,
    {
      command: 'sim',
      run,
      supply,
      create,
      ids: options.ids ?? rate === undefined,
      share: (confirmed, elapsedMs) => shareOf(confirmed, elapsedMs, extent),
      onConfirmed: (messages) => {
        counter.add(messages);
      },
    },
    context,
  );
  const { confirmed: published, unconfirmed } = result;
  if (options.report !== undefined) {
    const elapsedMs = Math.round(result.elapsedMs);
    await writeJson(options.report, { run, seed, published, unconfirmed, elapsedMs, ...counter.counts() });
  }
  requireConfirmed(result);
}

function rateOf(rate: number | undefined, seed: number, durationMs: number): Rate {
  // Its own sequence of numbers: the pace must not change what is chosen.
  if (rate === undefined) return leisurelyRate(seededRandom(seed + 1));
  return rate === 0 ? unlimitedRate(durationMs) : steadyRate(rate);
}

/** How near the nearer end is; undefined if there is none. */
function shareOf(confirmed: number, elapsedMs: number, { maxCount, durationMs }: Extent): number | undefined {
  if (maxCount === Infinity && durationMs === Infinity) return undefined;
  return Math.min(1, Math.max(confirmed / maxCount, elapsedMs / durationMs));
}

const readPositiveRate = decimalNumber(0.001, 1_000_000);

function readRate(text: string): number {
  return text === '0' ? 0 : readPositiveRate(text);
}

function servicesOption(): Option {
  const usual = serviceNames(3);
  return new Option('--services <names>', 'names with commas between, or how many')
    .argParser(readServices)
    .default(usual, usual.join());
}

function readServices(text: string): string[] {
  if (/^\d+$/.test(text)) return serviceNames(wholeNumber(1, MAX_SERVICES)(text));
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '' && name.length <= MAX_SERVICE_NAME)) return names;
  throw new InvalidArgumentError(`Each name should have 1 to ${String(MAX_SERVICE_NAME)} characters.`);
}
