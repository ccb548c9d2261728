/** Bounds of a retry's waiting times, in milliseconds. */
export interface Backoff {
  /** Upper bound of the first wait. */
  readonly baseMs: number;
  /** Upper bound of every wait. */
  readonly capMs: number;
}

/**
 * How long to wait before retry number `attempt` (0 is the first): a random time below a bound that doubles,
 * so that workers who failed together do not come back together ("full jitter", from AWS's study of backoff,
 * 2015). Never less than a tenth of the bound: a retry at once would meet the same failure.
 */
export function backoffMs(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  const bound = Math.min(backoff.capMs, backoff.baseMs * 2 ** attempt);
  return bound * (0.1 + 0.9 * random());
}
