import type { Clock, Log } from './ports.ts';

const REMINDER_MS = 30_000;

/** An outage that lasts. */
export interface OpenOutage {
  /** What fails, as in "the database takes no writes". */
  readonly what: string;
  readonly lastingMs: number;
  /** What the last try failed with. */
  readonly reason: string;
}

/**
 * Tells the operator of an outage in three kinds of lines, however many retries it takes: when it starts,
 * every 30 s while it lasts, and when it is over. A single failure that the next try mends (a deadlock, say)
 * is none.
 */
export class Outage {
  readonly #what: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #startedMs: number | undefined;
  #toldMs = 0;
  #reason = '';

  /** `what` fails, as in "the database takes no writes". */
  constructor(what: string, clock: Clock, log: Log) {
    this.#what = what;
    this.#clock = clock;
    this.#log = log;
  }

  /** The outage, while it lasts. */
  get current(): OpenOutage | undefined {
    if (this.#startedMs === undefined) return undefined;
    return { what: this.#what, lastingMs: this.#clock.now() - this.#startedMs, reason: this.#reason };
  }

  /** A try failed; `attempt` counts the failures of one piece of work from 0. */
  failed(attempt: number, error: unknown): void {
    this.#reason = error instanceof Error ? error.message : String(error);
    const fields = { attempt, reason: this.#reason };
    const nowMs = this.#clock.now();
    if (this.#startedMs === undefined) {
      if (attempt === 0) {
        this.#log.debug(fields, `${this.#what}: trying again`);
        return;
      }
      this.#startedMs = nowMs;
    } else if (nowMs - this.#toldMs < REMINDER_MS) {
      return;
    }
    this.#toldMs = nowMs;
    const seconds = Math.round((nowMs - this.#startedMs) / 1000);
    this.#log.warn({ ...fields, seconds }, `${this.#what}: retrying until it passes, nothing is lost`);
  }

  /** A try passed. */
  passed(): void {
    if (this.#startedMs === undefined) return;
    const seconds = Math.round((this.#clock.now() - this.#startedMs) / 1000);
    this.#startedMs = undefined;
    this.#log.info({ seconds }, `${this.#what}: over`);
  }
}
