import { within } from '../../pipeline/clock.ts';
import type { Job } from './job.ts';
import { JobLoop, type LoopParts } from './job-loop.ts';

/** Runs jobs in this process, each whenever its lease is to be had. */
export class JobRunner {
  readonly #jobs: readonly Job[];
  readonly #parts: LoopParts;
  readonly #loops: readonly JobLoop[];
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  /** Jobs and leases are its own to close. */
  constructor(jobs: readonly Job[], parts: LoopParts) {
    this.#jobs = jobs;
    this.#parts = parts;
    this.#loops = jobs.map((job) => new JobLoop(job, parts));
  }

  /** Each job, as it stands. */
  get loops(): readonly JobLoop[] {
    return this.#loops;
  }

  /** Begins. Nothing here throws or rejects, whatever becomes of a job. */
  start(): void {
    this.#running = Promise.all(this.#loops.map((each) => each.loop(this.#stop.signal)));
  }

  /**
   * Tells all to end, waits for that no longer than `graceMs`, and closes. The lease of one that does not end
   * runs out by itself.
   */
  async stop(graceMs: number): Promise<void> {
    const { clock, leases, log } = this.#parts;
    this.#stop.abort();
    await within(
      clock,
      graceMs,
      this.#running.then(() => undefined),
    );
    const left = this.#loops.filter(({ isHeld }) => isHeld).map(({ name }) => name);
    if (left.length > 0) log.warn({ jobs: left }, 'jobs did not end in time');
    await Promise.all(this.#jobs.map((job) => job.close().catch(() => undefined)));
    await leases.close();
  }
}
