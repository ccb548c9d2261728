import type { JobName } from '../../config/job-names.ts';
import type { MakeJob } from './job.ts';
import { makeRollupsJob } from './rollups.ts';

/** Every job of `JOB_NAMES`, in that order. */
export const ALL_JOBS: ReadonlyMap<JobName, MakeJob> = new Map<JobName, MakeJob>([
  ['rollups', makeRollupsJob],
]);
