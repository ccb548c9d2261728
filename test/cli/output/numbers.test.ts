import { describe, expect, it } from 'vitest';
import { duration, seconds } from '../../../src/cli/output/numbers.ts';

describe('a length of time for people', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [725_000, '12 min 5 s'],
    [3_605_000, '1 h'],
    [273_600_000, '3 d 4 h'],
    [604_800_000, '7 d'],
    [86_400_000_000, '1,000 d'],
  ])('%i ms are %s', (ms, shown) => {
    expect(duration(ms)).toBe(shown);
  });

  it('has tenths of a second where those count', () => {
    expect([0, 49, 51, 8_000, 1_234_567].map(seconds)).toEqual([
      '0.0 s',
      '0.0 s',
      '0.1 s',
      '8.0 s',
      '1,234.6 s',
    ]);
  });
});
