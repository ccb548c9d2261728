import type { LogEntry } from '../../logs/entry.ts';
import { backoffMs } from '../../pipeline/backoff.ts';
import { pause, unlessAborted } from '../../pipeline/clock.ts';
import type { Outage } from '../../pipeline/outage.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { EntrySink, Settled } from '../ports.ts';

/** Takes entries. */
export interface Taker {
  /**
   * Makes what is sent of entries, once, however often that is tried. Whoever has it need not hold the entries: they
   * take more memory, and so many objects that live for long are most of what a garbage collector does.
   */
  pack(entries: readonly LogEntry[]): Parcel;
  close(): Promise<void>;
}

/** Entries that are ready to be sent. */
export interface Parcel {
  /** As `EntrySink.send`, but rejects at the first failure. May be called again then. */
  send(stop: AbortSignal): Promise<Settled>;
}

/** What a failure means. */
export interface Verdict {
  /** Whether it passes by itself. Otherwise somebody has to mend something: a right, a name. */
  readonly isPassing: boolean;
  /** Whoever takes entries asks to wait so long, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** How patient a sink is. */
export interface Patience {
  readonly verdictOf: (error: unknown) => Verdict;
  /** Whether what does not pass by itself is waited for, too, once something was taken. */
  readonly isPatient: boolean;
  readonly clock: Clock;
  /** Told of failures that last. */
  readonly outage: Outage;
}

const BACKOFF = { baseMs: 250, capMs: 10_000 };
/** What somebody has to mend is tried less often. */
const SLOW_BACKOFF = { baseMs: 5_000, capMs: 60_000 };
/** A server may ask for no longer: it may be well again. */
const LONGEST_WAIT_MS = 300_000;

/** Tries again for as long as it lasts: who is away costs a file nothing but time. */
export class PatientSink implements EntrySink {
  readonly #taker: Taker;
  readonly #patience: Patience;
  #hasTaken = false;

  constructor(taker: Taker, patience: Patience) {
    this.#taker = taker;
    this.#patience = patience;
  }

  send(entries: readonly LogEntry[], stop: AbortSignal): Promise<Settled> {
    if (entries.length === 0) return Promise.resolve({ refused: 0, reasons: [] });
    return this.#send(this.#taker.pack(entries), stop);
  }

  close(): Promise<void> {
    return this.#taker.close();
  }

  async #send(parcel: Parcel, stop: AbortSignal): Promise<Settled> {
    const { outage, clock } = this.#patience;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const settled = await unlessAborted(() => parcel.send(stop), stop);
        this.#hasTaken = true;
        outage.passed();
        return settled;
      } catch (error) {
        stop.throwIfAborted();
        const waitMs = this.#waitMs(error, attempt);
        if (waitMs === undefined) throw error;
        outage.failed(attempt, error);
        await pause(clock, waitMs, stop);
      }
    }
  }

  /** Undefined: it is not tried again. */
  #waitMs(error: unknown, attempt: number): number | undefined {
    const { verdictOf, isPatient } = this.#patience;
    const { isPassing, retryAfterMs = 0 } = verdictOf(error);
    if (!isPassing && !(isPatient && this.#hasTaken)) return undefined;
    const ownMs = backoffMs(attempt, isPassing ? BACKOFF : SLOW_BACKOFF);
    return Math.max(ownMs, Math.min(retryAfterMs, LONGEST_WAIT_MS));
  }
}
