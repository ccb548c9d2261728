import { isFinal, LmsProblem } from '../../../client/src/problem.ts';
import type { StreamState } from './messages.ts';

/** A stream that could not be opened, and after how long it is worth another try. */
export interface Refusal {
  readonly state: StreamState;
  readonly inMs: number;
}

const FIRST_MS = 500;
const LAST_MS = 15_000;
/** A server that has no tails may be started again with some, and one that has too many may have fewer. */
const SELDOM_MS = 60_000;
const CROWDED_MS = 15_000;
const CROWDED: readonly string[] = ['TOO_MANY_REQUESTS', 'OVERLOADED'];

/** What an error says to a person. */
export function reasonOf(error: unknown): string {
  if (error instanceof LmsProblem) return error.detail;
  return error instanceof Error ? error.message : '';
}

/** What becomes of a stream that could not be opened, at which try in a row (0 is the first). */
export function refusalOf(
  error: unknown,
  { attempt, wallMs, random = Math.random }: { attempt: number; wallMs: number; random?: () => number },
): Refusal {
  const { code = '', details = {} } = error instanceof LmsProblem ? error : {};
  const reason = reasonOf(error);
  const { retryAfterMs = 0 } = details;
  if (code === 'NO_RESOURCE')
    return { state: { kind: 'unavailable', reason, isPolled: true }, inMs: SELDOM_MS };
  if (CROWDED.includes(code)) {
    const inMs = Math.max(retryAfterMs, CROWDED_MS);
    return { state: { kind: 'unavailable', reason, isPolled: true }, inMs };
  }
  if (isFinal(error)) return { state: { kind: 'unavailable', reason, isPolled: false }, inMs: SELDOM_MS };
  const bound = Math.min(LAST_MS, FIRST_MS * 2 ** attempt);
  const inMs = Math.max(Math.min(retryAfterMs, SELDOM_MS), bound * (0.5 + random() / 2));
  return { state: { kind: 'reconnecting', againAtMs: wallMs + inMs, reason }, inMs };
}
