import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ledgerReport } from '../../app/ledger-report.ts';
import { createLog } from '../../app/logging.ts';
import { stopSignal } from '../../app/signals.ts';
import type { SettingName } from '../../config/schema.ts';
import type { LoadedSettings, Settings } from '../../config/settings.ts';
import type { Context } from '../context.ts';
import { runDev } from '../dev/run-dev.ts';
import { showScreen } from '../dev/screen.ts';
import { decimalNumber, wholeNumber } from '../options.ts';
import { ledgerText } from '../output/ledger.ts';
import { settingFlags, settingsFrom } from '../setting-flags.ts';

interface DevOptions {
  readonly file: string;
  readonly brokerPort: number;
  readonly sim?: number | true;
}

const FILE = 'lms-dev.sqlite';
/** The port of `lms broker`. */
const BROKER_PORT = 8681;
const MESSAGES_PER_SECOND = 5;
const FLUSH_INTERVAL_MS = 500;

/** `lms dev`: everything in one process. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'All of LMS in this process, for a laptop: an embedded broker that your programs can publish to, a worker that flushes twice a ' +
        'second, page and API of `lms serve`, and an SQLite file. It needs nothing else and uses nothing else: settings that name another ' +
        'database or another Pub/Sub are left aside. Nobody but this machine reaches it. At a stop, what was published is stored first; ' +
        'a second Ctrl-C ends at once.',
    )
    .option('--file <path>', 'the SQLite file, made if it is missing, or the folder that it is in', FILE)
    .option(
      '--broker-port <n>',
      'port of the broker on 127.0.0.1; 0: any free one',
      wholeNumber(0, 65_535),
      BROKER_PORT,
    )
    .option(
      '--sim [rate]',
      `simulated services publish so many messages a second; ${String(MESSAGES_PER_SECOND)} if none is said`,
      decimalNumber(0.001, 100_000),
    )
    .addHelpText('after', EXAMPLES)
    .action((options: DevOptions) => develop(options, command, context));
  settingFlags(command, DEV_SETTINGS, { FLUSHINTERVAL: String(FLUSH_INTERVAL_MS / 1000) });
}

const EXAMPLES = `
Examples:
  lms dev                                  page and API on 127.0.0.1:8080, the broker on 127.0.0.1:8681
  lms dev --sim                            with something to see
  lms dev --sim 200 --log-level warn       without a line for every flush and every request
  lms dev --serve-port 0 --broker-port 0   on free ports: it prints which
  lms dev --file ~/logs                    the database in that folder`;

const DEV_SETTINGS: readonly SettingName[] = [
  'SERVE_PORT',
  'JOBS',
  'FLUSHINTERVAL',
  'BATCHSIZE',
  'DISCARD',
  'REDACT',
  'HEALTH_PORT',
  'DURATION',
  'SHUTDOWN_TIMEOUT',
  'LOG_LEVEL',
];

async function develop(options: DevOptions, command: Command, context: Context): Promise<void> {
  const path = isFolder(options.file) ? join(options.file, FILE) : options.file;
  const isNew = !existsSync(path);
  const settings = devSettings(settingsFrom(command, context), path);
  const simulatedRate = options.sim === true ? MESSAGES_PER_SECOND : options.sim;
  const log = createLog({ level: settings.logLevel, command: 'dev', output: context.stderr });
  const { durationMs } = settings;
  const stop = stopSignal(durationMs === undefined ? {} : { durationMs });
  try {
    await runDev({
      settings,
      brokerPort: options.brokerPort,
      undeliveredPath: `${path}-undelivered`,
      simulatedRate,
      log,
      stop: stop.signal,
      started: (places) => {
        showScreen({ ...places, path, isNew, simulatedRate }, context.stdout);
      },
      ended: (ledger) => context.stdout.write(ledgerText(ledgerReport(ledger))),
    });
    log.info({ reason: stop.reason() }, 'stopped');
  } finally {
    stop.dispose();
  }
}

/** What all parts are composed from. Whatever else is named, they are embedded, and this machine's alone. */
function devSettings({ settings, origins }: LoadedSettings, path: string): Settings {
  return {
    ...settings,
    database: { kind: 'sqlite', path },
    readDatabase: undefined,
    apiEndpoint: undefined,
    serveHost: '127.0.0.1',
    waitForStored: true,
    ...(origins.get('FLUSHINTERVAL') === 'default' && { flushIntervalMs: FLUSH_INTERVAL_MS }),
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
