import { LmsError } from '../errors/catalogue.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { pause, unlessAborted } from './clock.ts';
import { DeadLetterWarnings } from './dead-letter-warnings.ts';
import { type OpenOutage, Outage } from './outage.ts';
import type { Clock, DeadLetter, DeadLetters, Log } from './ports.ts';
import type { WaitingLetters } from './status.ts';

const DEAD_LETTER_BACKOFF: Backoff = { baseMs: 100, capMs: 30_000 };
const LETTERS_A_ROUND = 500;
/** A letter that the topic refuses passes once somebody has changed the topic: it is tried now and then. */
const REFUSED_RETRY_MS = 30_000;

/** What a dead-letter queue works with. */
export interface DeadLetterQueueParts {
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when no letter is to be tried any more. */
  readonly signal: AbortSignal;
}

/** What becomes of the letters; each is reported exactly once. */
export interface DeadLetterReports {
  /** The dead-letter topic has them, confirmed. */
  published(letters: readonly DeadLetter[]): void;
  /** The worker stops and the topic has not taken them. */
  abandoned(letters: readonly DeadLetter[]): void;
  /** Every letter was reported. */
  idle(): void;
}

/** What is left of the letters that were published together. */
interface Leftovers {
  /** The topic was not there for these. */
  readonly unsent: DeadLetter[];
  outage?: unknown;
  /** The topic was there and did not want these. */
  readonly refused: DeadLetter[];
  refusal?: unknown;
}

/**
 * Publishes dead letters in the background, in rounds, until the topic has taken each or the signal is
 * aborted. A letter that the topic refuses does not hold up the others: it waits, with all that were refused,
 * for a later round.
 */
export class DeadLetterQueue {
  readonly #deadLetters: DeadLetters;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #reports: DeadLetterReports;
  readonly #outage: Outage;
  readonly #refusals: Outage;
  readonly #warnings: DeadLetterWarnings;
  /** Every letter that was not reported yet, in the order in which they came. */
  readonly #open = new Set<DeadLetter>();
  #waiting: DeadLetter[] = [];
  #refused: DeadLetter[] = [];
  #running = false;

  constructor({ deadLetters, clock, log, signal }: DeadLetterQueueParts, reports: DeadLetterReports) {
    this.#deadLetters = deadLetters;
    this.#clock = clock;
    this.#signal = signal;
    this.#reports = reports;
    this.#outage = new Outage('the dead-letter topic takes no messages', clock, log);
    this.#refusals = new Outage('the dead-letter topic refuses some messages', clock, log);
    this.#warnings = new DeadLetterWarnings(clock, log);
  }

  /** Whether every letter was reported. */
  get idle(): boolean {
    return !this.#running && this.#refused.length === 0;
  }

  /** What keeps letters from being taken, each with how many letters wait. */
  get outages(): readonly OpenOutage[] {
    const { letters } = this.waiting;
    return [this.#outage.current, this.#refusals.current]
      .filter((outage) => outage !== undefined)
      .map((outage) => ({ ...outage, what: `${outage.what}: ${lettersWait(letters)}` }));
  }

  get waiting(): WaitingLetters {
    const [oldest] = this.#open;
    const oldestMs = oldest === undefined ? 0 : this.#clock.now() - oldest.delivery.receivedAtMs;
    return { letters: this.#open.size, oldestMs };
  }

  add(letters: readonly DeadLetter[]): void {
    for (const letter of letters) this.#open.add(letter);
    addAll(this.#waiting, letters);
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  /** Says what was not said yet of the letters that the topic has. */
  close(): void {
    this.#warnings.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#waiting.length > 0 && !this.#signal.aborted) {
      const left: Leftovers = { unsent: [], refused: [] };
      await this.#publish(this.#waiting.splice(0, LETTERS_A_ROUND), left);
      if (left.refused.length > 0) this.#postpone(left.refused, left.refusal);
      addAll(this.#waiting, left.unsent);
      if (left.unsent.length === 0) {
        failures = 0;
        this.#outage.passed();
      } else {
        await this.#sitOut(failures, left.outage);
        failures += 1;
      }
    }
    const abandoned = this.#waiting.splice(0);
    this.#running = false;
    if (abandoned.length > 0) {
      for (const letter of abandoned) this.#open.delete(letter);
      this.#reports.abandoned(abandoned);
    } else if (this.#refused.length === 0) {
      this.#refusals.passed();
    }
    if (this.idle) this.#reports.idle();
  }

  /** Publishes what the topic takes, halving what it refuses until the refused letters stand alone. */
  async #publish(letters: readonly DeadLetter[], left: Leftovers): Promise<void> {
    try {
      await unlessAborted(() => this.#deadLetters.publish(letters), this.#signal);
      for (const letter of letters) this.#open.delete(letter);
      this.#warnings.published(letters);
      this.#reports.published(letters);
    } catch (error) {
      if (this.#signal.aborted || !isRefusal(error)) {
        addAll(left.unsent, letters);
        left.outage = error;
      } else if (letters.length === 1) {
        addAll(left.refused, letters);
        left.refusal = error;
      } else {
        const middle = letters.length >> 1;
        await this.#publish(letters.slice(0, middle), left);
        await this.#publish(letters.slice(middle), left);
      }
    }
  }

  async #sitOut(failures: number, outage: unknown): Promise<void> {
    if (this.#signal.aborted) return;
    this.#outage.failed(failures + 1, outage);
    await this.#wait(backoffMs(failures, DEAD_LETTER_BACKOFF));
  }

  /**
   * What is refused while others wait already goes with them, so that there is one timer however many they
   * are.
   */
  #postpone(letters: readonly DeadLetter[], refusal: unknown): void {
    // An outage from its first failure on: the next try seldom passes.
    this.#refusals.failed(1, refusal);
    addAll(this.#refused, letters);
    if (this.#refused.length === letters.length) void this.#retryRefused();
  }

  async #retryRefused(): Promise<void> {
    await this.#wait(REFUSED_RETRY_MS);
    this.add(this.#refused.splice(0));
  }

  /** Ends early when the signal is aborted: what is to be done then depends on who waits. */
  async #wait(delayMs: number): Promise<void> {
    await pause(this.#clock, delayMs, this.#signal).catch(() => undefined);
  }
}

/** Whether the topic is there but did not want some letter: then the others can pass without it. */
function isRefusal(error: unknown): boolean {
  return error instanceof LmsError && (error.code === 'PUBSUB_FAILED' || error.code === 'INPUT');
}

function lettersWait(letters: number): string {
  return letters === 1 ? '1 letter waits' : `${letters} letters wait`;
}

/** Not as arguments of `push`: there may be more than a call can have. */
function addAll(list: DeadLetter[], letters: readonly DeadLetter[]): void {
  for (const letter of letters) list.push(letter);
}
