import { setTimeout } from 'node:timers/promises';
import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { Watched } from '../health/readiness.ts';
import { systemClock, unlessAborted, within } from '../pipeline/clock.ts';
import { Ledger } from '../pipeline/ledger.ts';
import { type Log, StoreError } from '../pipeline/ports.ts';
import type { Worker } from '../pipeline/worker.ts';
import { connectPubSub, preloadPubSub } from '../pubsub/client.ts';
import { openStore } from '../store/open.ts';
import { requireSchema } from '../store/schema.ts';
import { composeWorker } from './compose.ts';
import { type Health, openHealth } from './health.ts';
import { keepHeapSmall } from './heap.ts';
import { Heartbeats } from './heartbeats.ts';
import { ledgerReport } from './ledger-report.ts';
import { openStorageWatch, type StorageWatch } from './storage/watch.ts';
import { workerHeartbeat } from './worker-heartbeat.ts';

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
  /** Whether it says how large the tables are: one of several does. Default: it does. */
  readonly watchesStorage?: boolean;
  /** Called with the final ledger, after a failure too. */
  readonly ended: (ledger: Ledger) => void | Promise<void>;
}

/**
 * Runs a worker in this process until it is told to stop and has drained. SIGUSR2 logs its ledger meanwhile.
 * Rejects with the `LmsError` that ended it, UNACCOUNTED if it holds messages at the end. Told to stop before
 * the worker has begun, it does not wait for whatever the start is waiting for.
 */
export async function runWorker(run: WorkerRun): Promise<void> {
  const { settings, log, stop, started, ended } = run;
  let ledger = new Ledger();
  const logLedger = () => {
    log.info(ledgerReport(ledger), 'ledger');
  };
  const opened: Opened[] = [];
  let heartbeats: Heartbeats | undefined;
  let storage: StorageWatch | undefined;
  process.on('SIGUSR2', logLedger);
  try {
    const prepared = await unlessStopped(() => prepare(run, opened), stop);
    if (prepared) {
      ledger = prepared.worker.ledger;
      heartbeats = prepared.heartbeats;
      keepHeapSmall();
      log.info(startFields(settings), 'started');
      started?.(ledger);
      beginHeartbeats(heartbeats, stop);
      storage = watchStorage(run, prepared.health);
    }
    await work(prepared?.worker, stop).finally(() => ended(ledger));
    requireAccounted(ledger);
  } finally {
    process.off('SIGUSR2', logLedger);
    storage?.stop();
    if (heartbeats) await within(systemClock, settings.shutdownTimeoutMs / 20, heartbeats.stop());
    await closeWithin(settings.shutdownTimeoutMs / 10, opened);
  }
}

/** What was opened for a worker, to be closed after it. */
interface Opened {
  close(): Promise<void>;
}

/** A worker that is ready to begin. */
interface Prepared {
  readonly worker: Worker;
  readonly heartbeats: Heartbeats;
  readonly health: Health | undefined;
}

async function prepare(run: WorkerRun, opened: Opened[]): Promise<Prepared> {
  const { settings, create, log, stop } = run;
  preloadPubSub();
  const store = await openStore(settings.database, { log, create, connections: settings.flushesInFlight });
  opened.push(store);
  const health = await openHealth(settings, log);
  if (health) opened.push(health);
  for (const warning of await store.warnings()) log.warn({}, warning);
  await (create ? store.migrate() : requireSchema(store));
  const scopedSince = await store.scopedSince();
  const clients = await connectPubSub(settings);
  opened.push(clients);
  const composed = Promise.withResolvers<Watched>();
  const worker = await composeWorker(settings, {
    store,
    scopedSince,
    clients,
    log,
    create,
    ...(health && { events: health.events }),
    watch: composed.resolve,
  });
  const watched = await composed.promise;
  health?.watch(watched);
  const look = workerHeartbeat(watched, stop);
  return { worker, heartbeats: new Heartbeats({ store, log, look }), health };
}

function watchStorage(
  { settings, log, watchesStorage = true }: WorkerRun,
  health: Health | undefined,
): StorageWatch | undefined {
  if (!watchesStorage) return undefined;
  const watch = openStorageWatch(settings, log);
  health?.watchStorage(() => watch.current);
  return watch;
}

/** One more as soon as it drains: a drain may be over before the next is due. */
function beginHeartbeats(heartbeats: Heartbeats, stop: AbortSignal): void {
  heartbeats.start();
  const beat = () => {
    heartbeats.beat();
  };
  stop.addEventListener('abort', beat, { once: true });
}

/** Nothing was received yet, so a stop need not wait. What is opened late ends with the process. */
async function unlessStopped(
  begin: () => Promise<Prepared>,
  stop: AbortSignal,
): Promise<Prepared | undefined> {
  try {
    return await unlessAborted(begin, stop);
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  }
}

/** What the database refuses for good is told in the catalogue's words. */
async function work(worker: Worker | undefined, stop: AbortSignal): Promise<void> {
  try {
    await worker?.run(stop);
  } catch (error) {
    throw error instanceof StoreError && error.cause instanceof LmsError ? error.cause : error;
  }
}

/** Every message is accounted for, or the exit status says so. */
function requireAccounted({ held }: Ledger): void {
  if (held > 0) throw new LmsError('UNACCOUNTED', `${String(held)} messages were received and not settled`);
}

/** A database or a broker that does not answer must not keep the process from ending. */
async function closeWithin(limitMs: number, opened: readonly Opened[]): Promise<void> {
  const closing = Promise.allSettled(opened.map((part) => part.close()));
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
