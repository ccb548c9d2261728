import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import { openHere } from '../http/authentication.ts';
import { isLoopback } from '../http/hosts.ts';
import { startServer } from '../http/server.ts';
import { aborted } from '../pipeline/clock.ts';
import type { Log } from '../pipeline/ports.ts';
import { openEntryReader, openServerRecords, openStore } from '../store/open.ts';
import { LazyTopics } from './lazy-topics.ts';
import { readRelease } from './release.ts';

/** See `runServer`. */
export interface ServerRun {
  readonly settings: Settings;
  /** Whether topics and subscriptions that are missing are created. */
  readonly create: boolean;
  readonly log: Log;
  /** Aborted when the server has to stop. */
  readonly stop: AbortSignal;
  /** Called once it answers, with its URL, and that of lines that have a port of their own. */
  readonly started: (url: string, linesUrl: string | undefined) => void;
}

/**
 * Serves the API in this process until it is told to stop, and has finished what it was asked: within
 * SHUTDOWN_TIMEOUT. Rejects with `LmsError`: as `openEntryReader`, LISTEN, or SETTINGS for an address that
 * others reach.
 */
export async function runServer({ settings, create, log, stop, started }: ServerRun): Promise<void> {
  const { serveHost: host, servePort: port, shutdownTimeoutMs } = settings;
  requireLoopback(host);
  const { readDatabase = settings.database, queriesAtOnce: connections } = settings;
  const reader = await openEntryReader(readDatabase, { log, connections });
  const topics = new LazyTopics({ settings, create, log });
  const deleter = new Lazy(() => openStore(settings.database, { log, connections: 1 }));
  const primary = new Lazy(() => openEntryReader(settings.database, { log, connections: 1 }));
  const records = openServerRecords(settings.database, { log });
  try {
    const server = await startServer(
      {
        reader,
        primary: settings.readDatabase === undefined ? undefined : () => primary.opened(),
        deleter: { deleteEntries: async (keys) => (await deleter.opened()).deleteEntries(keys) },
        records,
        ...topics,
        authentication: openHere,
        log,
        release: readRelease(),
        limits: settings,
        compat: settings,
        stop,
      },
      { host, port },
    );
    log.info({ address: server.url }, 'started');
    log.warn({}, 'there are no tokens: everybody on this machine may read, and nobody else is answered');
    started(server.url, server.linesUrl);
    await aborted(stop);
    await server.close(shutdownTimeoutMs);
  } finally {
    await topics.close();
    await deleter.close();
    await primary.close();
    await records.close();
    await reader.close();
  }
}

/** Opens a database once somebody needs it: who is only read from needs none to write to. */
class Lazy<T extends { close(): Promise<void> }> {
  readonly #open: () => Promise<T>;
  #opening: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  /** What failed is tried again by the next who needs it. */
  opened(): Promise<T> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async close(): Promise<void> {
    await (await this.#opening?.catch(() => undefined))?.close();
  }
}

/** Whoever reaches an open server reads everything. */
function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new LmsError(
    'SETTINGS',
    `SERVE_HOST: '${host}' can be reached from other machines, and without tokens everybody there could read: it has to be 127.0.0.1, ::1 or localhost`,
  );
}
