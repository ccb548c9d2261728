import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { Worker } from '../pipeline/worker.ts';
import { connectPubSub, type PubSubClients } from '../pubsub/client.ts';
import { openStore } from '../store/open.ts';
import { requireSchema } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './command.ts';
import { composeWorker } from './compose.ts';
import { createFlag, type CreateOption } from './create-flag.ts';
import { csvOf } from './csv.ts';
import { writeJson, writeText } from './files.ts';
import { ledgerReport, ledgerText } from './ledger-report.ts';
import { createLog } from './logging.ts';
import { settingFlags, settingsFrom } from './setting-flags.ts';
import { stopSignal } from './signals.ts';

interface MonOptions extends CreateOption {
  readonly dump?: string;
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
    .option('--report <file>', 'at the end, write the ledger as JSON to a file')
    .addHelpText('after', EXAMPLES)
    .action((options: MonOptions) => run(options, command, context));
  createFlag(command, 'tables, topics and subscriptions');
  settingFlags(command, [
    'BATCHSIZE',
    'FLUSHINTERVAL',
    'DURATION',
    'BATCHBYTES',
    'FLUSHES_IN_FLIGHT',
    'MAX_HELD_MESSAGES',
    'MAX_HELD_BYTES',
    'ACK_DEADLINE',
    'SHUTDOWN_TIMEOUT',
    'DATABASE_URL',
    'PUBSUB_EMULATOR_HOST',
    'PUBSUB_PROJECT_ID',
    'PUBSUB_TOPIC',
    'PUBSUB_SUBSCRIPTION',
    'DEAD_LETTER_TOPIC',
    'DEAD_LETTER_SUBSCRIPTION',
    'LOG_LEVEL',
  ]);
}

const EXAMPLES = `
Examples:
  lms mon                                       with the settings of the environment and .env
  lms mon --batch-size 10 --flush-interval 20   small batches, often
  DURATION=60 lms mon --dump logs.csv           a minute, then everything stored as CSV
  lms mon --no-create                           for an account that may not create anything`;

async function run(options: MonOptions, command: Command, context: Context): Promise<void> {
  const { settings } = settingsFrom(command, context);
  const log = createLog({ level: settings.logLevel, command: 'mon', output: context.stderr });
  const stop = stopSignal(settings.durationMs === undefined ? {} : { durationMs: settings.durationMs });
  const store = await openStore(settings.database, { log, connections: settings.flushesInFlight });
  let clients: PubSubClients | undefined;
  try {
    await (options.create ? store.migrate() : requireSchema(store));
    clients = await connectPubSub(settings);
    const worker = await composeWorker(settings, { store, clients, log, create: options.create });
    const printLedger = () => {
      log.info(ledgerReport(worker.ledger), 'ledger');
    };
    process.on('SIGUSR2', printLedger);
    keepHeapSmall();
    log.info(startFields(settings), 'started');
    await worker.run(stop.signal).finally(() => report(worker, options, context));
    log.info({ reason: stop.reason() }, 'stopped');
    process.off('SIGUSR2', printLedger);
    if (options.dump !== undefined) await dump(store, options.dump, context);
    requireAccounted(worker);
  } finally {
    stop.dispose();
    await closeWithin(settings.shutdownTimeoutMs / 10, store, clients);
  }
}

/**
 * Left alone, V8 lets its young generation grow to 64 MB and more under load, most of it room for garbage. Kept at the size
 * that it has after the start, the worker takes 100 MB less. V8 reads the flag whenever it would grow that generation.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

async function report(worker: Worker, options: MonOptions, context: Context): Promise<void> {
  // Standard output is for the CSV if that goes there.
  const output = options.dump === '-' ? context.stderr : context.stdout;
  output.write(ledgerText(worker.ledger));
  if (options.report !== undefined) await writeJson(options.report, ledgerReport(worker.ledger));
}

async function dump(store: Store, path: string, context: Context): Promise<void> {
  await writeText(path, csvOf(store.entries()), context.stdout);
}

/** Every message is accounted for, or the exit status says so. */
function requireAccounted({ ledger }: Worker): void {
  if (ledger.held > 0)
    throw new LmsError('UNACCOUNTED', `${String(ledger.held)} messages were received and not settled`);
}

/** A database or a broker that does not answer must not keep the process from ending. */
async function closeWithin(
  limitMs: number,
  ...parts: ({ close(): Promise<void> } | undefined)[]
): Promise<void> {
  const closing = Promise.allSettled(parts.map(async (part) => part?.close()));
  await Promise.race([closing, setTimeout(limitMs, undefined, { ref: false })]);
}

function startFields({
  subscription,
  batchSize,
  flushIntervalMs,
  flushesInFlight,
  maxHeldMessages,
  maxHeldBytes,
}: Settings): object {
  return { subscription, batchSize, flushIntervalMs, flushesInFlight, maxHeldMessages, maxHeldBytes };
}
