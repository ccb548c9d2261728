import { LmsError } from '../../errors/catalogue.ts';
import { type Backoff, backoffMs } from '../../pipeline/backoff.ts';
import { pause } from '../../pipeline/clock.ts';
import type { Clock, Log } from '../../pipeline/ports.ts';
import { isLeaseLost, type WorkLease, type WorkLeases } from '../../store/work-leases.ts';
import type { RuleNumbers } from '../retention/retention-watch.ts';
import type { Job } from './job.ts';
import { underLease } from './under-lease.ts';

/** How often a lease that another process has is asked for. */
const ASK_MS = 5_000;
const AFTER_FAILURE: Backoff = { baseMs: 1_000, capMs: 60_000 };

/** What a loop works with. */
export interface LoopParts {
  readonly leases: WorkLeases;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Runs a job again and again, whenever this process gets its lease, until it is stopped. After a failure the
 * lease is free, so that another process may go on; here the next try waits up to a minute.
 */
export class JobLoop {
  readonly #job: Job;
  readonly #parts: LoopParts;
  readonly #numbers = { runs: 0, failures: 0, leasesLost: 0 };
  #isHeld = false;
  /** Failures in a row. */
  #attempt = 0;
  /** The kind of failure that the operator was told of last. */
  #told: string | undefined;

  constructor(job: Job, parts: LoopParts) {
    this.#job = job;
    this.#parts = parts;
  }

  get name(): string {
    return this.#job.name;
  }

  /** Whether this process has the lease, and works or rests under it. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Since the start: runs that began, failures, and leases that were lost while it worked. */
  get numbers(): Readonly<Record<'runs' | 'failures' | 'leasesLost', number>> {
    return this.#numbers;
  }

  /** See `Job.lagMs`: what it was when the lease was ours says nothing any more. */
  get lagMs(): number | undefined {
    return this.#isHeld ? this.#job.lagMs?.() : undefined;
  }

  /** See `Job.notes`. */
  get notes(): readonly string[] {
    return (this.#isHeld ? this.#job.notes?.() : undefined) ?? [];
  }

  /** See `Job.retention`. */
  get retention(): readonly RuleNumbers[] {
    return (this.#isHeld ? this.#job.retention?.() : undefined) ?? [];
  }

  /** Until the signal is aborted and the run that is under way has ended. Never rejects. */
  async loop(stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!stop.aborted) {
      const delayMs = await this.#turn(stop);
      await pause(clock, delayMs, stop).catch(() => undefined);
    }
  }

  /** Resolves to how long the next turn has to wait. */
  async #turn(stop: AbortSignal): Promise<number> {
    const { name } = this.#job;
    const beganAtMs = this.#parts.clock.now();
    try {
      const work = (lease: WorkLease, signal: AbortSignal) => this.#work(lease, signal);
      await underLease({ ...this.#parts, name, stop, work });
      return someOf(ASK_MS);
    } catch (error) {
      if (this.#parts.clock.now() - beganAtMs > AFTER_FAILURE.capMs) this.#attempt = 0;
      return this.#failed(error, stop);
    }
  }

  /** Rests under the lease too: else the job would run as often as there are servers. */
  async #work(lease: WorkLease, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    log.debug({ job: this.#job.name, owner: lease.owner }, 'a job begins');
    this.#isHeld = true;
    try {
      while (!signal.aborted) {
        this.#numbers.runs += 1;
        await this.#job.run(lease, signal);
        this.#passed();
        await pause(clock, this.#job.restMs, signal).catch(() => undefined);
      }
    } finally {
      this.#isHeld = false;
    }
  }

  #failed(error: unknown, stop: AbortSignal): number {
    const fields = { job: this.#job.name, reason: error instanceof Error ? error.message : String(error) };
    if (stop.aborted) {
      this.#parts.log.debug(fields, 'a job ended at the stop');
      return 0;
    }
    if (isLeaseLost(error)) {
      this.#numbers.leasesLost += 1;
      this.#parts.log.warn(fields, 'a job stopped here; whichever server has its lease goes on');
      return someOf(ASK_MS);
    }
    this.#numbers.failures += 1;
    this.#tell(error, fields);
    this.#attempt += 1;
    return backoffMs(this.#attempt - 1, AFTER_FAILURE);
  }

  /** Once for each kind of failure, until it has passed: it is tried again for as long as the server runs. */
  #tell(error: unknown, fields: { readonly job: string; readonly reason: string }): void {
    const { log } = this.#parts;
    // A reason may say what time it is, or how often it was tried.
    const kind = fields.reason.replaceAll(/\d[\d.:-]*/g, '0');
    const isTold = this.#told === kind;
    this.#told = kind;
    if (isTold) log.debug(fields, 'a job failed again');
    else if (!(error instanceof LmsError)) log.error({ ...fields, err: error }, 'a job failed');
    else if (error.code === 'DATABASE_DENIED') log.warn({ ...fields, code: error.code }, DENIED);
    else log.warn({ ...fields, code: error.code, todo: error.todo }, FAILED);
  }

  #passed(): void {
    this.#attempt = 0;
    if (this.#told === undefined) return;
    this.#told = undefined;
    this.#parts.log.info({ job: this.#job.name }, 'a job works again');
  }
}

const FAILED = 'a job failed; it is tried again, and everything else goes on';
const DENIED =
  'a job is not done here, because the database denies it: its user lacks a right that docs/operations.md (Rights) ' +
  'has for `lms serve` with jobs. Everything else goes on. With JOBS=none nothing is tried';

/** Processes that ask for the same do so at different times. */
function someOf(delayMs: number): number {
  return delayMs * (0.5 + 0.5 * Math.random());
}
