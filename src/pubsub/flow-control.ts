import type { Clock, Log } from '../pipeline/ports.ts';
import type { SourceStatus } from '../pipeline/status.ts';

const REMINDER_MS = 30_000;

/**
 * Whether reading is paused because as much is held as may be. That is how a worker keeps to its limits, many
 * times a second under load, so the operator hears of it only when it lasts: after 30 s without a break,
 * every 30 s from then on, and when it is over.
 */
export class FlowControl {
  readonly #source: Pick<SourceStatus, 'held' | 'oldestHeldMs'>;
  readonly #clock: Clock;
  readonly #log: Log;
  #startedMs: number | undefined;
  #told = false;
  #cancelReminder: () => void = () => undefined;

  /** `source` is asked what it holds when there is something to tell. */
  constructor(source: Pick<SourceStatus, 'held' | 'oldestHeldMs'>, clock: Clock, log: Log) {
    this.#source = source;
    this.#clock = clock;
    this.#log = log;
  }

  get lasting(): boolean {
    return this.#startedMs !== undefined;
  }

  begin(): void {
    this.#startedMs = this.#clock.now();
    this.#log.debug(this.#source.held, 'reading paused: the limit on held messages is reached');
    this.#scheduleReminder();
  }

  /** Reading goes on. */
  end(): void {
    if (this.#told) this.#log.info({ seconds: this.#seconds() }, 'reading goes on');
    this.cancel();
  }

  /** There will be no more reading: nothing more is told. */
  cancel(): void {
    this.#cancelReminder();
    this.#startedMs = undefined;
    this.#told = false;
  }

  #scheduleReminder(): void {
    this.#cancelReminder = this.#clock.schedule(REMINDER_MS, () => {
      this.#told = true;
      const { held, oldestHeldMs } = this.#source;
      const fields = {
        seconds: this.#seconds(),
        ...held,
        oldestHeldSeconds: Math.round(oldestHeldMs / 1000),
      };
      this.#log.warn(fields, 'reading is paused until some of what is held is stored: the limit is reached');
      this.#scheduleReminder();
    });
  }

  #seconds(): number {
    const nowMs = this.#clock.now();
    return Math.round((nowMs - (this.#startedMs ?? nowMs)) / 1000);
  }
}
