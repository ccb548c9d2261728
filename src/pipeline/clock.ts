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
export async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  let cancel = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    cancel = clock.schedule(delayMs, resolve);
  });
  await unlessAborted(waiting, signal).finally(cancel);
}

/**
 * Begins some work and waits for it, but no longer than until the signal is aborted: then rejects with its reason. If it is
 * aborted already, nothing is begun.
 */
export function unlessAborted<T>(begin: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return abortable(signal, (resolve, reject) => {
    begin().then(resolve, reject);
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
    let cancel: (() => void) | void;
    const abort = () => {
      cancel?.();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    const settle = () => {
      signal.removeEventListener('abort', abort);
    };
    cancel = begin(
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
