import type { Clock } from '../../src/pipeline/ports.ts';

interface Timer {
  readonly atMs: number;
  readonly task: () => void;
}

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Moves on to the next timer and runs it; false if there is none. */
  runNext(): boolean {
    const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    this.#timers.delete(next);
    next.task();
    return true;
  }

  /** Moves on by that much at once, as when the machine was busy: what fell due runs afterwards, in order. */
  jump(byMs: number): void {
    this.#nowMs += byMs;
  }
}
