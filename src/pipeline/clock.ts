import type { Clock } from './ports.ts';

/** The machine's monotonic clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Waits `delayMs`; rejects with the signal's reason as soon as it is aborted. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return abortable(signal, (resolve) => clock.schedule(delayMs, resolve));
}

/** Waits for `work`, but no longer than until the signal is aborted: then rejects with its reason. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return abortable(signal, (resolve, reject) => {
    work.then(resolve, reject);
  });
}

function abortable<T>(
  signal: AbortSignal,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => (() => void) | void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const abort = () => {
      cancel?.();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    const settle = () => {
      signal.removeEventListener('abort', abort);
    };
    const cancel = begin(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error as Error);
      },
    );
  });
}
