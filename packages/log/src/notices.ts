import { writeSync } from 'node:fs';

const STDERR = 2;

/** Takes what has to be said, one line each. */
export type Say = (line: string) => void;

/**
 * Writes a line to standard error at once: as the process ends, and in a worker thread whose main thread waits
 * for it, nothing that takes its time arrives.
 */
export function sayOnStderr(line: string): void {
  try {
    writeSync(STDERR, `lms-log: ${line}\n`);
  } catch {
    // There is nobody to tell that standard error is full or closed.
  }
}

/** Says the same; what `say` fails to say goes to standard error. Never throws, nor does a promise of it reject. */
export function reliably(say: Say): Say {
  const tell: (line: string) => unknown = say;
  const attempt = async (line: string) => {
    try {
      await tell(line);
    } catch {
      sayOnStderr(line);
    }
  };
  return (line) => void attempt(line);
}

/** `1 entry`, `12 entries`. */
export function entries(count: number): string {
  return count === 1 ? '1 entry' : `${String(count)} entries`;
}

/** Lets through one in a while. */
export class Throttle {
  readonly #everyMs: number;
  #lastMs = -Infinity;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Whether it is time; if so, it is not again for a while. */
  isDue(nowMs = performance.now()): boolean {
    if (nowMs - this.#lastMs < this.#everyMs) return false;
    this.#lastMs = nowMs;
    return true;
  }
}
