import { type Command, InvalidArgumentError, Option } from 'commander';
import { stopSignal } from '../../app/signals.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { type Message, MESSAGE_LEVELS, type MessageLevel, MessagesClient } from '../../remote/messages.ts';
import { visible } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { PlainSink } from '../output/sink.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface ServerOptions {
  readonly url: string;
}

interface AddOptions extends ServerOptions {
  readonly clientid: bigint;
  readonly level: MessageLevel;
  readonly wait?: number;
}

interface ListOptions extends ServerOptions {
  readonly minLevel?: MessageLevel;
  readonly json?: true;
}

const USUAL_URL = 'http://127.0.0.1:8080';
const MAX_WAIT_SECONDS = 3_600;

/** `lms messages add|list|clear`: the messages of an `lms serve`. */
export function configure(command: Command, context: Context): void {
  command
    .description('Store, list and clear the messages of an `lms serve` (docs/compat.md).')
    .addHelpText('after', EXAMPLES);
  const add = command
    .command('add')
    .summary('store a message')
    .description('Store a message.')
    .argument('<message>', 'its text')
    .requiredOption('--clientid <n>', 'whose it is: an integer', integer)
    .addOption(levelOption('--level <level>', 'how bad it is').default('info'))
    .option(
      '--wait <seconds>',
      'wait until it can be read, at most so long',
      wholeNumber(1, MAX_WAIT_SECONDS),
    );
  const list = command
    .command('list')
    .summary('show the messages, in the order in which they came')
    .description('Show the messages, in the order in which they came: time (UTC), level, client, text.')
    .addOption(levelOption('--min-level <level>', 'those of this level and above'))
    .option('--json', 'a message a line, as JSON');
  const clear = command.command('clear').summary('delete all messages').description('Delete all messages.');
  for (const each of [add, list, clear]) {
    each.option('--url <url>', 'the `lms serve` there', USUAL_URL);
    settingFlags(each, ['LMS_TOKEN']);
  }
  const clientOf = (command: Command, { url }: ServerOptions) =>
    new MessagesClient(url, { token: settingsFrom(command, context).settings.token });
  add.action((message: string, options: AddOptions) =>
    run(clientOf(add, options), (parts) => store(message, options, parts, context)),
  );
  list.action((options: ListOptions) =>
    run(clientOf(list, options), (parts) => show(options, parts, context)),
  );
  clear.action((options: ServerOptions) =>
    run(clientOf(clear, options), ({ client, signal }) => client.clear(signal)),
  );
}

const EXAMPLES = `
Examples:
  lms messages add --clientid 100 'hello world'
  lms messages add --clientid 100 --level error --wait 10 'disk full'
  lms messages list --min-level warning
  LMS_TOKEN=lms_Zs0W… lms messages clear --url https://logs.example`;

function levelOption(flags: string, summary: string): Option {
  return new Option(flags, summary).choices(MESSAGE_LEVELS);
}

function integer(text: string): bigint {
  if (/^-?\d{1,19}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('It should be an integer.');
}

interface Parts {
  readonly client: MessagesClient;
  readonly signal: AbortSignal;
}

async function run(client: MessagesClient, work: (parts: Parts) => Promise<void>): Promise<void> {
  const stop = stopSignal();
  try {
    await work({ client, signal: stop.signal });
  } catch (error) {
    throw stop.signal.aborted ? new LmsError('STOPPED', 'stopped before the server answered') : error;
  } finally {
    stop.dispose();
  }
}

async function store(
  message: string,
  { clientid: clientId, level, wait: waitSeconds }: AddOptions,
  { client, signal }: Parts,
  context: Context,
): Promise<void> {
  const isStored = await client.store({ clientId, level, message }, { signal, waitSeconds });
  if (isStored === false) context.stderr.write('lms: it will not be lost, and cannot be read yet\n');
}

async function show(
  { minLevel, json }: ListOptions,
  { client, signal }: Parts,
  context: Context,
): Promise<void> {
  const messages = await client.get({ minLevel }, signal);
  const lines = messages.map(json ? jsonLine : textLine);
  await new PlainSink(context.stdout).write(lines.join(''));
}

function textLine({ createdAt, level, clientId, message }: Message): string {
  return `${createdAt.padEnd(26)} ${level.padEnd(7)} ${String(clientId ?? '-')} ${visible(message)}\n`;
}

/** With the names that the interface has. */
function jsonLine({ clientId, createdAt, level, message }: Message): string {
  const id = JSON.rawJSON(String(clientId));
  const fields = { clientid: id, creation_datetime: createdAt, loglevel: level, message };
  return `${JSON.stringify(fields)}\n`;
}
