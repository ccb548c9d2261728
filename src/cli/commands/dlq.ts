import type { Command } from 'commander';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import type { SettingName } from '../../config/schema.ts';
import type { Settings } from '../../config/settings.ts';
import { describeLetter, type ListedLetter } from '../../export/dead-letters.ts';
import { connectPubSub, type PubSubClients } from '../../pubsub/client.ts';
import { DeadLetterInbox } from '../../pubsub/dead-letter-inbox.ts';
import { TopicPublisher } from '../../pubsub/publisher.ts';
import { replay, type ReplayCounts } from '../../pubsub/replay.ts';
import { ensureTopology, type TopologyRole } from '../../pubsub/topology.ts';
import { screenOf } from '../../screening/screen.ts';
import { visibleJson } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { ageText, letterTable } from '../output/dead-letters.ts';
import { count } from '../output/numbers.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface ListOptions {
  readonly limit: number;
  readonly json?: true;
}

interface ReplayFlags {
  readonly code?: string;
  readonly limit?: number;
  readonly dryRun?: true;
}

const LIST_FLAGS: readonly SettingName[] = [
  'PUBSUB_EMULATOR_HOST',
  'PUBSUB_PROJECT_ID',
  'PUBSUB_API_ENDPOINT',
  'DEAD_LETTER_TOPIC',
  'DEAD_LETTER_SUBSCRIPTION',
  'LOG_LEVEL',
];
const REPLAY_FLAGS: readonly SettingName[] = ['PUBSUB_TOPIC', 'PUBSUB_SUBSCRIPTION', ...LIST_FLAGS];
const LIST_LIMIT = 100;
const lettersLimit = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const PAGE_LETTERS = 100;

/** `lms dlq list` and `lms dlq replay`: the messages that could not become rows. */
export function configure(command: Command, context: Context): void {
  command
    .description('Look at the messages that could not become rows (list), or publish them again (replay).')
    .addHelpText('after', EXAMPLES);
  const list = command
    .command('list')
    .summary('show dead letters, and leave them where they are')
    .description(
      'Show dead letters, and leave them where they are. Those that another command holds are not shown.',
    )
    .option('--limit <letters>', 'show no more than this many', lettersLimit, LIST_LIMIT)
    .option('--json', 'print a JSON array');
  const again = command
    .command('replay')
    .summary('publish dead letters to the topic again')
    .description(
      'Publish dead letters to the topic again, as they were; one that was stored after all counts once.',
    )
    .option('--code <code>', 'only those with this code, such as unknown_severity')
    .option('--limit <letters>', 'replay no more than this many; unset: all', lettersLimit)
    .option('--dry-run', 'publish nothing, say what would be');
  settingFlags(list, [...LIST_FLAGS, 'DEFAULT_SERVICE', 'REDACT']);
  settingFlags(again, REPLAY_FLAGS);
  list.action((options: ListOptions) =>
    run({ command: list, role: 'reader', context }, (parts) => listLetters(parts, options, context)),
  );
  again.action((options: ReplayFlags) =>
    run({ command: again, role: 'replayer', context }, (parts) => replayLetters(parts, options, context)),
  );
}

const EXAMPLES = `
Examples:
  lms dlq list
  lms dlq list --limit 1000 --json > letters.json
  lms dlq replay --dry-run
  lms dlq replay --code unknown_severity   after the publisher, or lms, was mended`;

interface Parts {
  readonly settings: Settings;
  readonly clients: PubSubClients;
  readonly inbox: DeadLetterInbox;
  readonly signal: AbortSignal;
}

interface Invoked {
  readonly command: Command;
  readonly role: TopologyRole;
  readonly context: Context;
}

async function run(
  { command, role, context }: Invoked,
  work: (parts: Parts) => Promise<void>,
): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: 'dlq', output: context.stderr });
  const stop = stopSignal();
  const clients = await connectPubSub(settings);
  try {
    const topology = { clients, names: settings, role, create: false };
    for (const warning of await ensureTopology(topology)) log.warn({}, warning);
    const inbox = new DeadLetterInbox(clients, settings.deadLetterSubscription, log);
    await work({ settings, clients, inbox, signal: stop.signal }).finally(() => inbox.close());
  } finally {
    stop.dispose();
    await clients.close();
  }
}

async function listLetters(
  { settings, inbox, signal }: Parts,
  options: ListOptions,
  context: Context,
): Promise<void> {
  const listed: ListedLetter[] = [];
  const screen = screenOf(settings);
  const view = {
    defaultService: settings.defaultService,
    shown: screen && ((text: string) => screen.text(text)),
  };
  while (listed.length < options.limit && !signal.aborted) {
    const page = await inbox.take(Math.min(PAGE_LETTERS, options.limit - listed.length));
    if (page.length === 0) break;
    listed.push(...page.map((letter) => describeLetter(letter, view)));
  }
  if (options.json) {
    context.stdout.write(visibleJson(listed));
  } else {
    const retentionMs = listed.length > 0 ? await inbox.retentionMs() : undefined;
    context.stdout.write(
      `${letterTable(listed, { columns: context.stdout.columns })}${ageText(listed, { nowMs: Date.now(), retentionMs })}`,
    );
  }
  if (listed.length === options.limit) context.stderr.write('There may be more: --limit shows them.\n');
}

async function replayLetters(parts: Parts, options: ReplayFlags, context: Context): Promise<void> {
  const { settings, clients, inbox, signal } = parts;
  const { code, limit = Infinity, dryRun = false } = options;
  const topic = new TopicPublisher(clients, settings.topic);
  const counts = await replay(inbox, topic, { code, limit, dryRun, signal });
  context.stdout.write(describeReplay(counts, dryRun));
}

function describeReplay(counts: ReplayCounts, dryRun: boolean): string {
  const done = dryRun ? 'to publish again' : 'published again';
  const others: [number, string][] = [
    [
      counts.unconfirmed,
      'of them not confirmed as removed: a later replay sends them again, and they count once',
    ],
    [counts.cameBack, 'came back, rejected again'],
    [counts.notAskedFor, 'left alone: another code'],
    [
      counts.unfit,
      'left alone: packed by another program, too large with what keeps their identity, or of a token for some services',
    ],
    [
      counts.parts,
      'left alone: parts of messages that are too large; docs/operations.md says how to join them',
    ],
  ];
  const rest = others.filter(([letters]) => letters > 0);
  const lines: [number, string][] = [[counts.replayed, done], ...rest];
  return lines.map(([letters, what]) => `${count(letters)} ${what}\n`).join('');
}
