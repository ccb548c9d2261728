import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs, type Backoff } from '../pipeline/backoff.ts';
import { isTransient } from './errors.ts';

const BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };
/** Longer than any answer of a healthy service takes: after it, another try has better chances than more patience. */
const TRY_TIMEOUT_MS = 30_000;
const NEVER = new AbortController().signal;

/** Options of one try, for a method of the generated clients. Their own retry, 10 minutes by default, is off. */
export interface TryOptions {
  readonly timeout: number;
  readonly retry: null;
}

/** How long to insist. */
export interface Patience {
  /** No try lasts or begins after this time. */
  readonly totalMs: number;
  /** No further try begins once it is aborted. */
  readonly signal?: AbortSignal;
}

/** Makes a call again for as long as it fails transiently and patience lasts. Rejects with the error of the last try. */
export async function insist<T>(call: (options: TryOptions) => Promise<T>, patience: Patience): Promise<T> {
  const endsAtMs = performance.now() + patience.totalMs;
  const signal = patience.signal ?? NEVER;
  for (let attempt = 0; ; attempt += 1) {
    const leftMs = Math.max(1, Math.ceil(endsAtMs - performance.now()));
    try {
      return await call({ timeout: Math.min(leftMs, TRY_TIMEOUT_MS), retry: null });
    } catch (error) {
      const delayMs = backoffMs(attempt, BACKOFF);
      if (!isTransient(error) || signal.aborted || performance.now() + delayMs >= endsAtMs) throw error;
      await pause(delayMs, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
