import { MAX_MESSAGES_PER_REQUEST, type Supply } from '../agent/publish-all.ts';
import type { Clock } from '../pipeline/ports.ts';
import type { Rate } from './rate.ts';

/** How long a supply goes on. What is `Infinity` does not end it. */
export interface Extent {
  /** Ends after that many messages. */
  readonly maxCount: number;
  /** Ends once everything is sent that fell due in that many milliseconds. */
  readonly durationMs: number;
}

/**
 * Shorter waits than this are not worth a timer and a request of their own: what falls due meanwhile goes
 * together.
 */
const TICK_MS = 10;

/** When messages are due, and for how long. */
export interface Pace {
  readonly rate: Rate;
  readonly extent: Extent;
  readonly clock: Clock;
}

/**
 * Supplies messages as they fall due, made by `make` only when there is room to send them, so that their
 * timestamps are true.
 */
export function paced<M>(make: (count: number) => M[], { rate, extent, clock }: Pace): Supply<M> {
  return async function* (stop) {
    const startMs = clock.now();
    let left = extent.maxCount;
    while (left > 0 && !stop.aborted) {
      const elapsedMs = Math.min(clock.now() - startMs, extent.durationMs);
      const count = rate.take(elapsedMs, Math.min(left, MAX_MESSAGES_PER_REQUEST));
      if (count > 0) {
        left -= count;
        yield make(count);
      } else if (elapsedMs >= extent.durationMs) {
        return;
      } else {
        const waitMs = Math.max(TICK_MS, rate.nextAtMs() - elapsedMs);
        await wait(Math.min(waitMs, extent.durationMs - elapsedMs), clock, stop);
      }
    }
  };
}

/** Waits that long, or until the signal is aborted. */
function wait(delayMs: number, clock: Clock, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      stop.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.schedule(delayMs, wake);
    stop.addEventListener('abort', wake);
  });
}
