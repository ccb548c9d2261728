import type { Command } from 'commander';
import { type LedgerReport, ledgerReport } from '../../app/ledger-report.ts';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import type { SupervisorReport } from '../../app/supervisor/ledgers.ts';
import { SETTING_NAMES } from '../../config/schema.ts';
import type { Settings } from '../../config/settings.ts';
import { csvOf } from '../../export/csv.ts';
import type { Ledger } from '../../pipeline/ledger.ts';
import type { Log } from '../../pipeline/ports.ts';
import { openStore } from '../../store/open.ts';
import type { Context } from '../context.ts';
import { createFlag, type CreateOption } from '../options.ts';
import { requireWritable, writeJson, writeText } from '../output/files.ts';
import { ledgerText, supervisorText } from '../output/ledger.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface MonOptions extends CreateOption {
  readonly dump?: string;
  readonly spreadsheet?: boolean;
  readonly report?: string;
}

/** `lms mon`: the worker, until it is told to stop. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Run the worker: read the subscription, write batches to the database, acknowledge after the commit. ' +
        'Stops after DURATION seconds if set, else on SIGINT or SIGTERM: then what is held is flushed. ' +
        'SIGUSR2 prints the ledger.',
    )
    .option('--dump <file>', 'at the end, write service_logs as CSV to a file, or - for standard output')
    .option(
      '--spreadsheet',
      'with --dump: put an apostrophe before what a spreadsheet would take for a formula (cells beginning with = + - @)',
    )
    .option('--report <file>', 'at the end, write the ledger as JSON to a file')
    .addHelpText('after', EXAMPLES)
    .action((options: MonOptions) => {
      if (options.spreadsheet && options.dump === undefined) {
        command.error('--spreadsheet is for the rows of --dump: name a file with it');
      }
      return run(options, command, context);
    });
  createFlag(command, 'tables, topics and subscriptions');
  settingFlags(command, SETTING_NAMES);
}

const EXAMPLES = `
Examples:
  lms mon                                       with the settings of the environment and .env
  lms mon --batch-size 10 --flush-interval 20   small batches, often
  DURATION=60 lms mon --dump logs.csv           a minute, then everything stored as CSV
  lms mon --workers 4                           four processes, restarted when they die
  lms mon --no-create                           for an account that may not create anything`;

async function run(options: MonOptions, command: Command, context: Context): Promise<void> {
  const { settings } = settingsFrom(command, context);
  await requireWritable(options.report, options.dump);
  const log = createLog({ level: settings.logLevel, command: 'mon', output: context.stderr });
  const stop = stopSignal(settings.durationMs === undefined ? {} : { durationMs: settings.durationMs });
  // Standard output is for the CSV if that goes there.
  const output = options.dump === '-' ? context.stderr : context.stdout;
  let ledger: LedgerReport | undefined;
  const ended = (text: string, final: LedgerReport) => {
    output.write(text);
    ledger = final;
  };
  try {
    await work({ settings, create: options.create, log, stop: stop.signal }, ended);
    log.info({ reason: stop.reason() }, 'stopped');
    if (options.dump !== undefined) await dump(options.dump, options, { settings, log, context });
  } catch (error) {
    // The error that is thrown is the one that ended the worker, also if the report cannot be written.
    await writeReport(options.report, ledger).catch((err: unknown) => {
      log.error({ err }, 'the report is not written');
    });
    throw error;
  } finally {
    stop.dispose();
  }
  await writeReport(options.report, ledger);
}

async function writeReport(path: string | undefined, ledger: LedgerReport | undefined): Promise<void> {
  if (path !== undefined && ledger !== undefined) await writeJson(path, ledger);
}

/** What is to be run, however many processes it takes. */
interface Work {
  readonly settings: Settings;
  readonly create: boolean;
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** Takes the final ledger, in words and as an object. */
type Ended = (text: string, ledger: LedgerReport) => void;

/** Runs one worker in this process, or several in processes of their own. Loads only what that takes. */
async function work(work: Work, ended: Ended): Promise<void> {
  if (work.settings.workers === 1) {
    const { runWorker } = await import('../../app/run-worker.ts');
    const report = (ledger: Ledger) => {
      ended(ledgerText(ledgerReport(ledger)), ledgerReport(ledger));
    };
    await runWorker({ ...work, ended: report });
  } else {
    const { Supervisor } = await import('../../app/supervisor/supervisor.ts');
    const report = (sum: SupervisorReport) => {
      ended(supervisorText(sum), sum);
    };
    await new Supervisor({ ...work, ended: report }).run();
  }
}

interface DumpParts {
  readonly settings: Settings;
  readonly log: Log;
  readonly context: Context;
}

async function dump(
  path: string,
  { spreadsheet = false }: MonOptions,
  { settings, log, context: { stdout } }: DumpParts,
): Promise<void> {
  const store = await openStore(settings.database, { log });
  const terminal = path === '-' && stdout.isTTY === true;
  try {
    await writeText(path, csvOf(store.entries(), { spreadsheet, terminal }), stdout);
  } finally {
    await store.close();
  }
}
