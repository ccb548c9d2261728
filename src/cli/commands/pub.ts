import { type Command, InvalidArgumentError } from 'commander';
import { lineMessages, type RefusedLine } from '../../agent/line-messages.ts';
import type { Settings } from '../../config/settings.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { ATTRIBUTES, type OutgoingMessage } from '../../logs/message.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { newRun } from '../../runs/run-ids.ts';
import { paced } from '../../simulator/paced.ts';
import { unlimitedRate } from '../../simulator/rate.ts';
import { testMessages } from '../../simulator/test-messages.ts';
import type { Context } from '../context.ts';
import { isPiped, openInput } from '../input.ts';
import { createFlag, type CreateOption, wholeNumber } from '../options.ts';
import { count } from '../output/numbers.ts';
import { publish, requireConfirmed } from '../publish.ts';
import { PUBLISHING_SETTINGS } from '../publishing-settings.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface PubOptions extends CreateOption {
  readonly file?: string;
  readonly raw?: boolean;
  readonly ids?: boolean;
}

const USUAL_QUANTITY = 3;
const readWholeNumber = wholeNumber(1, 100_000_000);

/** `lms pub`: test messages, or the lines of a file or of standard input. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Publish test messages (service Admin, severity info, payload `Hello world <n>`) and print their ids; or, with ' +
        '--file or something piped in, each line of it as a message. A line that a worker would reject is refused with its number ' +
        'and the others are published.',
    )
    .argument('[qty]', `how many test messages (default: ${USUAL_QUANTITY})`, readQuantity)
    .option('--file <path>', 'publish the JSON lines of a file, or of standard input for -')
    .option('--raw', 'publish every line as it is, whether a worker would take it or not')
    .option('--ids', 'print the id of each message of a file, too')
    .addHelpText('after', EXAMPLES)
    .action(async (quantity: number | undefined, options: PubOptions) => {
      if (options.file !== undefined && quantity !== undefined) {
        command.error('qty is for test messages: it cannot be combined with --file');
      }
      const { settings } = settingsFrom(command, context);
      const parts = { options, settings, context };
      const path = options.file ?? (quantity === undefined && isPiped(context.stdin) ? '-' : undefined);
      if (path === undefined) await publishTestMessages(quantity ?? USUAL_QUANTITY, parts);
      else await publishLines(path, parts);
    });
  createFlag(command, 'topic and subscription');
  settingFlags(command, ['DEFAULT_SERVICE', ...PUBLISHING_SETTINGS]);
}

const EXAMPLES = `
Examples:
  lms pub                       3 test messages
  lms pub --file logs.jsonl     {"service_name":…,"payload":…,"severity":…,"timestamp":…} on each line
  tail -f app.log | lms pub --default-service shop`;

/** A person who names a file here means --file. */
function readQuantity(text: string): number {
  if (!/[./]/.test(text)) return readWholeNumber(text);
  throw new InvalidArgumentError(`To publish the lines of a file: lms pub --file ${text}`);
}

interface PubParts {
  readonly options: PubOptions;
  readonly settings: Settings;
  readonly context: Context;
}

async function publishTestMessages(
  quantity: number,
  { options: { create }, settings, context }: PubParts,
): Promise<void> {
  const run = newRun();
  const extent = { maxCount: quantity, durationMs: Infinity };
  const supply = paced(testMessages(run), { rate: unlimitedRate(Infinity), extent, clock: systemClock });
  const share = (confirmed: number) => confirmed / quantity;
  requireConfirmed(
    await publish(settings, { command: 'pub', run, supply, create, ids: true, share }, context),
  );
}

async function publishLines(path: string, { options, settings, context }: PubParts): Promise<void> {
  const { create, raw = false, ids = false } = options;
  const run = newRun();
  const input = await openInput(path, context);
  const refused = new RefusedLines();
  const onRefused = refused.add.bind(refused);
  const supply = lineMessages(input.chunks, { run, raw, defaultService: settings.defaultService, onRefused });
  const { share } = input;
  let unnumbered = 0;
  const onConfirmed = (messages: readonly OutgoingMessage[]) => {
    for (const { attributes } of messages) if (attributes[ATTRIBUTES.seq] === undefined) unnumbered += 1;
  };
  const published = await publish(
    settings,
    { command: 'pub', run, supply, create, ids, share, onConfirmed },
    context,
  );
  if (unnumbered > 0)
    context.stdout.write(
      `${count(unnumbered)} of them ${unnumbered === 1 ? 'brings an identity of its' : 'bring identities of their'} own: lms verify --run checks the other ${count(published.confirmed - unnumbered)}\n`,
    );
  requireConfirmed(published);
  refused.requireNone();
}

/** So many are told of in full; a large input most often has the same mistake in every line. */
const MAX_SHOWN = 10;

/** The lines of an input that were not published. */
class RefusedLines {
  #count = 0;
  readonly #shown: RefusedLine[] = [];

  add(line: RefusedLine): void {
    this.#count += 1;
    if (this.#shown.length < MAX_SHOWN) this.#shown.push(line);
  }

  /** Throws INPUT if there are any, with the numbers of the first and what is wrong with them. */
  requireNone(): void {
    if (this.#count === 0) return;
    const reasons = this.#shown.map(({ number, reason }) => `line ${number}: ${reason}`);
    const others = this.#count > MAX_SHOWN ? [`and ${count(this.#count - MAX_SHOWN)} more`] : [];
    const verdict = `${count(this.#count)} ${this.#count === 1 ? 'line was' : 'lines were'} refused and not published`;
    throw new LmsError('INPUT', [...reasons, ...others, verdict].join('\n'));
  }
}
