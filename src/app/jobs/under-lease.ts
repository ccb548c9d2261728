import { pause } from '../../pipeline/clock.ts';
import type { Clock, Log } from '../../pipeline/ports.ts';
import { LEASE_MS, leaseLost, type WorkLease, type WorkLeases } from '../../store/work-leases.ts';

const RENEW_MS = LEASE_MS / 3;
/** After a renewal that failed. */
const RETRY_MS = 2_000;
/** Work is told to end so much before another may take its lease, so that it has ended by then. */
const MARGIN_MS = 5_000;

/** See `underLease`. */
export interface LeasedWork<T> {
  readonly leases: WorkLeases;
  /** Of the lease. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the work is to end. */
  readonly stop: AbortSignal;
  /** `signal` is aborted at a stop, and once the lease is lost. */
  readonly work: (lease: WorkLease, signal: AbortSignal) => Promise<T>;
}

/**
 * Does some work for as long as the lease can be kept, then gives the lease up. Resolves to undefined, with
 * nothing done, if another process has it. Rejects with what the work rejects with, or with LEASE_LOST once the
 * lease was taken by another or could not be renewed in time: the work has ended then.
 */
export async function underLease<T>(options: LeasedWork<T>): Promise<{ readonly result: T } | undefined> {
  const { leases, name, clock, log, stop, work } = options;
  const askedAtMs = clock.now();
  const lease = await leases.take(name);
  if (lease === undefined) return undefined;
  const renewal = new Renewal(lease, { leases, clock, log }, askedAtMs);
  try {
    const result = await work(lease, AbortSignal.any([stop, renewal.lost]));
    renewal.lost.throwIfAborted();
    return { result };
  } catch (error) {
    throw renewal.lost.aborted ? renewal.lost.reason : error;
  } finally {
    renewal.end();
    await leases.release(lease).catch((error: unknown) => {
      log.debug({ lease: name, reason: String(error) }, 'a lease of work runs out by itself');
    });
  }
}

/** Keeps a lease good, until it is ended or the lease is lost. */
class Renewal {
  readonly #lease: WorkLease;
  readonly #parts: Pick<LeasedWork<unknown>, 'leases' | 'clock' | 'log'>;
  readonly #lost = new AbortController();
  readonly #over = new AbortController();
  #cancelEnd = (): void => undefined;

  /** Its time counts from `askedAtMs`, when it was asked for: the database counts from later. */
  constructor(
    lease: WorkLease,
    parts: Pick<LeasedWork<unknown>, 'leases' | 'clock' | 'log'>,
    askedAtMs: number,
  ) {
    this.#lease = lease;
    this.#parts = parts;
    this.#isGoodFrom(askedAtMs);
    void this.#keep(askedAtMs + RENEW_MS);
  }

  /** Aborted with LEASE_LOST. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  end(): void {
    this.#cancelEnd();
    this.#over.abort();
  }

  async #keep(firstAtMs: number): Promise<void> {
    const { clock } = this.#parts;
    let nextAtMs = firstAtMs;
    while (await this.#waits(nextAtMs - clock.now())) {
      const askedAtMs = clock.now();
      nextAtMs = askedAtMs + ((await this.#renews(askedAtMs)) ? RENEW_MS : RETRY_MS);
    }
  }

  /** Resolves to false at once when it is over. */
  #waits(delayMs: number): Promise<boolean> {
    return pause(this.#parts.clock, Math.max(0, delayMs), this.#over.signal).then(
      () => true,
      () => false,
    );
  }

  async #renews(askedAtMs: number): Promise<boolean> {
    const { leases, log } = this.#parts;
    try {
      if (await leases.renew(this.#lease)) this.#isGoodFrom(askedAtMs);
      else this.#lose();
      return true;
    } catch (error) {
      log.debug({ lease: this.#lease.name, reason: String(error) }, 'a lease of work could not be renewed');
      return false;
    }
  }

  #isGoodFrom(askedAtMs: number): void {
    const { clock } = this.#parts;
    this.#cancelEnd();
    if (this.#over.signal.aborted) return;
    this.#cancelEnd = clock.schedule(Math.max(0, askedAtMs + LEASE_MS - MARGIN_MS - clock.now()), () => {
      this.#lose();
    });
  }

  #lose(): void {
    if (this.#over.signal.aborted) return;
    this.end();
    this.#lost.abort(leaseLost(this.#lease.name));
  }
}
