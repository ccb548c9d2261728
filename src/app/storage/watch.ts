import { setImmediate } from 'node:timers/promises';
import type { Settings } from '../../config/settings.ts';
import { pause, systemClock, unlessAborted } from '../../pipeline/clock.ts';
import type { Clock, Log } from '../../pipeline/ports.ts';
import type { Forecast } from '../../retention/forecast.ts';
import { ObservedRows } from '../../retention/growth.ts';
import { closeLooked, forecastOf, lookAt, type Looked, openToLook } from './look.ts';
import { StorageNews } from './news.ts';

/** Between two looks, each of a connection and a few small statements. */
const INTERVAL_MS = 600_000;

/** What a watch takes. */
export interface WatchParts {
  /** Opens the database for one look. */
  readonly open: () => Promise<Looked>;
  readonly log: Log;
  readonly clock: Clock;
  readonly maxBytes?: number | undefined;
  readonly intervalMs?: number;
}

/** Begins to watch the database of the settings. */
export function openStorageWatch(settings: Settings, log: Log): StorageWatch {
  const open = () => openToLook(settings, log);
  const { retentionMaxBytes: maxBytes } = settings;
  const watch = new StorageWatch({ open, log, clock: systemClock, maxBytes });
  watch.start();
  return watch;
}

/**
 * Looks every ten minutes how large the tables are and how they grow, and says so in the log. Nothing waits for it,
 * and whatever becomes of a look, everything else goes on: nothing here rejects or keeps the process alive.
 */
export class StorageWatch {
  readonly #parts: WatchParts;
  readonly #observed = new ObservedRows();
  readonly #news: StorageNews;
  readonly #stop = new AbortController();
  #current: Forecast | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#news = new StorageNews(parts.log);
  }

  /** As of the last look; undefined before the first, and after one that failed. */
  get current(): Forecast | undefined {
    return this.#current;
  }

  /** Begins. */
  start(): void {
    void this.#loop();
  }

  /** Ends; a look that is under way is left. */
  stop(): void {
    this.#stop.abort();
  }

  async #loop(): Promise<void> {
    const { clock, intervalMs = INTERVAL_MS } = this.#parts;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#look(signal);
      await pause(clock, intervalMs, signal).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { open, log, clock } = this.#parts;
    try {
      const found = await unlessAborted(() => this.#forecast(open, signal), signal);
      this.#current = found;
      this.#news.tell(found, clock.now());
    } catch (error) {
      this.#current = undefined;
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      log.debug({ reason }, 'how large the tables are could not be seen');
    }
  }

  async #forecast(open: () => Promise<Looked>, signal: AbortSignal): Promise<Forecast> {
    // SQLite works before it answers: whoever started this goes first.
    await setImmediate();
    const looked = await open();
    try {
      const look = await lookAt(looked, signal);
      this.#observed.note(this.#parts.clock.now(), look.rows);
      return forecastOf(look, { observed: this.#observed, maxBytes: this.#parts.maxBytes });
    } finally {
      await closeLooked(looked);
    }
  }
}
