import { expect, it } from 'vitest';
import { secondHalf, slopePerMinute } from '../../chaos/slope.ts';

const everySecond = (value: (second: number) => number) =>
  Array.from({ length: 121 }, (_, second) => ({ atMs: second * 1000, value: value(second) }));

it('the slope of a straight line is exact, in units a minute', () => {
  expect(slopePerMinute(everySecond((second) => 100 + second / 30))).toBeCloseTo(2);
});

it('a sawtooth that comes back has next to no slope', () => {
  expect(Math.abs(slopePerMinute(everySecond((second) => 100 + (second % 10))))).toBeLessThan(0.5);
});

it('growth in the first half does not count in the second', () => {
  const samples = secondHalf(everySecond((second) => Math.min(second, 50)));
  expect(samples[0]?.atMs).toBe(60_000);
  expect(slopePerMinute(samples)).toBe(0);
});

it('without samples there is no slope', () => {
  expect(slopePerMinute([])).toBe(0);
});
