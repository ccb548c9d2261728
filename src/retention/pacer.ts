import { pause } from '../pipeline/clock.ts';
import type { Clock } from '../pipeline/ports.ts';
import type { ServerLag, ServerPace } from './ports.ts';

/**
 * How long a transaction should take: it locks what it deletes and its counts, for which a worker's batch waits
 * meanwhile, and a replica or another node applies it in one go.
 */
const GOAL_MS = 100;
/** Rows of the first piece, which nobody knows the speed of yet, and of the largest. */
const FIRST_ROWS = 1_000;
const MOST_ROWS = 20_000;
/**
 * Of the smallest: a transaction of fewer takes as long, where what is slow is its commit, and the same rows then
 * take many times as long. A tenth of a worker's batch.
 */
const LEAST_ROWS = 500;
/** No piece is so much larger than the one before, however fast that was: the next may meet other rows. */
const GROWTH = 2;

/** How often it is asked how far servers are behind. */
const LOOK_AT_LAG_MS = 1_000;
/** Behind so far, nothing more is deleted for now: a replica's readers see what is so much older, and no more. */
const MAX_REPLICA_MS = 5_000;
/** A Galera node has the others wait from 100 on by default, a member of a group from 25,000: well before either. */
const MAX_QUEUED = 50;
/** A share of the time for which nodes had others wait that a writer would notice. */
const MAX_FLOW_CONTROL = 0.05;
/** However far they are behind, a small piece is deleted so often: disks fill, and some replicas never catch up. */
const MAX_WAIT_MS = 30_000;

/** What a pacer works with. */
export interface PacerParts {
  readonly clock: Clock;
  /** Share of the time in which it works, above 0, at most 1. */
  readonly share: number;
  /** Absent: nobody knows. */
  readonly pace?: ServerPace | undefined;
  /** Aborted, no rest is waited for any more. */
  readonly signal: AbortSignal;
}

/** Makes pieces of work as large as fit into their time, and rests between them. */
export class Pacer {
  readonly #parts: PacerParts;
  #rows = FIRST_ROWS;
  #nextLookAtMs = -Infinity;
  #waitedMs = 0;

  constructor(parts: PacerParts) {
    this.#parts = parts;
  }

  /** Rows of the next piece. */
  get rows(): number {
    return this.#rows;
  }

  /** For how long servers that are behind were waited for. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /**
   * Told of a piece of work that was bound to `rows`: how many it came upon, and how long it took. Rests then, and
   * waits for servers that are behind.
   */
  async done({ came, tookMs }: { readonly came: number; readonly tookMs: number }): Promise<void> {
    this.#adapt(this.#rows, came, tookMs);
    await this.#rest(tookMs * (1 / this.#parts.share - 1));
    await this.#awaitServers();
  }

  /** A piece that came upon few rows says nothing of larger ones, unless it was slow. */
  #adapt(asked: number, came: number, tookMs: number): void {
    if (came < asked / 2 && tookMs <= GOAL_MS) return;
    const fit = asked * Math.min(GROWTH, GOAL_MS / Math.max(tookMs, 1));
    this.#rows = Math.round(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, fit)));
  }

  async #awaitServers(): Promise<void> {
    const { clock, pace, signal } = this.#parts;
    if (pace === undefined || clock.now() < this.#nextLookAtMs) return;
    const beganAtMs = clock.now();
    let lag = await pace.lag();
    while (isTooMuch(lag) && !signal.aborted && clock.now() - beganAtMs < MAX_WAIT_MS) {
      this.#rows = LEAST_ROWS;
      await this.#rest(LOOK_AT_LAG_MS);
      lag = await pace.lag();
    }
    this.#waitedMs += clock.now() - beganAtMs;
    this.#nextLookAtMs = isTooMuch(lag) ? -Infinity : clock.now() + LOOK_AT_LAG_MS;
  }

  async #rest(ms: number): Promise<void> {
    const { clock, signal } = this.#parts;
    if (ms >= 1) await pause(clock, ms, signal).catch(() => undefined);
  }
}

function isTooMuch(lag: ServerLag | undefined): boolean {
  if (lag === undefined) return false;
  return (
    lag.replicaMs > MAX_REPLICA_MS ||
    lag.queuedTransactions > MAX_QUEUED ||
    lag.flowControlShare > MAX_FLOW_CONTROL
  );
}
