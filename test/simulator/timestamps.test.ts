import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestamper, wallClockMicros } from '../../src/simulator/timestamps.ts';

describe('timestamper', () => {
  it('writes any time as RFC 3339 with microseconds, in whatever order times come', () => {
    const times = fc.array(fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) * 1000 }), { minLength: 1 });
    fc.assert(
      fc.property(times, (micros) => {
        const remaining = [...micros];
        const timestamp = timestamper(() => remaining.shift() ?? 0);
        for (const time of micros) {
          const text = timestamp();
          expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
          expect(Date.parse(text)).toBe(Math.floor(time / 1000));
          expect(Number(text.slice(-4, -1))).toBe(time % 1000);
        }
      }),
    );
  });
});

describe('wallClockMicros', () => {
  it('agrees with the clock of the machine and is finer than it', () => {
    const times = Array.from({ length: 1000 }, () => wallClockMicros());
    expect(Math.abs((times.at(-1) ?? 0) / 1000 - Date.now())).toBeLessThan(20);
    expect(times.every(Number.isSafeInteger)).toBe(true);
    expect(times.some((time) => time % 1000 !== 0)).toBe(true);
  });
});
