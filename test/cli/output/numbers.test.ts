import { describe, expect, it } from 'vitest';
import { byteText, duration, seconds } from '../../../src/cli/output/numbers.ts';

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

describe('a number of bytes for people', () => {
  it.each([
    [0, '0 B'],
    [1_023, '1,023 B'],
    [1_024, '1.0 KiB'],
    [1_024 * 1_023.7, '1.0 MiB'],
    [1.44 * 1_024 ** 3, '1.4 GiB'],
    [9.96 * 1_024 ** 3, '10 GiB'],
    [230.4 * 1_024 ** 2, '230 MiB'],
    [-3 * 1_024 ** 3, '-3.0 GiB'],
    [5_000 * 1_024 ** 5, '5,000 PiB'],
  ])('%f are %s', (bytes, shown) => {
    expect(byteText(bytes)).toBe(shown);
  });
});
