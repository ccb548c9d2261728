import { type Command, Option } from 'commander';
import type { JobParts } from '../../app/jobs/job.ts';
import { underLease } from '../../app/jobs/under-lease.ts';
import { makeWordsJob, WORDS } from '../../app/jobs/words.ts';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import type { BuildProgress } from '../../app/words/build-words.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { pause, systemClock } from '../../pipeline/clock.ts';
import { openWordsIndex, openWorkLeases } from '../../store/open.ts';
import type { WorkLease } from '../../store/work-leases.ts';
import type { Context } from '../context.ts';
import { databaseFlags } from '../database.ts';
import { count } from '../output/numbers.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface WordsOptions {
  readonly follow?: true;
  readonly drop?: true;
}

/** What the command's work is done with. */
interface Work {
  readonly parts: JobParts;
  readonly context: Context;
  readonly lease: WorkLease;
  readonly signal: AbortSignal;
}

/** `lms index words`: builds the index of words, keeps it up to date, or removes it. */
export function configureWords(index: Command, context: Context): void {
  const command = index
    .command('words')
    .summary('build the index of words, by which rare ones are found')
    .description(
      'Index the words of all entries that are ten minutes old, so that a search for rare ones need not look at every ' +
        'entry. Goes on where the build before ended, whatever ended it. `lms serve` does it by itself where JOBS names words.',
    )
    .option('--follow', 'go on for ever, as the job of `lms serve` does')
    .addOption(new Option('--drop', 'remove the index: every answer stays the same').conflicts('follow'))
    .addHelpText('after', EXAMPLES);
  databaseFlags(command);
  settingFlags(command, ['WORDS_CPU_PERCENT']);
  command.action((options: WordsOptions) => run(options, command, context));
}

const EXAMPLES = `
Examples:
  lms index words                          up to now, then end
  lms index words --words-cpu-percent 100  as fast as it goes
  lms index words --follow                 and keep it up to date
  lms index words --drop                   remove it`;

async function run(options: WordsOptions, command: Command, context: Context): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: 'index', output: context.stderr });
  const parts = { settings, log };
  const leases = openWorkLeases(settings.database, { log });
  const stop = stopSignal();
  const work = (lease: WorkLease, signal: AbortSignal) =>
    (options.drop ? drop : build)({ parts, context, lease, signal }, options.follow === true);
  try {
    const done = await underLease({
      leases,
      name: WORDS,
      clock: systemClock,
      log,
      stop: stop.signal,
      work,
    });
    if (done === undefined) throw new LmsError('LEASE_HELD', 'another process builds the index of words');
  } finally {
    stop.dispose();
    await leases.close();
  }
}

async function build({ parts, context, lease, signal }: Work, follow: boolean): Promise<void> {
  let last: BuildProgress | undefined;
  const job = makeWordsJob(parts, (progress) => {
    last = progress;
  });
  try {
    do {
      await job.run(lease, signal);
      context.stdout.write(reportOf(last));
      if (follow) await pause(systemClock, job.restMs, signal).catch(() => undefined);
    } while (follow && !signal.aborted);
  } finally {
    await job.close();
  }
}

function reportOf(progress: BuildProgress | undefined): string {
  if (progress === undefined) return 'Nothing to index yet.\n';
  const { rows, blocks, at } = progress;
  return `Read ${count(rows)} ${rows === 1 ? 'entry' : 'entries'} into ${count(blocks)} ${blocks === 1 ? 'block' : 'blocks'}, up to ${at.slice(0, 19)} UTC.\n`;
}

async function drop({ parts: { settings, log }, context, lease }: Work): Promise<void> {
  const index = await openWordsIndex(settings.database, { log });
  try {
    await index.upkeep(lease).remove();
  } catch (error) {
    throw error instanceof LmsError ? error : index.explain(error);
  } finally {
    await index.close();
  }
  context.stdout.write('Removed the index of words.\n');
}
