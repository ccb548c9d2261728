import { vi } from 'vitest';

/** Longer than anything takes on a machine with much to do. */
const TIMEOUT_MS = 20_000;

/** Repeats a check until it does not throw, and returns what it returns. Rejects with its last error after 20 s. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: TIMEOUT_MS, interval: 20 });
}
