import type { Command } from 'commander';
import { type HoldChoice, holdRestored } from '../../app/archive/hold-restored.ts';
import { restore } from '../../app/archive/restore.ts';
import { planRestore, type RestorePlan } from '../../app/archive/restore-plan.ts';
import { type StopRequest, stopSignal } from '../../app/signals.ts';
import { openPlace } from '../../archive/open.ts';
import type { Place } from '../../archive/place.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { RetryingStore } from '../../pipeline/retrying-store.ts';
import { ranged } from '../../query/answers/time-range.ts';
import { isMistake } from '../../query/mistake.ts';
import { parseAge } from '../../retention/age.ts';
import type { Hold } from '../../retention/ports.ts';
import { openRetentionBook } from '../../store/open.ts';
import { requireSchema } from '../../store/schema.ts';
import type { Context } from '../context.ts';
import { databaseFlags, type OpenedStore, withStore } from '../database.ts';
import { type TimeOptions, timeOptions } from '../logs/options.ts';
import { readQuestion } from '../logs/question.ts';
import { noteZone } from '../logs/zone-note.ts';
import { showProgress } from '../output/progress.ts';
import { planText, RestoreReport } from './restore-report.ts';

interface RestoreOptions extends TimeOptions {
  /** A time as it was written; false: --no-hold; absent: neither. */
  readonly hold?: string | false;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds `lms archive restore`. */
export function configureRestore(archive: Command, context: Context): void {
  const command = archive
    .command('restore')
    .summary('write what is archived to the database again')
    .description(
      'Write what an archive holds to the database again, under the keys that it had: what is there already stays as it is, so ' +
        'that the same command may be run again. Each file is verified before anything of it is written; one that is damaged is ' +
        'left out, the others are restored, and it exits 30. No alert fires. docs/archive.md has more.',
    )
    .argument('<archive>', 'a directory, or gs://bucket/prefix')
    .addHelpText('after', EXAMPLES)
    .action((from: string, options: RestoreOptions) => run(from, options, { command, context }));
  timeOptions(command);
  command
    .option('--hold <time>', 'keep retention off what is restored for so long, from now: 12h, 7d, 2w')
    .option('--no-hold', 'let retention delete of it what is too old')
    .option('--dry-run', 'say what would be restored; the database is not asked')
    .option('--json', 'print a JSON object for each day, and one for all');
  databaseFlags(command);
}

const EXAMPLES = `
Examples:
  lms archive restore /mnt/archive --since 2026-01-01 --until 2026-02-01 --dry-run
  lms archive restore /mnt/archive --since 2026-01-01 --until 2026-02-01 --hold 7d
  lms archive restore gs://my-logs/lms --no-hold
  lms logs --archive /mnt/archive user:42           reads it where it is, without a database`;

/** What was invoked, and with what. */
interface Run {
  readonly options: RestoreOptions;
  readonly context: Context;
  readonly command: Command;
  readonly choice: HoldChoice;
  readonly stop: StopRequest;
  readonly report: RestoreReport;
}

async function run(
  from: string,
  options: RestoreOptions,
  { command, context }: Pick<Run, 'command' | 'context'>,
): Promise<void> {
  const { filter } = readQuestion({ expression: [], ...options }, Date.now());
  const choice = readHold(options.hold, command);
  noteZone(options.tz, context);
  const stop = stopSignal();
  const report = new RestoreReport(from, options.json === true);
  try {
    const place = await openPlace(from);
    const plan = await planRestore(place, ranged(filter).range, stop.signal);
    if (options.dryRun) context.stdout.write(planText(plan, options.json === true));
    else await restoreAll(place, plan, { options, context, command, choice, stop, report });
    report.requireWhole(plan);
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) throw report.stopped();
    throw error;
  } finally {
    stop.dispose();
  }
}

function readHold(text: string | false | undefined, command: Command): HoldChoice {
  if (text === undefined) return 'unsaid';
  if (text === false) return 'none';
  const age = parseAge(text);
  if (isMistake(age) || age.hours === undefined)
    return command.error(`--hold ${text}: it should be a time, such as 12h, 7d or 2w`);
  return { seconds: age.hours * 3_600 };
}

function restoreAll(place: Place, plan: RestorePlan, started: Run): Promise<void> {
  return withStore(started, async (opened) => {
    await requireSchema(opened.store);
    const hold = await held(plan, opened, started);
    await writeAll(place, plan, opened, started);
    started.context.stdout.write(started.report.summary(hold));
  });
}

/** Before the first row: what is written is held already. */
async function held(
  plan: RestorePlan,
  { settings, log }: OpenedStore,
  { choice, report }: Run,
): Promise<Hold | undefined> {
  const book = openRetentionBook(settings.database, { log });
  try {
    return await holdRestored(plan, choice, { book, reason: `restored from ${report.place}` });
  } finally {
    await book.close();
  }
}

async function writeAll(
  place: Place,
  plan: RestorePlan,
  { store, log }: OpenedStore,
  { context, report, stop: { signal } }: Run,
): Promise<void> {
  let done = 0;
  const read = () => ({ done, share: Math.min(1, done / plan.rows) });
  const progress = showProgress({ label: 'restored', read, stderr: context.stderr });
  const retrying = new RetryingStore({ store, clock: systemClock, log, signal });
  const onRows = (rows: number) => (done += rows);
  try {
    for await (const day of restore(plan, { place, store: retrying, signal, onRows }))
      progress.print(context.stdout, report.day(day));
  } finally {
    progress.stop();
  }
}
