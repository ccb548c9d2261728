import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/simulator/random.ts';
import { leisurelyRate, steadyRate, unlimitedRate } from '../../src/simulator/rate.ts';

describe('steadyPace', () => {
  it('is exact over any schedule of asking: rate × seconds, whatever the steps and the room', () => {
    const steps = fc.array(fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.nat(1000)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 50_000, noNaN: true }), steps, (rate, schedule) => {
        const pace = steadyRate(rate);
        let elapsedMs = 0;
        let taken = 0;
        for (const [stepMs, room] of schedule) {
          elapsedMs += stepMs;
          taken += pace.take(elapsedMs, room);
          expect(taken).toBeLessThanOrEqual(Math.floor((elapsedMs * rate) / 1000));
        }
        taken += pace.take(elapsedMs, Infinity);
        expect(taken).toBe(Math.floor((elapsedMs * rate) / 1000));
      }),
    );
  });

  it('says when the next message falls due', () => {
    const pace = steadyRate(4);
    expect(pace.nextAtMs()).toBe(250);
    expect(pace.take(249, 10)).toBe(0);
    expect(pace.take(250, 10)).toBe(1);
    expect(pace.nextAtMs()).toBe(500);
  });
});

describe('leisurelyPace', () => {
  it('leaves 50 to 2,000 ms between messages, evenly distributed', () => {
    const pace = leisurelyRate(seededRandom(1));
    const gapsMs: number[] = [];
    let atMs = 0;
    for (let message = 0; message < 5_000; message += 1) {
      const nextAtMs = pace.nextAtMs();
      expect(pace.take(nextAtMs - 0.001, 10)).toBe(0);
      expect(pace.take(nextAtMs, 10)).toBe(1);
      gapsMs.push(nextAtMs - atMs);
      atMs = nextAtMs;
    }
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(2000);
    expect(atMs / gapsMs.length).toBeCloseTo(1025, -2);
  });
});

describe('flatOutPace', () => {
  it('takes all there is room for until its end', () => {
    const pace = unlimitedRate(1000);
    expect(pace.take(999, 1000)).toBe(1000);
    expect(pace.take(1000, 1000)).toBe(0);
  });
});
