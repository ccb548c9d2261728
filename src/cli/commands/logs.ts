import type { Command } from 'commander';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import { withReader } from '../../app/with-reader.ts';
import type { SettingName } from '../../config/schema.ts';
import type { Context } from '../context.ts';
import { ExitStatus } from '../exit-status.ts';
import { listOptions, type LogsOptions, questionOptions } from '../logs/options.ts';
import { printEntries } from '../logs/print-entries.ts';
import { readQuestion } from '../logs/question.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';
import { mistakesAreTwo } from '../usage.ts';

/** Settings of the commands that read entries. */
export const READING_SETTINGS: readonly SettingName[] = [
  'DATABASE_URL',
  'READ_DATABASE_URL',
  'QUERY_TIME_BUDGET',
  'QUERY_ROW_BUDGET',
  'LOG_LEVEL',
];

/** `lms logs`: finds entries. Exit status 1 if nothing matches, 2 for any mistake. */
export function configure(command: Command, context: Context): void {
  mistakesAreTwo(command);
  command
    .description(
      'Find log entries, newest last. The expression says which: docs/query-language.md has all of it. ' +
        'Exits 1 if nothing matches, 2 if the question is wrong, 130 if Ctrl-C ended the search: what was found is shown.',
    )
    .argument('[expression...]', 'which entries, such as \'service:checkout severity>=warn "card declined"\'')
    .addHelpText('after', EXAMPLES)
    .action((expression: readonly string[], options: LogsOptions) =>
      run(expression, options, { command, context }),
    );
  questionOptions(command);
  listOptions(command);
  settingFlags(command, READING_SETTINGS);
}

const EXAMPLES = `
Examples:
  lms logs                                          the newest 100 lines
  lms logs 'severity>=error' --since 1h             what went wrong in the last hour
  lms logs 'service:checkout "card declined"' -n all
  lms logs timeout -- -service:cron                 without one service: what begins with - comes after --
  lms logs --around '2026-11-25 14:03'              50 lines before, 50 after
  lms logs user:42 --json | jq -r .payload
  lms logs code:500 --csv --fields time,path,user > errors.csv`;

interface Invoked {
  readonly command: Command;
  readonly context: Context;
}

async function run(
  expression: readonly string[],
  options: LogsOptions,
  { command, context }: Invoked,
): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const question = readQuestion({ expression, ...options }, Date.now());
  const log = createLog({ level: settings.logLevel, command: 'logs', output: context.stderr });
  const stop = stopSignal();
  try {
    const found = await withReader({ settings, log, stop }, (means) =>
      printEntries({ question, options, means }, context),
    );
    if (found === 0) throw new ExitStatus(1);
  } finally {
    stop.dispose();
  }
}
