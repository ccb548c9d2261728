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
  const wait = () =>
    new Promise<void>((resolve) => {
      cancel = clock.schedule(delayMs, resolve);
    });
  await unlessAborted(wait, signal).finally(cancel);
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/**
 * Begins some work and waits for it, but no longer than until the signal is aborted: then rejects with its
 * reason. Begins nothing if it is aborted already.
 */
export function unlessAborted<T>(begin: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    void begin()
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', abort);
      });
  });
}

/** Waits for `work`, but not longer than `limitMs`. */
export async function within(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  const limit = new AbortController();
  const cancel = clock.schedule(limitMs, () => {
    limit.abort();
  });
  await unlessAborted(() => work, limit.signal).catch((error: unknown) => {
    if (!limit.signal.aborted) throw error;
  });
  cancel();
}
