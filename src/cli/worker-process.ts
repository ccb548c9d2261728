import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { Ledger } from '../pipeline/ledger.ts';
import { StoreError, type Log } from '../pipeline/ports.ts';
import type { Worker } from '../pipeline/worker.ts';
import { connectPubSub, preloadPubSub, type PubSubClients } from '../pubsub/client.ts';
import { openStore } from '../store/open.ts';
import { requireSchema } from '../store/schema.ts';
import { composeWorker } from './compose.ts';
import { openHealth, type Health } from './health.ts';
import { ledgerReport } from './ledger-report.ts';

/** See `runWorker`. */
export interface WorkerRun {
  readonly settings: Settings;
  /** Whether tables, topics and subscriptions that are missing are created. */
  readonly create: boolean;
  readonly log: Log;
  /** Aborted when the worker has to drain. */
  readonly stop: AbortSignal;
  /** Called when the worker begins to receive, with its ledger to look at. */
  readonly started?: (ledger: Ledger) => void;
  /** Called with the final ledger, after a failure too. */
  readonly ended: (ledger: Ledger) => void | Promise<void>;
}

/**
 * Runs a worker in this process until it is told to stop and has drained. SIGUSR2 logs its ledger meanwhile. Rejects with the
 * `LmsError` that ended it, UNACCOUNTED if it holds messages at the end.
 */
export async function runWorker({ settings, create, log, stop, started, ended }: WorkerRun): Promise<void> {
  preloadPubSub();
  const store = await openStore(settings.database, { log, connections: settings.flushesInFlight });
  let health: Health | undefined;
  let clients: PubSubClients | undefined;
  try {
    health = await openHealth(settings, log);
    await (create ? store.migrate() : requireSchema(store));
    clients = await connectPubSub(settings);
    const worker = await composeWorker(settings, { store, clients, log, create, ...(health && { health }) });
    const logLedger = () => {
      log.info(ledgerReport(worker.ledger), 'ledger');
    };
    process.on('SIGUSR2', logLedger);
    keepHeapSmall();
    log.info(startFields(settings), 'started');
    started?.(worker.ledger);
    await run(worker, stop).finally(() => ended(worker.ledger));
    process.off('SIGUSR2', logLedger);
    requireAccounted(worker.ledger);
  } finally {
    await closeWithin(settings.shutdownTimeoutMs / 10, store, clients, health);
  }
}

/** What the database refuses for good is told in the catalogue's words. */
async function run(worker: Worker, stop: AbortSignal): Promise<void> {
  try {
    await worker.run(stop);
  } catch (error) {
    throw error instanceof StoreError && error.cause instanceof LmsError ? error.cause : error;
  }
}

/**
 * Left alone, V8 lets its young generation grow to 64 MB and more under load, most of it room for garbage. Kept at the size
 * that it has after the start, the worker takes 100 MB less. V8 reads the flag whenever it would grow that generation.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Every message is accounted for, or the exit status says so. */
function requireAccounted({ held }: Ledger): void {
  if (held > 0) throw new LmsError('UNACCOUNTED', `${String(held)} messages were received and not settled`);
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
