/** What one run of a case gave. */
export interface Sample {
  /** Messages a second, or for a case about a delay the milliseconds. */
  readonly value: number;
  /** CPU microseconds, user and system, that our process spent on a message. */
  readonly cpuMicros?: number;
  /** What the database server spent on it, if it is ours to look at. */
  readonly serverMicros?: number;
  /** Share of the CPU time of the whole machine in which something ran: near 1, the CPUs are the limit. */
  readonly busyShare?: number;
  readonly peakRssBytes?: number | undefined;
  /** From publish to commit. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Transactions that were rolled back, by the server because of a deadlock or by the worker. */
  readonly rollbacks?: number;
}

/** Something that is measured once in every round. */
export interface Case {
  /** What `BENCH_ONLY` selects it by. */
  readonly group: string;
  readonly name: string;
  readonly unit: 'messages/s' | 'ms';
  /** Names of the cases that it is measured against: the lowest value of theirs in the same round is 1. */
  readonly against: readonly string[];
  /** What the medians are meant to be. */
  readonly targets?: readonly Target[];
  run(): Promise<Sample>;
}

/** A bound on the median of one column. */
export interface Target {
  readonly column: 'ratio' | 'value' | 'cpuMicros' | 'peakRssMb' | 'p50Ms' | 'p99Ms';
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Or the CPUs were busy for this share of the time: then they are the limit. */
  readonly unlessBusy?: number;
}

/** Median with the smallest and the largest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
  return { median, least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}
