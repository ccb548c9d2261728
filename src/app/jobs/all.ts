import type { JobName } from '../../config/job-names.ts';
import type { MakeJob } from './job.ts';
import { makeRetentionJob } from './retention.ts';
import { makeRollupsJob } from './rollups.ts';
import { makeWordsJob } from './words.ts';

/** Every job of `JOB_NAMES`. */
export const ALL_JOBS: Readonly<Record<JobName, MakeJob>> = {
  rollups: makeRollupsJob,
  words: makeWordsJob,
  retention: (parts) => makeRetentionJob(parts),
};
