/** Bounds of what is held and sent at once. */
export interface SenderLimits {
  /** Entries held at most, those under way included. */
  readonly maxEntries: number;
  /** Their bytes. */
  readonly maxBytes: number;
  /** How long an entry waits for others to go with, in milliseconds. */
  readonly batchWaitMs: number;
  readonly batchEntries: number;
  readonly batchBytes: number;
}

export const LIMITS: SenderLimits = {
  maxEntries: 100_000,
  maxBytes: 64 * 1024 * 1024,
  batchWaitMs: 50,
  batchEntries: 1_000,
  batchBytes: 1_000_000,
};
