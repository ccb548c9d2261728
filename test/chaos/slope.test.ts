import { expect, test } from 'vitest';
import { secondHalf, slopePerMinute } from '../../chaos/slope.ts';

const everySecond = (value: (second: number) => number) =>
  Array.from({ length: 121 }, (_, second) => ({ atMs: second * 1000, value: value(second) }));

test('the slope of a straight line is exact, in units a minute', () => {
  expect(slopePerMinute(everySecond((second) => 100 + second / 30))).toBeCloseTo(2);
});

test('a sawtooth that comes back has next to no slope', () => {
  expect(Math.abs(slopePerMinute(everySecond((second) => 100 + (second % 10))))).toBeLessThan(0.5);
});

test('growth in the first half does not count in the second', () => {
  const samples = secondHalf(everySecond((second) => Math.min(second, 50)));
  expect(samples[0]?.atMs).toBe(60_000);
  expect(slopePerMinute(samples)).toBe(0);
});

test('without samples there is no slope', () => {
  expect(slopePerMinute([])).toBe(0);
});
