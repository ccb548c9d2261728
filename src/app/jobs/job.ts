import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { WorkLease } from '../../store/work-leases.ts';
import type { RuleNumbers } from '../retention/retention-watch.ts';

/** Work that one process at a time does, whichever of them has the lease of that name. */
export interface Job {
  /** Of the lease. */
  readonly name: string;
  /** How long it rests after a run that came to an end, before the next: the lease is kept meanwhile. */
  readonly restMs: number;
  /**
   * Works until there is nothing to do for now, or until the signal is aborted: then it ends within a second
   * or two, either way. Each transaction that it commits is protected by `protectWork` with this lease. After a
   * rejection, or a process that was killed, the next run goes on from what is committed. Rejects with
   * `LmsError` for what an operator can do something about.
   */
  run(lease: WorkLease, signal: AbortSignal): Promise<void>;
  /** How far its work is behind; undefined while it is not known here, as where another process runs it. */
  lagMs?(): number | undefined;
  /** What an operator should know of its work, in words; none mostly. */
  notes?(): readonly string[];
  /** How the rules of retention stand, of the job that does them. */
  retention?(): readonly RuleNumbers[];
  /** Closes what it opened, once it does not run. */
  close(): Promise<void>;
}

/** What jobs are made of. */
export interface JobParts {
  readonly settings: Settings;
  readonly log: Log;
}

/** Makes a job; opens nothing before the job runs. */
export type MakeJob = (parts: JobParts) => Job;
