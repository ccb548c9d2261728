import type { Command } from 'commander';
import { followTail } from '../../app/follow-tail.ts';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import type { TailQuestion } from '../../app/tail-question.ts';
import type { SettingName } from '../../config/schema.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { ranged } from '../../query/answers/time-range.ts';
import type { Context } from '../context.ts';
import { ExitStatus } from '../exit-status.ts';
import { clockOf, readQuestion } from '../logs/question.ts';
import { READING_SETTINGS, readingSettings } from '../logs/reading-settings.ts';
import { noteZone } from '../logs/zone-note.ts';
import { settingFlags } from '../setting-flags.ts';
import { TailNotes } from '../tail/notes.ts';
import { type TailOptions, tailOptions } from '../tail/options.ts';
import { showTail } from '../tail/show.ts';
import { dashesMayBeConditions, mistakesAreTwo } from '../usage.ts';

/** Where what is published comes from, where no server is asked. */
const SOURCE_SETTINGS: readonly SettingName[] = [
  'LMS_TAIL',
  'PUBSUB_EMULATOR_HOST',
  'PUBSUB_PROJECT_ID',
  'PUBSUB_API_ENDPOINT',
  'PUBSUB_TOPIC',
  'PUBSUB_SUBSCRIPTION',
  'DEFAULT_SERVICE',
  'DISCARD',
  'REDACT',
];

/** Lines that come first unless it is said how many. */
const USUAL_LINES = 10;
/** Of Ctrl-C, as a shell has it. */
const INTERRUPTED = 130;

/** `lms tail`: shows entries as they are published. Exit status 2 for any mistake, 130 for Ctrl-C. */
export function configure(command: Command, context: Context): void {
  mistakesAreTwo(command);
  dashesMayBeConditions(command);
  command
    .description(
      'Show log entries as they are published, until Ctrl-C. It reconnects by itself, looks up what it may have ' +
        'missed, and shows each entry once. The expression says which: docs/query-language.md; docs/tail.md has the rest.',
    )
    .argument('[expression...]', 'which entries, such as \'service:checkout severity>=warn "card declined"\'')
    .addHelpText('after', EXAMPLES)
    .action((expression: readonly string[], options: TailOptions) =>
      run(expression, options, { command, context }),
    );
  tailOptions(command);
  settingFlags(command, [...READING_SETTINGS, ...SOURCE_SETTINGS, 'LMS_TOKEN']);
}

const EXAMPLES = `
Examples:
  lms tail                                          the last 10 lines, and what comes
  lms tail 'severity>=error' --since 10m            what went wrong in the last ten minutes first
  lms tail service:checkout -n 0                    only what comes
  lms tail --url http://logs:8080 code:500          asked of an lms serve
  lms tail --json | jq -r .payload
  lms tail --max-rate 20                            no more than 20 lines a second of a flood`;

interface Invoked {
  readonly command: Command;
  readonly context: Context;
}

async function run(
  expression: readonly string[],
  options: TailOptions,
  { command, context }: Invoked,
): Promise<void> {
  const settings = readingSettings(command, context);
  requireSense(options, command);
  const question = tailQuestion(expression, options, Date.now());
  const zone = clockOf(options.tz);
  noteZone(options.tz, context);
  const log = createLog({ level: settings.logLevel, command: 'tail', output: context.stderr });
  const stop = stopSignal();
  const leaving = new AbortController();
  const signal = AbortSignal.any([stop.signal, leaving.signal]);
  // Nobody reads any more: what was made elsewhere is put in order first.
  const { output = {} } = context;
  output.onClosed = () => {
    leaving.abort(new Error('nobody reads any more'));
  };
  const say = (line: string) => {
    if (options.quiet !== true) context.stderr.write(`lms: ${line}\n`);
  };
  const notes = new TailNotes(say, zone, systemClock);
  try {
    await followTail({ question, settings, log, url: options.url, stop, signal }, (tail) =>
      showTail(tail, { options, zone, context, notes, signal }),
    );
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    if (stop.reason() === 'SIGINT') throw new ExitStatus(INTERRUPTED);
  } finally {
    notes.end();
    stop.dispose();
  }
}

/** What commander cannot tell by itself. */
function requireSense({ lines, since, spreadsheet, csv }: TailOptions, command: Command): void {
  if (lines === Infinity && since === undefined) command.error('-n all is for --since');
  if (spreadsheet && !csv) command.error('--spreadsheet is for --csv');
}

function tailQuestion(
  expression: readonly string[],
  { since, tz, lines, maxRate }: TailOptions,
  nowMs: number,
): TailQuestion {
  const { filter } = readQuestion({ expression, tz }, nowMs);
  const from = ranged(readQuestion({ expression: [], since, tz }, nowMs).filter).range.from;
  const first = lines ?? (since === undefined ? USUAL_LINES : Infinity);
  return { filter, since: from, lines: first === Infinity ? undefined : first, maxRate };
}
