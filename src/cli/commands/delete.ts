import { type Command, Option } from 'commander';
import type { StopRequest } from '../../app/signals.ts';
import { stopSignal } from '../../app/signals.ts';
import { withReader } from '../../app/with-reader.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { rfc3339 } from '../../logs/entry-json.ts';
import { findMatching, type Matching, withinTold } from '../../query/answers/matching.ts';
import type { Means } from '../../query/answers/page.ts';
import { searchWatched } from '../../query/answers/search-watch.ts';
import { requireSchema } from '../../store/schema.ts';
import type { Context } from '../context.ts';
import { databaseFlags, type OpenedStore, withStore } from '../database.ts';
import { canAsk, confirm } from '../delete/confirm.ts';
import { matchingText } from '../delete/matching.ts';
import { type Deleted, entriesText, performDeletion } from '../delete/perform.ts';
import { ExitStatus } from '../exit-status.ts';
import { type TimeOptions, timeOptions } from '../logs/options.ts';
import { type Question, readQuestion } from '../logs/question.ts';
import { noteZone } from '../logs/zone-note.ts';
import { SearchProgress } from '../output/search-progress.ts';
import { dashesMayBeConditions, mistakesAreTwo } from '../usage.ts';

interface DeleteOptions extends TimeOptions {
  readonly all?: true;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `lms delete`: deletes entries. Exit status 1 if it deleted nothing, 2 for any mistake, 130 if it was stopped. */
export function configure(command: Command, context: Context): void {
  mistakesAreTwo(command);
  dashesMayBeConditions(command);
  command
    .description(
      'Delete the log entries that an expression matches (docs/query-language.md), oldest first, and take them off the counts. ' +
        'Says first how many match, and asks. Exits 1 if nothing was deleted, 2 if the question is wrong, ' +
        '130 if Ctrl-C stopped it: what was deleted stays deleted.',
    )
    .argument('[expression...]', "which entries, such as 'service:checkout severity:debug'")
    .addHelpText('after', EXAMPLES)
    .action((expression: readonly string[], options: DeleteOptions) =>
      run(expression, options, { command, context }),
    );
  timeOptions(command);
  command
    .addOption(new Option('--all', 'everything that is stored: instead of an expression and a time'))
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'say how many match, and delete nothing')
    .option('--json', 'print the result as one JSON object');
  databaseFlags(command);
}

const EXAMPLES = `
Examples:
  lms delete 'service:checkout severity:debug' --until 30d --dry-run
  lms delete 'service:checkout severity:debug' --until 30d
  lms delete --until 2026-01-01 --yes               all that is older
  lms delete user:42 --json --yes | jq .deleted     what was stored of somebody`;

interface Invoked {
  readonly command: Command;
  readonly context: Context;
}

/** A deletion that makes sense, and where it takes place. */
interface Request extends Pick<OpenedStore, 'settings' | 'store'> {
  readonly question: Question;
  readonly options: DeleteOptions;
  readonly nowMs: number;
  readonly context: Context;
  readonly stop: StopRequest;
}

async function run(
  expression: readonly string[],
  options: DeleteOptions,
  { command, context }: Invoked,
): Promise<void> {
  const nowMs = Date.now();
  const question = readQuestion({ expression, ...options }, nowMs);
  requireSense(question, options, { command, context });
  noteZone(options.tz, context);
  const stop = stopSignal();
  const progress = new SearchProgress(context.stderr, question.clock, () => performance.now());
  try {
    await withStore({ command, context }, async ({ store, settings, log }) => {
      await requireSchema(store);
      // A replica may not have yet, or still have, what the deletion is about.
      const primary = { ...settings, readDatabase: undefined };
      await withReader({ settings: primary, log, stop }, async (means) => {
        const request: Request = { question, options, nowMs, context, stop, settings, store };
        await countAndDelete(request, means, progress);
      });
    });
  } finally {
    progress.end();
    stop.dispose();
  }
}

/** What commander cannot tell by itself. */
function requireSense(
  { filter }: Question,
  { all, yes, dryRun }: DeleteOptions,
  { command, context }: Invoked,
): void {
  const isEverything = filter.kind === 'everything';
  if (isEverything && !all)
    command.error('without an expression and a time that is everything: --all deletes everything');
  if (all && !isEverything) command.error('--all is for everything: without an expression and a time');
  if (!yes && !dryRun && !canAsk(context))
    command.error(
      'there is no terminal to ask on, and nothing was deleted: --yes deletes without asking, --dry-run counts',
    );
}

async function countAndDelete(request: Request, means: Means, progress: SearchProgress): Promise<void> {
  const { question, options, context, stop } = request;
  const matching = await counted(request, means, progress);
  if (stop.signal.aborted) throw stopped(0);
  if (matching === undefined) return nothingMatches(options, context);
  const told = matchingText(matching, question.clock);
  if (options.dryRun) {
    context.stdout.write(options.json ? matchingJson(matching) : `${told}\n`);
    return;
  }
  context.stderr.write(`lms: ${told}\n`);
  if (!options.yes) await requireYes(request);
  printDeleted(await deleteThem(request, matching, means), options, context);
}

async function requireYes({ context, stop: { signal } }: Request): Promise<void> {
  const isYes = await confirm('Delete them?', context, signal);
  if (signal.aborted) throw stopped(0);
  if (isYes) return;
  context.stderr.write('lms: nothing was deleted\n');
  throw new ExitStatus(1);
}

function printDeleted(result: Deleted, { json }: DeleteOptions, { stdout }: Context): void {
  const { deleted, isStopped } = result;
  if (json) stdout.write(deletedJson(result));
  if (isStopped) throw stopped(deleted);
  if (!json) stdout.write(`deleted ${entriesText(deleted)}\n`);
  // Somebody else was faster.
  if (deleted === 0) throw new ExitStatus(1);
}

/** Counts what matches; a long search says how far it is. Stopped the hard way, it found nothing. */
async function counted(
  { question, nowMs, stop }: Request,
  means: Means,
  progress: SearchProgress,
): Promise<Matching | undefined> {
  const reader = searchWatched(means.reader, progress.watch);
  try {
    return await findMatching(question.filter, { ...means, reader }, nowMs);
  } catch (error) {
    if (stop.signal.aborted && means.signal.aborted) return undefined;
    throw error;
  } finally {
    progress.end();
  }
}

function deleteThem(
  { question, settings, store, stop, context }: Request,
  matching: Matching,
  { reader, signal }: Means,
): Promise<Deleted> {
  const filter = withinTold(question.filter, matching);
  const target = settings.database;
  return performDeletion(
    { filter, expected: matching.count, reader, deleter: store, signal, end: stop.signal, target },
    context,
  );
}

function nothingMatches({ dryRun, json }: DeleteOptions, { stdout, stderr }: Context): never {
  if (json) stdout.write(dryRun ? `{"matching":0}\n` : deletedJson({ deleted: 0, rowsRead: 0 }));
  if (stderr.isTTY === true) stderr.write('lms: nothing matches\n');
  throw new ExitStatus(1);
}

function matchingJson({ count, first, last }: Matching): string {
  return `${JSON.stringify({ matching: count, first: rfc3339(first), last: rfc3339(last) })}\n`;
}

function deletedJson({ deleted, rowsRead }: Pick<Deleted, 'deleted' | 'rowsRead'>): string {
  return `${JSON.stringify({ deleted, rows_read: rowsRead })}\n`;
}

function stopped(deleted: number): LmsError {
  return new LmsError('DELETION_STOPPED', `stopped: ${entriesText(deleted)} deleted`);
}
