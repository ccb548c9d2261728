import type { JobName } from '../../config/job-names.ts';
import type { MakeJob } from './job.ts';
import { makeRollupsJob } from './rollups.ts';
import { WordsJob } from './words.ts';

/** Every job, by the name that the setting JOBS has for it. */
export const ALL_JOBS: Readonly<Record<JobName, MakeJob>> = {
  rollups: makeRollupsJob,
  words: (parts) => new WordsJob(parts),
};
