import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs, type Backoff } from '../pipeline/backoff.ts';

const BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };
const TOTAL_MS = 60_000;

/** Does the work again for as long as it fails transiently, for a minute at most. Rejects with the error of the last try. */
export async function persist<T>(
  work: () => Promise<T>,
  isTransient: (error: unknown) => boolean,
): Promise<T> {
  const endsAtMs = performance.now() + TOTAL_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const delayMs = backoffMs(attempt, BACKOFF);
      if (!isTransient(error) || performance.now() + delayMs >= endsAtMs) throw error;
      await pause(delayMs);
    }
  }
}
