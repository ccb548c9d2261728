import type { Command } from 'commander';
import { Option } from 'commander';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import { withReader } from '../../app/with-reader.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { StoredEntry } from '../../logs/entry.ts';
import { parseEntryId } from '../../logs/entry-id.ts';
import { entryJson } from '../../logs/entry-json.ts';
import type { ZoneClock } from '../../query/zone-clock.ts';
import { visible, visibleLines } from '../../text/visible.ts';
import type { Context } from '../context.ts';
import { urlOption } from '../logs/options.ts';
import { clockOf } from '../logs/question.ts';
import { READING_SETTINGS, readingSettings } from '../logs/reading-settings.ts';
import { noteZone } from '../logs/zone-note.ts';
import { wholeEntry } from '../output/entries/whole.ts';
import { PlainSink } from '../output/sink.ts';
import { settingFlags } from '../setting-flags.ts';
import { mistakesAreTwo } from '../usage.ts';

interface EntryOptions {
  readonly json?: true;
  readonly raw?: true;
  readonly tz?: string;
  readonly url?: string;
}

/** `lms entry`: one entry, whole. Exit status 1 (NO_ENTRY) if there is none, 2 if that is no id. */
export function configure(command: Command, context: Context): void {
  mistakesAreTwo(command);
  command
    .description('Show one log entry, whole. Exits 1 if there is none of this id, 2 if it is no id.')
    .argument('<id>', 'its id, as `lms logs --json` and `--fields id` print it')
    .addOption(new Option('--json', 'as one line of JSON').conflicts(['raw']))
    .option('--raw', 'the text alone, byte for byte unless it goes to a terminal')
    .option('--tz <zone>', 'the zone that times are shown in, such as UTC (default: the machine’s)')
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: EntryOptions) => run(id, options, { command, context }));
  urlOption(command);
  settingFlags(command, [...READING_SETTINGS, 'LMS_TOKEN']);
}

const EXAMPLES = `
Examples:
  lms entry 20261125T140005123456-17~x7Kp2QaB
  lms entry "$(lms logs panic -n 1 --fields id)" --raw`;

async function run(
  id: string,
  options: EntryOptions,
  { command, context }: { readonly command: Command; readonly context: Context },
): Promise<void> {
  const settings = readingSettings(command, context);
  const clock = clockOf(options.tz);
  const key = parseEntryId(id);
  if (key === undefined)
    throw new LmsError('QUESTION', `${id} is no id of an entry, such as 20261125T140005123456-17~x7Kp2QaB`);
  noteZone(options.tz, context);
  const log = createLog({ level: settings.logLevel, command: 'entry', output: context.stderr });
  const stop = stopSignal();
  try {
    const entry = await withReader({ settings, log, url: options.url, stop }, ({ reader, signal }) =>
      reader.entry(key, signal),
    );
    if (entry === undefined) throw new LmsError('NO_ENTRY', `there is no entry ${id}`);
    await new PlainSink(context.stdout).write(textOf(entry, options, { clock, context }));
  } finally {
    stop.dispose();
  }
}

function textOf(
  entry: StoredEntry,
  { json, raw }: EntryOptions,
  { clock, context }: { readonly clock: ZoneClock; readonly context: Context },
): string {
  const isTerminal = context.stdout.isTTY === true;
  if (json) return `${isTerminal ? visible(entryJson(entry)) : entryJson(entry)}\n`;
  if (raw) return isTerminal ? `${visibleLines(entry.payload)}\n` : entry.payload;
  return wholeEntry(entry, clock);
}
