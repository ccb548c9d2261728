/** A measured value at a time. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/**
 * Slope of the line through the samples by least squares, in units of the value per minute; 0 for fewer than
 * two times.
 */
export function slopePerMinute(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const meanAtMs = mean(({ atMs }) => atMs);
  const meanValue = mean(({ value }) => value);
  const covariance = mean(({ atMs, value }) => (atMs - meanAtMs) * (value - meanValue));
  const variance = mean(({ atMs }) => (atMs - meanAtMs) ** 2);
  return variance > 0 ? (covariance / variance) * 60_000 : 0;
}

/** The samples of the second half of the time: what a program takes while it warms up is left out. */
export function secondHalf(samples: readonly Sample[]): readonly Sample[] {
  const first = samples[0]?.atMs ?? 0;
  const middleMs = first + ((samples.at(-1)?.atMs ?? 0) - first) / 2;
  return samples.filter(({ atMs }) => atMs >= middleMs);
}
