import { type Sample, spread } from './sample.ts';

/** Asked before anything is counted: a server that runs has its code compiled and its pages in memory. */
const WARM_UP = 20;

/** The time that an answer takes: the median, and the one that a hundredth is slower than. */
export async function timed(times: number, ask: (nth: number) => Promise<unknown>): Promise<Sample> {
  const warmUp = Math.min(times, WARM_UP);
  for (let nth = 0; nth < warmUp; nth += 1) await ask(nth);
  const tookMs: number[] = [];
  for (let nth = 0; nth < times; nth += 1) {
    const startMs = performance.now();
    await ask(nth);
    tookMs.push(performance.now() - startMs);
  }
  return delays(tookMs);
}

/** Of what was measured in milliseconds. */
export function delays(
  tookMs: readonly number[],
): Sample & { readonly p50Ms: number; readonly p99Ms: number } {
  const p50Ms = spread(tookMs).median;
  const p99Ms = tookMs.toSorted((a, b) => a - b)[Math.ceil(tookMs.length * 0.99) - 1] ?? NaN;
  return { value: p50Ms, p50Ms, p99Ms };
}
