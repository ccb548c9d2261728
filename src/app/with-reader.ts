import type { Settings } from '../config/settings.ts';
import type { Log } from '../pipeline/ports.ts';
import type { Means } from '../query/answers/page.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { openEntryReader } from '../store/open.ts';
import type { StopRequest } from './signals.ts';

/** Most commands ask one question after the other. */
const USUAL_CONNECTIONS = 1;
/** A piece takes tens of milliseconds. One that takes so long after a stop is given up. */
const STOP_GRACE_MS = 500;

/** What reading takes. */
export interface Reading {
  readonly settings: Settings;
  readonly log: Log;
  /** Of an `lms serve` that is asked; absent: the database is. */
  readonly url?: string | undefined;
  /** Asks to be answered with what was found so far. */
  readonly stop: StopRequest;
  /** Of the database; one if absent. */
  readonly connections?: number;
  /** Stands before the database's reader, if someone wants to know what it does. */
  readonly watch?: (reader: EntryReader) => EntryReader;
}

/**
 * Opens the database, or the server, that is read from, for as long as `use` takes. Stopped, the budget of its
 * questions is used up; what is still at work half a second later is ended, and rejects with
 * `signal.reason`. Throws `LmsError` as `openEntryReader` does.
 */
export async function withReader<T>(
  { settings, log, url, stop, connections = USUAL_CONNECTIONS, watch = (reader) => reader }: Reading,
  use: (means: Means) => Promise<T>,
): Promise<T> {
  const { readDatabase = settings.database, queryTimeBudgetMs, queryRowBudget } = settings;
  const opened =
    url === undefined
      ? await openEntryReader(readDatabase, { log, connections })
      : await remoteReader(url, settings.token);
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onStop = () => {
    timer = setTimeout(() => {
      ending.abort(stop.signal.reason);
    }, STOP_GRACE_MS);
  };
  stop.signal.addEventListener('abort', onStop, { once: true });
  try {
    return await use({
      reader: watch(opened),
      budget: { maxMs: queryTimeBudgetMs, maxRows: queryRowBudget, end: stop.signal },
      now: () => performance.now(),
      signal: ending.signal,
    });
  } finally {
    clearTimeout(timer);
    stop.signal.removeEventListener('abort', onStop);
    await opened.close();
  }
}

async function remoteReader(url: string, token: string | undefined): Promise<EntryReader> {
  // Loaded here and not above: who asks the database does not need it.
  const { RemoteEntryReader } = await import('../remote/reader.ts');
  return new RemoteEntryReader(url, token);
}
