import type { Command } from 'commander';
import { createLog } from '../../app/logging.ts';
import { runServer, type StartedServer } from '../../app/run-server.ts';
import { stopSignal } from '../../app/signals.ts';
import type { SettingName } from '../../config/schema.ts';
import type { Context } from '../context.ts';
import { READING_SETTINGS, readingSettings } from '../logs/reading-settings.ts';
import { createFlag, type CreateOption } from '../options.ts';
import { settingFlags } from '../setting-flags.ts';

/** Settings that a server has besides those of everybody who reads. */
const SERVE_SETTINGS: readonly SettingName[] = [
  'SERVE_HOST',
  'SERVE_PORT',
  'QUERIES_AT_ONCE',
  'QUERY_WAIT',
  'JOBS',
  'RETENTION',
  'RETENTION_INTERVAL',
  'RETENTION_CPU_PERCENT',
  'RETENTION_MAX_BYTES',
  'TLS_CERT',
  'TLS_KEY',
  'TRUST_PROXY',
  'CORS_ORIGINS',
  'IDENTITY_HEADER',
  'IDENTITY_SCOPES',
  'TOKEN_REQUESTS_PER_MINUTE',
  'QUERIES_AT_ONCE_PER_TOKEN',
  'LMS_TAIL',
  'TAIL_RING_SECONDS',
  'TAIL_RING_BYTES',
  'TAILS',
  'TAILS_PER_TOKEN',
  'MAX_BODY_BYTES',
  'MAX_BYTES_IN_FLIGHT',
  'WAIT_FOR_STORED',
  'FLUSHINTERVAL',
  'MESSAGES_SERVICE',
  'MESSAGES_TOKEN',
  'SINK_SERVICE',
  'SINK_TOKEN',
  'ACCESS_LOG_SERVICE',
  'ACCESS_LOG_PREFIX',
  'ACCESS_LOG_PORT',
  'ACCESS_LOG_TOKEN',
  ...READING_SETTINGS,
  'PUBSUB_EMULATOR_HOST',
  'PUBSUB_PROJECT_ID',
  'PUBSUB_API_ENDPOINT',
  'PUBSUB_TOPIC',
  'PUBSUB_SUBSCRIPTION',
  'DEAD_LETTER_TOPIC',
  'DEAD_LETTER_SUBSCRIPTION',
  'DEFAULT_SERVICE',
  'DISCARD',
  'REDACT',
  'DURATION',
  'SHUTDOWN_TIMEOUT',
];

/** `lms serve`: the page and the API, until it is told to stop. */
export function configure(command: Command, context: Context): void {
  command
    .description(
      'Serve a page for browsers (docs/page.md) and the API by HTTP: find, count and list log entries (docs/api.md; /api/openapi.json describes it). ' +
        'Without tokens (lms token) it answers on this machine alone; the setting ROOT_TOKEN is one that may do everything. ' +
        'Stops after DURATION seconds if set, else on SIGINT or SIGTERM: then what it was asked is finished.',
    )
    .addHelpText('after', EXAMPLES)
    .action((options: CreateOption) => run(options, command, context));
  settingFlags(command, SERVE_SETTINGS);
  createFlag(command, 'topics and subscriptions');
}

const EXAMPLES = `
Examples:
  lms serve                                     on 127.0.0.1:8080
  lms serve --serve-port 0                      on any free port: the line that it prints says which
  lms serve --jobs none                         only answer: SELECT and its own tables are all it needs
  curl -s 'localhost:8080/api/v1/entries?q=severity>=error&since=1h&limit=20'
  curl -s localhost:8080/api/v1/entries -d '{"service":"checkout","level":"warn","msg":"slow"}'
  curl -s 'localhost:8080/api/v1/entries?q=service:checkout&limit=all&format=ndjson' > checkout.ndjson`;

async function run({ create }: CreateOption, command: Command, context: Context): Promise<void> {
  const settings = readingSettings(command, context);
  const log = createLog({ level: settings.logLevel, command: 'serve', output: context.stderr });
  const { durationMs } = settings;
  const stop = stopSignal(durationMs === undefined ? {} : { durationMs });
  const started = ({ url, linesUrl, isOpen }: StartedServer) => {
    const whom = isOpen ? 'on this machine alone: there are no tokens' : 'to those who have a token';
    context.stdout.write(
      `LMS answers at ${url}/, ${whom}.\nOpen it in a browser, or ask ${url}/api/v1/entries.\n`,
    );
    if (linesUrl !== undefined) context.stdout.write(`Lines of access logs are at ${linesUrl}/logs.\n`);
  };
  try {
    await runServer({ settings, create, log, stop: stop.signal, started });
    log.info({ reason: stop.reason() }, 'stopped');
  } finally {
    stop.dispose();
  }
}
