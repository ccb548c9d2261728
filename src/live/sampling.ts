import { Omitted } from './omitted.ts';
import type { EntryEvent } from './tail-event.ts';

const SECOND_MS = 1_000;

/**
 * Lets so many entries a second through, spread over each second as far as the one before foretells it; the rest
 * is counted.
 */
export class Sampler {
  readonly #maxRate: number;
  readonly #now: () => number;
  #startMs: number;
  #toldMs: number;
  #seen = 0;
  #passed = 0;
  /** One of so many passes. */
  #stride = 1;
  #omitted = new Omitted();

  /** `now`: milliseconds that only ever grow. */
  constructor(maxRate: number, now: () => number) {
    this.#maxRate = maxRate;
    this.#now = now;
    this.#startMs = now();
    this.#toldMs = this.#startMs;
  }

  /** Whether an entry is shown; otherwise it is counted. */
  passes(event: EntryEvent): boolean {
    this.#roll();
    const isTurn = this.#seen % this.#stride === 0;
    this.#seen += 1;
    if (isTurn && this.#passed < this.#maxRate) {
      this.#passed += 1;
      return true;
    }
    this.#omitted.add(event);
    return false;
  }

  /** Whether something was left out that was not told yet. */
  get isWaiting(): boolean {
    return this.#omitted.count > 0;
  }

  /** Whether `taken` has something to tell: at most once a second. */
  get isDue(): boolean {
    return this.#omitted.count > 0 && this.#now() - this.#toldMs >= SECOND_MS;
  }

  /** What was left out since the last time. */
  taken(): Omitted {
    const omitted = this.#omitted;
    this.#omitted = new Omitted();
    this.#toldMs = this.#now();
    return omitted;
  }

  #roll(): void {
    const nowMs = this.#now();
    const seconds = Math.floor((nowMs - this.#startMs) / SECOND_MS);
    if (seconds < 1) return;
    // What was a second ago foretells nothing after a pause.
    this.#stride = seconds === 1 ? Math.max(1, Math.ceil(this.#seen / this.#maxRate)) : 1;
    this.#startMs += seconds * SECOND_MS;
    this.#seen = 0;
    this.#passed = 0;
  }
}
