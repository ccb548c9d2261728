import { LmsError } from '../errors/catalogue.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import { pause, unlessAborted } from './clock.ts';
import { Outage } from './outage.ts';
import type { Clock, DeadLetter, DeadLetters, Log } from './ports.ts';

const DEAD_LETTER_BACKOFF: Backoff = { baseMs: 100, capMs: 30_000 };
const LETTERS_A_ROUND = 500;

/** What becomes of the letters; each is reported exactly once. */
export interface DeadLetterReports {
  /** The dead-letter topic has them, confirmed. */
  published(letters: readonly DeadLetter[]): void;
  /** The worker stops and the topic has not taken them. */
  abandoned(letters: readonly DeadLetter[]): void;
}

/**
 * Publishes dead letters in the background, in rounds, until the topic has taken each or the signal is aborted. A letter that the
 * topic refuses does not hold up the others: it waits for a later round.
 */
export class DeadLetterQueue {
  readonly #deadLetters: DeadLetters;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #reports: DeadLetterReports;
  readonly #outage: Outage;
  #waiting: DeadLetter[] = [];
  #running = false;

  constructor(
    deadLetters: DeadLetters,
    clock: Clock,
    log: Log,
    signal: AbortSignal,
    reports: DeadLetterReports,
  ) {
    this.#deadLetters = deadLetters;
    this.#clock = clock;
    this.#signal = signal;
    this.#reports = reports;
    this.#outage = new Outage('the dead-letter topic takes no messages', clock, log);
  }

  /** Whether every letter was reported. */
  get idle(): boolean {
    return !this.#running;
  }

  add(letters: readonly DeadLetter[]): void {
    this.#waiting.push(...letters);
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#waiting.length > 0 && !this.#signal.aborted) {
      const round = this.#waiting.splice(0, LETTERS_A_ROUND);
      const failed: DeadLetter[] = [];
      const error = await this.#publish(round, failed);
      this.#waiting.push(...failed);
      if (error === undefined) {
        failures = 0;
        this.#outage.passed();
      } else {
        this.#outage.failed(failures + 1, error);
        await this.#wait(backoffMs(failures, DEAD_LETTER_BACKOFF));
        failures += 1;
      }
    }
    const abandoned = this.#waiting.splice(0);
    this.#running = false;
    if (abandoned.length > 0) this.#reports.abandoned(abandoned);
  }

  /** Publishes what the topic takes; puts the rest into `failed` and returns the last error. */
  async #publish(letters: readonly DeadLetter[], failed: DeadLetter[]): Promise<unknown> {
    try {
      await unlessAborted(() => this.#deadLetters.publish(letters), this.#signal);
      this.#reports.published(letters);
      return undefined;
    } catch (error) {
      if (letters.length === 1 || !isRefusal(error)) {
        failed.push(...letters);
        return error;
      }
      const middle = letters.length >> 1;
      const first = await this.#publish(letters.slice(0, middle), failed);
      return (await this.#publish(letters.slice(middle), failed)) ?? first;
    }
  }

  async #wait(delayMs: number): Promise<void> {
    try {
      await pause(this.#clock, delayMs, this.#signal);
    } catch {
      // The loop's condition sees that the signal is aborted.
    }
  }
}

/** Whether the topic is there but did not want some letter: then the others can pass without it. */
function isRefusal(error: unknown): boolean {
  return error instanceof LmsError && (error.code === 'PUBSUB_FAILED' || error.code === 'INPUT');
}
