import { type ErrorCode, LmsError } from '../../errors/catalogue.ts';
import { backoffMs } from '../../pipeline/backoff.ts';

/** How a worker's process ended. */
export type WorkerEnd =
  /** It drained, as it was told to by someone. */
  | { readonly kind: 'drained' }
  /** With an error of the catalogue. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  /**
   * It was killed, or crashed. `how` is for a person, such as `SIGKILL`. `accounted`: it had not begun to
   * receive, or its final ledger is there.
   */
  | { readonly kind: 'died'; readonly how: string; readonly accounted: boolean };

/** What to do about a worker that ended although nobody told the supervisor to stop. */
export type Decision =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'give-up'; readonly error: LmsError };

/**
 * These pass by themselves. The other workers wait for the end of an outage, so the one that ended comes back
 * to them.
 */
const OUTAGES: readonly ErrorCode[] = ['DATABASE_UNREACHABLE', 'PUBSUB_UNREACHABLE'];

/**
 * A worker is never started again at once: a signal that is sent to all processes may end the worker a moment
 * before the supervisor gets it.
 */
const BACKOFF = { baseMs: 1_000, capMs: 10_000 };

/** A worker that dies this often within the window has a cause that another start does not remove. */
const MAX_DEATHS = 5;
const WINDOW_MS = 60_000;

/** Decides about one worker: when it is started again, and when that is of no use. */
export class RestartPolicy {
  readonly #worker: number;
  readonly #random: () => number;
  /** When it ended, within the last minute. */
  #endsMs: readonly number[] = [];
  #deathsMs: readonly number[] = [];

  constructor(worker: number, random: () => number = Math.random) {
    this.#worker = worker;
    this.#random = random;
  }

  /**
   * The worker ended at `nowMs`. `hasWorked`: some worker has begun to receive since the supervisor started;
   * before that, an outage is for the person who starts it to know.
   */
  decide(end: WorkerEnd, nowMs: number, hasWorked: boolean): Decision {
    const isRecent = (timeMs: number) => timeMs > nowMs - WINDOW_MS;
    this.#endsMs = [...this.#endsMs.filter(isRecent), nowMs];
    const hasDied = end.kind === 'died' || (end.kind === 'failed' && end.code === 'UNACCOUNTED');
    if (hasDied) this.#deathsMs = [...this.#deathsMs.filter(isRecent), nowMs];

    const error = hasDied ? this.#tooOften(end) : lasting(end, hasWorked);
    if (error) return { kind: 'give-up', error };
    const delayMs = Math.round(backoffMs(this.#endsMs.length - 1, BACKOFF, this.#random));
    return { kind: 'restart', delayMs };
  }

  #tooOften(end: WorkerEnd): LmsError | undefined {
    if (this.#deathsMs.length < MAX_DEATHS) return undefined;
    const deaths = `${String(MAX_DEATHS)} times within a minute`;
    return new LmsError(
      'WORKER_DIED',
      `worker ${String(this.#worker)} died ${deaths}, at last: ${reason(end)}`,
    );
  }
}

/** The error that ended the worker, if it would end the next one too. */
function lasting(end: WorkerEnd, hasWorked: boolean): LmsError | undefined {
  if (end.kind !== 'failed') return undefined;
  return hasWorked && OUTAGES.includes(end.code) ? undefined : new LmsError(end.code, end.message);
}

/**
 * What is wrong with the end of a worker that was told to stop; undefined if all is well. `hasWorked` as in
 * `decide`.
 */
export function failureAtStop(worker: number, end: WorkerEnd, hasWorked: boolean): LmsError | undefined {
  if (end.kind !== 'died') return lasting(end, hasWorked);
  if (end.accounted) return undefined;
  return new LmsError('UNACCOUNTED', `worker ${String(worker)} ended before it had drained: ${end.how}`);
}

/** How it ended, for a person. */
export function reason(end: WorkerEnd): string {
  if (end.kind === 'drained') return 'told to stop';
  return end.kind === 'failed' ? end.message : end.how;
}
