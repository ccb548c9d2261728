import type { StoredEntry } from '../logs/entry.ts';
import { unlessAborted } from '../pipeline/clock.ts';
import { Outage } from '../pipeline/outage.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { millisecondsOf } from '../query/answers/processes.ts';
import type { LiveReceiver, LiveSource } from './ports.ts';
import { columnTimeAt, rangeBetween } from './times.ts';
import { WatchedMinute } from './watched-minute.ts';

const INTERVAL_MS = 1_000;
/** No more than this share of the time is spent on looking. */
const REST_FACTOR = 3;
/** How old the own time of a row may be that is still found. */
const WINDOW_MS = 15 * 60_000;
/** A transaction that began so long before may end after the first look. */
const TRANSACTION_MS = 10_000;
const MINUTE_MS = 60_000;
const MAX_COUNTS = 20_000;
/** A look that takes longer is given up. */
const LOOK_TIMEOUT_MS = 30_000;

export interface PollSourceParts {
  readonly reader: () => Promise<EntryReader>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly log: Log;
}

/**
 * New rows of the database, for those who may not have a subscription: once a second it looks at the counts by minute
 * of the last quarter of an hour, and reads the minutes that have more than was shown. Rows come as they are stored,
 * not as they are published; what is older than that when it is stored is not found.
 */
export class PollSource implements LiveSource {
  readonly #parts: PollSourceParts;
  readonly #ending = new AbortController();
  readonly #outage: Outage;
  readonly #minutes = new Map<string, WatchedMinute>();
  /** Rows that were written before this are old; the database's clock. */
  #newSince = '';
  /** When the last look that succeeded began. */
  #lookedMs: number;
  #cancel: () => void = () => undefined;

  constructor(parts: PollSourceParts) {
    this.#parts = parts;
    this.#outage = new Outage('the live tail does not see the database', parts.clock, parts.log);
    this.#lookedMs = parts.wallMs();
  }

  async start(receiver: LiveReceiver): Promise<void> {
    const { wallMs } = this.#parts;
    const { signal } = this.#ending;
    const reader = await this.#parts.reader();
    const nowMs = await reader.processes(signal).then(
      ({ now }) => millisecondsOf(now),
      () => wallMs(),
    );
    this.#newSince = columnTimeAt(nowMs - TRANSACTION_MS);
    this.#lookedMs = wallMs();
    for (const [minute, rows] of await this.#counts(reader, signal))
      this.#minutes.set(minute, new WatchedMinute(minute, rows));
    this.#again(receiver, INTERVAL_MS);
  }

  stop(): Promise<void> {
    this.#cancel();
    this.#ending.abort(new Error('the live tail ends'));
    return Promise.resolve();
  }

  lagMs(): number {
    const sinceMs = this.#parts.wallMs() - this.#lookedMs;
    return sinceMs > 2 * INTERVAL_MS ? sinceMs : 0;
  }

  #again(receiver: LiveReceiver, delayMs: number): void {
    const { clock } = this.#parts;
    this.#cancel = clock.schedule(delayMs, () => {
      const startMs = clock.now();
      void this.#tryLook(receiver).then(() => {
        if (this.#ending.signal.aborted) return;
        this.#again(receiver, Math.max(INTERVAL_MS, REST_FACTOR * (clock.now() - startMs)));
      });
    });
  }

  async #tryLook(receiver: LiveReceiver): Promise<void> {
    const tooLong = new AbortController();
    const cancel = this.#parts.clock.schedule(LOOK_TIMEOUT_MS, () => {
      tooLong.abort(new Error('the database does not answer'));
    });
    const signal = AbortSignal.any([tooLong.signal, this.#ending.signal]);
    const startMs = this.#parts.wallMs();
    try {
      await unlessAborted(() => this.#look(receiver, signal), signal);
      if (startMs - this.#lookedMs > WINDOW_MS / 2) receiver.gap(rangeBetween(this.#lookedMs, startMs));
      this.#lookedMs = startMs;
      this.#outage.passed();
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#outage.failed(1, error);
    } finally {
      cancel();
    }
  }

  async #look(receiver: LiveReceiver, signal: AbortSignal): Promise<void> {
    const reader = await this.#parts.reader();
    const counts = await this.#counts(reader, signal);
    for (const minute of this.#minutes.keys()) if (!counts.has(minute)) this.#minutes.delete(minute);
    for (const [minute, rows] of [...counts].toSorted()) {
      const watched = this.#minutes.get(minute) ?? new WatchedMinute(minute, 0);
      this.#minutes.set(minute, watched);
      if (!watched.hasChanged(rows)) continue;
      const isNew = ({ createdAt }: StoredEntry) => createdAt >= this.#newSince;
      const missing = await watched.read(rows, { reader, signal, isNew }, (entries) => {
        if (!this.#ending.signal.aborted) receiver.entries(entries);
      });
      const startMs = millisecondsOf(minute);
      if (missing > 0) receiver.gap(rangeBetween(startMs, startMs + MINUTE_MS));
    }
  }

  /** How many rows each minute has. */
  async #counts(reader: EntryReader, signal: AbortSignal): Promise<Map<string, number>> {
    const sums = new Map<string, number>();
    const windowMs = this.#parts.wallMs() - WINDOW_MS;
    let from: string | undefined = `${columnTimeAt(windowMs).slice(0, 16)}:00`;
    while (from !== undefined) {
      const request = { order: 'oldest', from, maxCounts: MAX_COUNTS } as const;
      const { counts, end } = await reader.minutes(request, signal);
      for (const { minute, count } of counts) sums.set(minute, (sums.get(minute) ?? 0) + count);
      from =
        end === undefined ? undefined : `${columnTimeAt(millisecondsOf(end) + MINUTE_MS).slice(0, 16)}:00`;
    }
    return sums;
  }
}
