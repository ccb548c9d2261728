import type { ServerRecords } from '../access/records.ts';
import type { Settings } from '../config/settings.ts';
import { ServerMetrics } from '../health/server-metrics.ts';
import type { ServerParts } from '../http/parts.ts';
import { startServer } from '../http/server.ts';
import { WebPage } from '../http/web-page.ts';
import { aborted, pause, systemClock } from '../pipeline/clock.ts';
import type { Log } from '../pipeline/ports.ts';
import { matches } from '../query/predicate.ts';
import { screenOf } from '../screening/screen.ts';
import { Lazy } from '../store/lazy.ts';
import { openEntryReader, openServerRecords, openStore, openWorkLeases } from '../store/open.ts';
import { deadLetterBox } from './dead-letter-box.ts';
import { ALL_JOBS } from './jobs/all.ts';
import type { MakeJob } from './jobs/job.ts';
import { JobRunner } from './jobs/runner.ts';
import { LazyTopics } from './lazy-topics.ts';
import { type OpenedLive, openLive } from './open-live.ts';
import { readRelease } from './release.ts';
import { authenticationOf, reachOf } from './server-access.ts';
import { openStorageWatch, type StorageWatch } from './storage/watch.ts';

/** A server that answers. */
export interface StartedServer {
  readonly url: string;
  /** Of lines of access logs that have a port of their own. */
  readonly linesUrl: string | undefined;
  /** Whether it answers without a token. */
  readonly isOpen: boolean;
}

/** See `runServer`. */
export interface ServerRun {
  readonly settings: Settings;
  /** Whether topics and subscriptions that are missing are created. */
  readonly create: boolean;
  readonly log: Log;
  /** Aborted when the server has to stop. */
  readonly stop: AbortSignal;
  /** Called once it answers. */
  readonly started: (server: StartedServer) => void;
  /** The jobs that it does beside. Default: those of the setting JOBS. */
  readonly jobs?: readonly MakeJob[];
}

/**
 * Serves the API in this process until it is told to stop, and has finished what it was asked: within
 * SHUTDOWN_TIMEOUT. Rejects with `LmsError`: as `openEntryReader`, LISTEN, or SETTINGS for an address that
 * others reach.
 */
export async function runServer(run: ServerRun): Promise<void> {
  const { settings, log, stop, started } = run;
  const { serveHost: host, servePort: port, shutdownTimeoutMs } = settings;
  const opened = await openAll(run);
  const { records } = opened;
  const forgetting = new AbortController();
  let storage: StorageWatch | undefined;
  try {
    const { authentication, isOpen } = await authenticationOf({ settings, records, log });
    const jobs = jobRunner(run);
    const notes = () => jobs.loops.flatMap((loop) => loop.notes);
    const parts = { ...opened, authentication, page: await WebPage.read(), ...partsOf(run), notes };
    parts.events.watchJobs(jobs.loops);
    parts.events.watchStorage(() => storage?.current);
    const server = await startServer(parts, { host, port });
    endWith(stop, opened.live);
    void warmUp(opened.live, log, stop);
    log.info({ address: server.url }, 'started');
    if (isOpen) log.warn({}, OPEN_WARNING);
    void forgetOldRequests(records, log, forgetting.signal);
    storage = openStorageWatch(settings, log);
    jobs.start();
    started({ url: server.url, linesUrl: server.linesUrl, isOpen });
    await aborted(stop);
    await Promise.all([server.close(shutdownTimeoutMs), jobs.stop(shutdownTimeoutMs)]);
  } finally {
    forgetting.abort();
    storage?.stop();
    await opened.close();
  }
}

/** Nothing is opened before a job asks for its lease. */
function jobRunner({ settings, log, jobs }: ServerRun): JobRunner {
  const made = jobs ?? settings.jobs.map((name) => ALL_JOBS[name]);
  const leases = openWorkLeases(settings.database, { log });
  return new JobRunner(
    made.map((make) => make({ settings, log })),
    { leases, clock: systemClock, log },
  );
}

const OPEN_WARNING =
  'there are no tokens: everybody on this machine may read and write, and nobody else is answered';

/** Tails end at once: nobody waits for the end of what has none. */
function endWith(stop: AbortSignal, live: OpenedLive | undefined): void {
  stop.addEventListener('abort', () => void live?.tails.close());
}

/** Makes the subscription of the live tail, so that whoever starts the server hears of it if that is not allowed. */
async function warmUp(live: OpenedLive | undefined, log: Log, stop: AbortSignal): Promise<void> {
  await live?.tails.warm().catch((error: unknown) => {
    if (stop.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ reason }, NO_TAIL);
  });
}

const NO_TAIL =
  'there is no live tail for now: it is tried again for each that is asked for. Where the server may not have a subscription of its own, LMS_TAIL=poll reads the database, and LMS_TAIL=off does without';

type Opened =
  'tails' | 'reader' | 'primary' | 'deleter' | 'records' | 'topic' | 'deadLetters' | 'deadLetterBox';

/** What it works with, each opened at the start or once somebody needs it. */
async function openAll({
  settings,
  create,
  log,
}: ServerRun): Promise<
  Pick<ServerParts, Opened> & { readonly live: OpenedLive | undefined; close(): Promise<void> }
> {
  const { readDatabase = settings.database, queriesAtOnce: connections } = settings;
  const reader = await openEntryReader(readDatabase, { log, connections });
  const topics = new LazyTopics({ settings, create, log });
  const deleter = new Lazy(() => openStore(settings.database, { log, connections: 1 }));
  const primary = new Lazy(() => openEntryReader(settings.database, { log, connections: 1 }));
  const records = openServerRecords(settings.database, { log });
  const live = openLive({ settings, reader: () => Promise.resolve(reader), create, log });
  return {
    live,
    tails: live?.tails,
    reader,
    primary: settings.readDatabase === undefined ? undefined : () => primary.opened(),
    deleter: { deleteEntries: async (keys) => (await deleter.opened()).deleteEntries(keys) },
    records,
    topic: topics.topic,
    deadLetters: topics.deadLetters,
    deadLetterBox: deadLetterBox({ settings, log, clients: () => topics.clients() }),
    async close() {
      await live?.close();
      for (const part of [topics, deleter, primary, records, reader]) await part.close();
    },
  };
}

/** The rest: what it is told, and what it tells. */
function partsOf({ settings, log, stop }: ServerRun) {
  const screen = screenOf(settings);
  return {
    defaultService: settings.defaultService,
    shown: screen && ((text: string) => screen.text(text)),
    isDiscarded: settings.discard && matches(settings.discard),
    events: new ServerMetrics(),
    log,
    release: readRelease(),
    limits: settings,
    reach: reachOf(settings),
    compat: settings,
    stop,
  };
}

const FORGET_INTERVAL_MS = 3_600_000;

/** Requests that may be sent again are known for a day. Where there are none, or no right, nothing is lost. */
async function forgetOldRequests(records: ServerRecords, log: Log, end: AbortSignal): Promise<void> {
  for (;;) {
    const isOver = await pause(systemClock, FORGET_INTERVAL_MS, end).then(
      () => false,
      () => true,
    );
    if (isOver) return;
    await records.forgetKeyedRequests().catch((err: unknown) => {
      log.debug({ err }, 'old requests cannot be forgotten');
    });
  }
}
