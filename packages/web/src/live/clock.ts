/** Time, as what is live has it. */
export interface Clock {
  /** Milliseconds that only grow, from any beginning. */
  now(): number;
  /** Calls `task` once after `delayMs`. What it returns cancels that. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** That of the browser. */
export const browserClock: Clock = {
  now: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after `delayMs`, or as soon as the signal is aborted. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.schedule(delayMs, end);
    signal.addEventListener('abort', end);
  });
}
