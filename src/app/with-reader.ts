import type { Damage } from '../archive/part-reading.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../pipeline/ports.ts';
import type { Means } from '../query/answers/page.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { openEntryReader } from '../store/open.ts';
import type { openArchiveReader } from './archive/open-archive-reader.ts';
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
  /** An archive that is read instead: a directory, or `gs://bucket/prefix`. */
  readonly archive?: string | undefined;
  /** Told of each file of the archive that is damaged, and left out. */
  readonly onDamage?: ((damage: Damage) => void) | undefined;
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
export async function withReader<T>(reading: Reading, use: (means: Means) => Promise<T>): Promise<T> {
  const { stop, watch = (reader: EntryReader) => reader } = reading;
  const { queryTimeBudgetMs, queryRowBudget } = reading.settings;
  const opened = await openReader(reading);
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

function openReader({ settings, log, url, archive, ...reading }: Reading): Promise<EntryReader> {
  const { readDatabase = settings.database, token } = settings;
  const { stop, onDamage = () => undefined, connections = USUAL_CONNECTIONS } = reading;
  if (archive !== undefined) return archiveReader(archive, onDamage, stop.signal);
  if (url !== undefined) return remoteReader(url, token);
  return openEntryReader(readDatabase, { log, connections });
}

async function archiveReader(...opening: Parameters<typeof openArchiveReader>): Promise<EntryReader> {
  const archive = await import('./archive/open-archive-reader.ts');
  return archive.openArchiveReader(...opening);
}

async function remoteReader(url: string, token: string | undefined): Promise<EntryReader> {
  // Loaded here and not above: who asks the database does not need it.
  const { RemoteEntryReader } = await import('../remote/reader.ts');
  return new RemoteEntryReader(url, token);
}
