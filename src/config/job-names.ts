/**
 * The jobs that `lms serve` can run, in the order in which they are shown. Each has a line in
 * src/app/jobs/all.ts, too: the compiler holds the two together.
 */
export const JOB_NAMES = ['rollups', 'words', 'retention'] as const satisfies readonly string[];

/** Name of a job, and of the lease that it runs under. */
export type JobName = (typeof JOB_NAMES)[number];
