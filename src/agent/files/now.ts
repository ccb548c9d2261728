/** The same moment by two clocks. */
export interface Now {
  /** Monotonic, in milliseconds: for what takes time. */
  readonly ms: number;
  /** Unix milliseconds, as the machine has it: it may jump. */
  readonly unixMs: number;
}
