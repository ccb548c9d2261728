import type { LogEntry } from '../../logs/entry.ts';
import { pause } from '../../pipeline/clock.ts';
import type { Clock } from '../../pipeline/ports.ts';

/** What is due within so much time goes together. */
const TICK_MS = 100;
/** No timer waits longer. */
const LONGEST_WAIT_MS = 86_400_000;

/** Entries that go together, and when. */
export interface Slice {
  readonly entries: readonly LogEntry[];
  /** Of the clock, in milliseconds. */
  readonly dueAtMs: number;
}

/**
 * Lets entries go when their time has come: as far apart as they are in the log, or `speed` times as fast. The first
 * of all goes at once. Those that are late go at once, too.
 */
export class Pacer {
  readonly #speed: number;
  readonly #clock: Clock;
  /** Event time, and time of the clock, in milliseconds. */
  #origin: { readonly eventMs: number; readonly atMs: number } | undefined;

  constructor(speed: number, clock: Clock) {
    this.#speed = speed;
    this.#clock = clock;
  }

  /** The entries in their order, cut where one is due later than those before it. */
  slices(entries: readonly LogEntry[]): readonly Slice[] {
    const slices: Slice[] = [];
    let start = 0;
    let dueAtMs = -Infinity;
    for (const [index, entry] of entries.entries()) {
      const entryDueAtMs = this.#dueAtMs(entry);
      if (index > start && entryDueAtMs >= dueAtMs + TICK_MS / 2) {
        slices.push({ entries: entries.slice(start, index), dueAtMs });
        start = index;
      }
      dueAtMs = Math.max(dueAtMs, entryDueAtMs);
    }
    if (entries.length > start) slices.push({ entries: entries.slice(start), dueAtMs });
    return slices;
  }

  /** Resolves when it is due; rejects with the reason of `stop` if that comes before. */
  async until({ dueAtMs }: Slice, stop: AbortSignal): Promise<void> {
    for (let delayMs = this.#delayMs(dueAtMs); delayMs > 0; delayMs = this.#delayMs(dueAtMs))
      await pause(this.#clock, Math.min(delayMs, LONGEST_WAIT_MS), stop);
  }

  #delayMs(dueAtMs: number): number {
    return dueAtMs - this.#clock.now();
  }

  #dueAtMs({ timestamp }: LogEntry): number {
    const eventMs = Date.parse(`${timestamp.slice(0, 10)}T${timestamp.slice(11, 23)}Z`);
    this.#origin ??= { eventMs, atMs: this.#clock.now() };
    return this.#origin.atMs + (eventMs - this.#origin.eventMs) / this.#speed;
  }
}
