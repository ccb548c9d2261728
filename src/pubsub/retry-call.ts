import type { Backoff } from '../pipeline/backoff.ts';
import { retry } from '../pipeline/retry.ts';
import { isTransient } from './errors.ts';

const BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };
/**
 * A healthy service answers sooner. A call that has waited this long is given up and made again, rather than
 * waited for until the limit.
 */
const TRY_TIMEOUT_MS = 30_000;

/**
 * Options of one try, for a method of the generated clients. Their own retry, 10 minutes by default, is off.
 */
export interface TryOptions {
  readonly timeout: number;
  readonly retry: null;
}

/** How long to try. */
export interface RetryLimit {
  /** No try lasts or begins after this time. */
  readonly totalMs: number;
  /** No single try lasts longer. Default 30,000. */
  readonly tryTimeoutMs?: number | undefined;
  /** No further try begins once it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a call again for as long as it fails transiently and the limit allows. Rejects with the error of the
 * last try.
 */
export function retryCall<T>(
  call: (options: TryOptions) => Promise<T>,
  { tryTimeoutMs = TRY_TIMEOUT_MS, ...limit }: RetryLimit,
): Promise<T> {
  const once = (leftMs: number) => call({ timeout: Math.min(leftMs, tryTimeoutMs), retry: null });
  return retry(once, { backoff: BACKOFF, isTransient, ...limit });
}
