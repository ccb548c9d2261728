import { type Backoff, backoffMs } from './backoff.ts';
import { pause, systemClock } from './clock.ts';
import type { Clock } from './ports.ts';

/** When a failed try is made again, and for how long. */
export interface RetryPolicy {
  /** How long to wait between tries. */
  readonly backoff: Backoff;
  /** Whether the same work may pass later. */
  readonly isTransient: (error: unknown) => boolean;
  /** No try begins after this time. Default: no limit. */
  readonly totalMs?: number;
  /** No more tries than this. Default: no limit. */
  readonly maxTries?: number;
  /** No further try begins once it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * Told of each failure; `attempt` counts from 0, and `last` says that no other try follows. Must not throw.
   */
  readonly onFailure?: (error: unknown, attempt: number, last: boolean) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

const NEVER = new AbortController().signal;

/**
 * Does the work again for as long as it fails transiently and the policy allows. Rejects with the error of
 * the last try. `work` is given the milliseconds that are left of `totalMs`, at least 1: a try that may hang
 * should take no longer.
 */
export async function retry<T>(work: (leftMs: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  const { totalMs = Infinity, maxTries = Infinity, signal = NEVER, clock = systemClock } = policy;
  const endsAtMs = clock.now() + totalMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(Math.max(1, Math.ceil(endsAtMs - clock.now())));
    } catch (error) {
      const delayMs = backoffMs(attempt, policy.backoff);
      const last =
        attempt + 1 >= maxTries ||
        signal.aborted ||
        clock.now() + delayMs >= endsAtMs ||
        !policy.isTransient(error);
      policy.onFailure?.(error, attempt, last);
      if (last) throw error;
      await pause(clock, delayMs, signal).catch(() => {
        throw error;
      });
    }
  }
}
