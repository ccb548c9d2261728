import { runServer } from '../../app/run-server.ts';
import { runWorker } from '../../app/run-worker.ts';
import { type Broker, startBroker, type SubscriptionStats } from '../../broker/broker.ts';
import { Refusal } from '../../broker/refusal.ts';
import type { Settings } from '../../config/settings.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Ledger } from '../../pipeline/ledger.ts';
import type { Log } from '../../pipeline/ports.ts';
import { connectPubSub, type PubSubClients } from '../../pubsub/client.ts';
import { drained } from './drain.ts';
import { simulate } from './simulate.ts';
import { keepUndelivered, restoreUndelivered } from './undelivered.ts';

/** Where to look, once everything runs. */
export interface DevPlaces {
  /** URL of the server. */
  readonly url: string;
  /** `host:port` of the broker. */
  readonly emulatorHost: string;
}

/** See `runDev`. */
export interface DevRun {
  /** Of all parts; their database is an SQLite file. */
  readonly settings: Settings;
  /** 0: any free one. */
  readonly brokerPort: number;
  /** Where messages are kept that were not stored by the end. */
  readonly undeliveredPath: string;
  /** Messages a second of simulated services; undefined: none. */
  readonly simulatedRate: number | undefined;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly started: (places: DevPlaces) => void;
  /** Called with the worker's final ledger. */
  readonly ended: (ledger: Ledger) => void;
}

/**
 * Runs broker, worker, server and, if asked for, simulated services in this process, until it is told to stop or one
 * of them fails. Then, in this order: the server finishes what it was asked and the simulator ends, the broker takes
 * nothing more, the worker stores what the subscription has, and what it could not store is written down for the next
 * time, beside the dead letters. Rejects with the `LmsError` of the part that failed.
 */
export async function runDev(run: DevRun): Promise<void> {
  const broker = await startBroker({ port: run.brokerPort }).catch(orOtherPort('--broker-port'));
  const emulatorHost = `${broker.host}:${String(broker.port)}`;
  const settings = { ...run.settings, emulatorHost };
  const clients = await connectPubSub(settings);
  const parts = { ...run, settings, broker, clients };
  const worker = startWorker(parts);
  try {
    if (await worker.begun) await restoreUndelivered(run.undeliveredPath, broker, keptSubscriptions(parts));
    if (await worker.begun) await serveAndDrain(parts, worker);
    await worker.stop();
  } finally {
    await worker.stop().catch(told);
    await clients.close();
    await broker.close();
  }
}

/** Says of a port that is taken how to have another. */
function orOtherPort(flag: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof LmsError) || error.code !== 'LISTEN') throw error;
    throw new LmsError('LISTEN', `${error.message}\n${flag} 0 takes any port that is free`, { cause: error });
  };
}

interface Parts extends DevRun {
  readonly broker: Broker;
  readonly clients: PubSubClients;
}

/** A worker at its work. */
interface BackgroundWorker {
  /** Whether it has begun to receive; false once it has failed before that. */
  readonly begun: Promise<boolean>;
  /** Aborted once it has ended, however that was. */
  readonly over: AbortSignal;
  /** Lets it drain. Rejects with what it failed with. */
  stop(): Promise<void>;
}

function startWorker({ settings, log, ended }: Parts): BackgroundWorker {
  const stop = new AbortController();
  const over = new AbortController();
  const { promise: begun, resolve: begin } = Promise.withResolvers<boolean>();
  const started = () => {
    begin(true);
  };
  const outcome = runWorker({ settings, create: true, log, stop: stop.signal, started, ended }).finally(
    () => {
      begin(false);
      over.abort();
    },
  );
  outcome.catch(told);
  return {
    begun,
    over: over.signal,
    stop: () => {
      stop.abort();
      return outcome;
    },
  };
}

/** Whoever stops the worker hears of its failure. */
function told(): void {
  return undefined;
}

/** From the start of the server until all is stored or written down, whatever fails in between. */
async function serveAndDrain(parts: Parts, worker: BackgroundWorker): Promise<void> {
  const { settings, broker, clients, undeliveredPath, log } = parts;
  try {
    await serve(parts, worker.over);
  } finally {
    broker.closeTopic(clients.topicName(settings.topic), 'lms dev is about to end');
    await drain(parts, worker.over);
    await worker.stop().catch(told);
    const kept = keptSubscriptions(parts);
    const left = await keepUndelivered(undeliveredPath, broker, kept);
    if (left.messages + left.deadLetters > 0) {
      log.info({ ...left, file: undeliveredPath }, 'kept for the next start what the broker still had');
    }
  }
}

/** Server and simulator, until a stop or a failure of any part ends both. */
async function serve(parts: Parts, workerOver: AbortSignal): Promise<void> {
  const { settings, log, simulatedRate, started, clients } = parts;
  const failed = new AbortController();
  const stop = AbortSignal.any([parts.stop, workerOver, failed.signal]);
  const { emulatorHost = '' } = settings;
  const serving = runServer({
    settings,
    create: true,
    log,
    stop,
    started: ({ url }) => {
      started({ url, emulatorHost });
    },
  })
    .catch(orOtherPort('--serve-port'))
    .finally(() => {
      failed.abort();
    });
  const simulating =
    simulatedRate === undefined ? [] : [simulate({ settings, clients, log, stop }, simulatedRate)];
  await Promise.all([serving, ...simulating]);
}

/** Until the worker has acknowledged everything. Whatever it can store, it does so by its next flush. */
function drain({ settings, broker, clients, log }: Parts, workerOver: AbortSignal): Promise<void> {
  const subscription = clients.subscriptionName(settings.subscription);
  return drained({
    look: () => statsOf(broker, subscription),
    isWorking: () => !workerOver.aborted,
    patienceMs: settings.flushIntervalMs + settings.shutdownTimeoutMs,
    tell: (left) => {
      log.info({ left }, 'storing what was published; another Ctrl-C ends at once and loses it');
    },
    clock: systemClock,
  });
}

const NOTHING = { waiting: 0, outstanding: 0, acked: 0 };

/** A program that uses the broker may have deleted the subscription. */
function statsOf(broker: Broker, subscription: string): Pick<SubscriptionStats, keyof typeof NOTHING> {
  try {
    return broker.subscriptionStats(subscription);
  } catch (error) {
    if (error instanceof Refusal) return NOTHING;
    throw error;
  }
}

function keptSubscriptions({ settings, clients }: Parts) {
  return {
    messages: clients.subscriptionName(settings.subscription),
    deadLetters: clients.subscriptionName(settings.deadLetterSubscription),
  };
}
