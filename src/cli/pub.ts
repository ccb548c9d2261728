import type { Command } from 'commander';
import { greetings } from '../agent/greetings.ts';
import { lineMessages } from '../agent/line-messages.ts';
import { newRun } from '../agent/numbering.ts';
import { flatOutPace } from '../agent/pace.ts';
import { paced } from '../agent/paced.ts';
import type { Settings } from '../config/settings.ts';
import { systemClock } from '../pipeline/clock.ts';
import { wholeNumber } from './arguments.ts';
import type { Context } from './command.ts';
import { createFlag, type CreateOption } from './create-flag.ts';
import { openInput } from './input.ts';
import { publish, PUBLISHING_SETTINGS, requireConfirmed } from './publishing.ts';
import { RefusedLines } from './refused-lines.ts';
import { settingFlags, settingsFrom } from './setting-flags.ts';

interface PubOptions extends CreateOption {
  readonly file?: string;
  readonly raw?: boolean;
  readonly ids?: boolean;
}

const USUAL_QUANTITY = 3;

/** `lms pub`: test messages, or the lines of a file or of standard input. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Publish test messages (service Admin, severity info, payload `Hello world <n>`) and print their ids; or, with ' +
        '--file, each line of a file as a message. A line that a worker would reject is refused with its number ' +
        'and the others are published.',
    )
    .argument('[qty]', `how many test messages (default: ${USUAL_QUANTITY})`, wholeNumber(1, 100_000_000))
    .option('--file <path>', 'publish the JSON lines of a file, or of standard input for -')
    .option('--raw', 'publish every line as it is, whether a worker would take it or not')
    .option('--ids', 'print the id of each message of a file, too')
    .addHelpText('after', EXAMPLES)
    .action(async (quantity: number | undefined, options: PubOptions) => {
      if (options.file !== undefined && quantity !== undefined) {
        command.error('qty is for test messages: it cannot be combined with --file');
      }
      const { settings } = settingsFrom(command, context);
      if (options.file === undefined)
        await publishGreetings(quantity ?? USUAL_QUANTITY, options, settings, context);
      else await publishLines(options.file, options, settings, context);
    });
  createFlag(command, 'topic and subscription');
  settingFlags(command, PUBLISHING_SETTINGS);
}

const EXAMPLES = `
Examples:
  lms pub                       3 test messages
  lms pub --file logs.jsonl     {"service_name":…,"payload":…,"severity":…,"timestamp":…} on each line
  journalctl -o json -f | ./to-lms | lms pub --file -`;

async function publishGreetings(
  quantity: number,
  { create }: PubOptions,
  settings: Settings,
  context: Context,
): Promise<void> {
  const run = newRun();
  const extent = { maxCount: quantity, durationMs: Infinity };
  const supply = paced(greetings(run), flatOutPace(Infinity), extent, systemClock);
  const share = (confirmed: number) => confirmed / quantity;
  requireConfirmed(
    await publish(settings, { command: 'pub', run, supply, create, ids: true, share }, context),
  );
}

async function publishLines(
  path: string,
  { create, raw = false, ids = false }: PubOptions,
  settings: Settings,
  context: Context,
): Promise<void> {
  const run = newRun();
  const input = await openInput(path, context);
  const refused = new RefusedLines();
  const onRefused = refused.add.bind(refused);
  const supply = lineMessages(input.chunks, { run, raw, onRefused });
  const { share } = input;
  requireConfirmed(await publish(settings, { command: 'pub', run, supply, create, ids, share }, context));
  refused.requireNone();
}
