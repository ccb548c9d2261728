import type { Command } from 'commander';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import { withReader } from '../../app/with-reader.ts';
import type { Damage } from '../../archive/part-reading.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import { searchWatched } from '../../query/answers/search-watch.ts';
import type { Context } from '../context.ts';
import { ExitStatus } from '../exit-status.ts';
import { type Answered, type Asked, freshnessOf, printNotes } from '../logs/answer.ts';
import { readCursor, startOf } from '../logs/cursor.ts';
import { requireUndamaged } from '../logs/damage.ts';
import { nothingLines } from '../logs/nothing.ts';
import {
  countOptions,
  cursorOptions,
  listOptions,
  type LogsOptions,
  questionOptions,
} from '../logs/options.ts';
import { outputOf } from '../logs/output.ts';
import { readQuestion } from '../logs/question.ts';
import { READING_SETTINGS, readingSettings } from '../logs/reading-settings.ts';
import { showCount } from '../logs/show-count.ts';
import { showEntries } from '../logs/show-entries.ts';
import { showHistogram } from '../logs/show-histogram.ts';
import { showValues } from '../logs/show-values.ts';
import { noteZone } from '../logs/zone-note.ts';
import { SearchProgress } from '../output/search-progress.ts';
import { settingFlags } from '../setting-flags.ts';
import { dashesMayBeConditions, mistakesAreTwo } from '../usage.ts';

/** `lms logs`: finds entries. Exit status 1 if nothing matches, 2 for any mistake. */
export function configure(command: Command, context: Context): void {
  mistakesAreTwo(command);
  dashesMayBeConditions(command);
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
  questionOptions(command.optionsGroup('Which entries:'));
  listOptions(command.optionsGroup('Lines:'));
  cursorOptions(command);
  countOptions(command.optionsGroup('Instead of lines:'));
  settingFlags(command, [...READING_SETTINGS, 'LMS_TOKEN']);
}

const EXAMPLES = `
Examples:
  lms logs                                          the newest 100 lines
  lms logs 'severity>=error' --since 1h             what went wrong in the last hour
  lms logs 'service:checkout "card declined"' -n all
  lms logs timeout -- -service:cron                 without one service: what begins with - comes after --
  lms logs --around '2026-11-25 14:03'              50 lines before, 50 after
  lms logs user:42 --json | jq -r .payload
  lms logs -C 5 --same-service panic                what came before
  lms logs --since yesterday --histogram --by severity
  lms logs 'code>=500' --values path
  lms logs code:500 -n 20 --show-cursor             and how the 20 before them are shown
  lms logs severity:error --url http://logs:8080    asked of an lms serve
  lms logs user:42 --archive gs://my-logs/lms       what was archived, read where it is
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
  const settings = readingSettings(command, context);
  requireSense(options, command);
  const cursor = options.cursor === undefined ? undefined : readCursor(options.cursor);
  const nowMs = cursor?.nowMs ?? Date.now();
  const question = readQuestion({ expression, ...options }, nowMs);
  noteZone(options.tz, context);
  const start = cursor && startOf(cursor, question);
  const log = createLog({ level: settings.logLevel, command: 'logs', output: context.stderr });
  const progress = new SearchProgress(context.stderr, question.clock, () => performance.now());
  const { sink, style } = outputOf(options, { question, context, onPager: () => progress.end() });
  const stop = stopSignal({ mayExit: () => !sink.hasTerminal, beforeExit: () => progress.clear() });
  const watch = (reader: EntryReader) => searchWatched(reader, progress.watch);
  const damages: Damage[] = [];
  const onDamage = (damage: Damage) => damages.push(damage);
  const { url, archive } = options;
  try {
    const [answered, freshness] = await withReader(
      { settings, log, url, archive, onDamage, stop, watch },
      async (means) => {
        const asked: Asked = { question, options, means, style, sink, nowMs, start };
        return [await answer(asked), await freshnessOf(question, means)] as const;
      },
    );
    progress.clear();
    printNotes({ ...answered, freshness }, options.explain === true, context);
    requireUndamaged(damages, context);
    requireWhole(answered, context, () => nothingLines({ question, options, nowMs }));
  } catch (error) {
    progress.clear();
    throw stop.signal.aborted && error === stop.signal.reason ? stopped('') : error;
  } finally {
    stop.dispose();
  }
}

function answer(asked: Asked): Promise<Answered> {
  const { histogram, count, values } = asked.options;
  if (histogram) return showHistogram(asked);
  if (count) return showCount(asked);
  return values === undefined ? showEntries(asked) : showValues(asked);
}

/** What commander cannot tell by itself. */
function requireSense(
  { around, by, histogram, context, sameService, spreadsheet, csv, lines, cursor, showCursor }: LogsOptions,
  command: Command,
): void {
  if (by !== undefined && !histogram) command.error('--by is for --histogram');
  if (sameService && context === undefined) command.error('--same-service is for --context');
  if (spreadsheet && !csv) command.error('--spreadsheet is for --csv');
  if (around !== undefined && lines === Infinity)
    command.error('--around is for a number of lines, not for all');
  if ((cursor !== undefined || showCursor) && lines === Infinity)
    command.error('--cursor and --show-cursor are for a number of lines, not for all');
  if (context !== undefined && lines === Infinity)
    command.error('--context is for a number of lines, not for all');
}

/** Throws STOPPED, or what says that nothing was found. On a terminal that is said in words. */
function requireWhole(
  { found, stopped: where, notes }: Answered,
  { stderr }: Context,
  nothing: () => readonly string[],
): void {
  if (where !== undefined) throw stopped(where);
  if (found > 0) return;
  // A note says more.
  if (stderr.isTTY === true && notes.length === 0)
    for (const line of nothing()) stderr.write(`lms: ${line}\n`);
  throw new ExitStatus(1);
}

function stopped(where: string): LmsError {
  return new LmsError('STOPPED', `stopped before the end${where === '' ? '' : `: ${where}`}`);
}
