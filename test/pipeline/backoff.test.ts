import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from '../../src/pipeline/backoff.ts';

const BACKOFF = { baseMs: 50, capMs: 2_000 };

it('the bound doubles with every attempt until the cap', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(attempt, BACKOFF, () => 1));
  expect(longest).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

it('the wait is spread from a tenth of the bound up to the bound', () => {
  expect(backoffMs(2, BACKOFF, () => 0)).toBeCloseTo(20);
  expect(backoffMs(2, BACKOFF, () => 0.5)).toBeCloseTo(110);
});

it('two workers who failed together do not come back together', () => {
  const waits = new Set(Array.from({ length: 20 }, () => backoffMs(3, BACKOFF)));
  expect(waits.size).toBeGreaterThan(10);
});

it('whatever the attempt, however long the outage, the wait is positive and within the cap', () => {
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const waitMs = backoffMs(attempt, BACKOFF, () => random);
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(BACKOFF.capMs);
      },
    ),
  );
});
