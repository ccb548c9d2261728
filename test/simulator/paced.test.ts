import { describe, expect, it } from 'vitest';
import { type Extent, paced } from '../../src/simulator/paced.ts';
import { seededRandom } from '../../src/simulator/random.ts';
import { leisurelyRate, type Rate, steadyRate, unlimitedRate } from '../../src/simulator/rate.ts';
import { FakeClock } from '../support/fake-clock.ts';

interface Round {
  readonly atMs: number;
  readonly count: number;
}

/** Lets time pass, millisecond by millisecond, until the promise is settled. */
async function drive<T>(promise: Promise<T>, clock: FakeClock): Promise<T> {
  const state = { isSettled: false };
  const settled = promise.finally(() => {
    state.isSettled = true;
  });
  await clock.advance(0);
  while (!state.isSettled) await clock.advance(1);
  return settled;
}

/**
 * Runs a supply to its end on a clock of its own; `slownessMs` is how long the taker is busy with each batch.
 */
async function run(
  rate: Rate,
  extent: Extent,
  slownessMs = 0,
  stop = new AbortController().signal,
): Promise<Round[]> {
  const clock = new FakeClock();
  const rounds: Round[] = [];
  const supply = paced((count) => Array<number>(count).fill(0), { rate, extent, clock });
  const batches = supply(stop)[Symbol.asyncIterator]();
  for (;;) {
    const next = await drive(batches.next(), clock);
    if (next.done === true) return rounds;
    rounds.push({ atMs: clock.now(), count: next.value.length });
    await clock.advance(slownessMs);
  }
}

const total = (rounds: readonly Round[]) => rounds.reduce((sum, round) => sum + round.count, 0);

describe('paced', () => {
  it('makes exactly rate × duration messages, in ticks instead of a timer for each', async () => {
    const rounds = await run(steadyRate(5000), { maxCount: Infinity, durationMs: 3_000 });
    expect(total(rounds)).toBe(15_000);
    expect(rounds.length).toBeLessThanOrEqual(301);
    expect(rounds.at(-1)?.atMs).toBe(3_000);
  });

  it('makes exactly rate × duration messages although the taker is too slow for every tick', async () => {
    const rounds = await run(steadyRate(5000), { maxCount: Infinity, durationMs: 3_000 }, 333);
    expect(total(rounds)).toBe(15_000);
    expect(Math.max(...rounds.map((round) => round.count))).toBe(1_000);
  });

  it('sends a message at the moment it falls due when they are far apart', async () => {
    const rounds = await run(steadyRate(0.5), { maxCount: 3, durationMs: Infinity });
    expect(rounds).toEqual([2000, 4000, 6000].map((atMs) => ({ atMs, count: 1 })));
  });

  it('stops after the count, in full batches when there is no pace', async () => {
    const rounds = await run(unlimitedRate(Infinity), { maxCount: 2_500, durationMs: Infinity });
    expect(rounds.map((round) => round.count)).toEqual([1000, 1000, 500]);
  });

  it('stops after the duration when there is no pace', async () => {
    const rounds = await run(unlimitedRate(1_000), { maxCount: Infinity, durationMs: 1_000 }, 300);
    expect(rounds).toHaveLength(4);
  });

  it('ends the default pace with the duration', async () => {
    const rounds = await run(leisurelyRate(seededRandom(3)), { maxCount: Infinity, durationMs: 60_000 });
    expect(total(rounds)).toBeGreaterThan(30);
    expect(total(rounds)).toBeLessThan(120);
    expect(rounds.at(-1)?.atMs).toBeLessThanOrEqual(60_000);
  });

  it('ends at once when it is stopped in the middle of a wait', async () => {
    const stop = new AbortController();
    const clock = new FakeClock();
    const extent = { maxCount: Infinity, durationMs: Infinity };
    const supply = paced(() => [0], { rate: steadyRate(0.001), extent, clock });
    const next = supply(stop.signal)[Symbol.asyncIterator]().next();
    stop.abort();
    expect((await next).done).toBe(true);
    expect(clock.timers).toBe(0);
  });
});
