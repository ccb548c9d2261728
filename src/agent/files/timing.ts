/** After how long what happens to files, in milliseconds. */
export interface FileTiming {
  /** How often what may have changed is looked at, if nothing tells of it. */
  readonly lookMs: number;
  /** The same of what is idle and watched, and how often new files are looked for there. */
  readonly watchedLookMs: number;
  /** The same of what the system does not watch for us. */
  readonly unwatchedLookMs: number;
  /** How long an event that may go on is waited for, and the end of a line that nobody writes to any more. */
  readonly flushMs: number;
  /** How long the bytes of a file that is not there any more are looked for elsewhere. */
  readonly missingMs: number;
  /** How long a small file that is the same as the beginning of another may be a copy that is being made. */
  readonly copyMs: number;
  /** How long a file that was rotated away is held open once nobody writes to it. */
  readonly restMs: number;
  /** How long a deleted file is held open that is not read to its end. */
  readonly deletedMs: number;
}

export const FILE_TIMING: FileTiming = {
  lookMs: 1_000,
  watchedLookMs: 30_000,
  unwatchedLookMs: 5_000,
  flushMs: 5_000,
  missingMs: 10_000,
  copyMs: 10_000,
  restMs: 60_000,
  deletedMs: 3_600_000,
};
