import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/text/nearest.ts';

describe('the nearest name', () => {
  it.each([
    ['limt', 'limit'],
    ['LIMIT', 'limit'],
    ['untli', 'until'],
    ['query', 'q'],
    ['sinse', 'since'],
    ['', 'q'],
    ['x'.repeat(100_000), 'limit'],
  ])('to %.20s is %s', (text, name) => {
    expect(nearest(text, ['limit', 'until', 'since', 'q'])).toBe(name);
  });

  it.each([
    ['a letter is wrong', 'untal', 'until'],
    ['a letter is missing', 'unti', 'until'],
    ['a letter is too much', 'unttil', 'until'],
    ['two letters changed places', 'utnil', 'until'],
    ['two are wrong', 'antal', undefined],
    ['two are apart and changed places', 'tnuil', undefined],
  ])('within one slip, where %s', (_, text, name) => {
    expect(nearest(text, ['until', 'since'], 1)).toBe(name);
  });

  it('is none where there are none', () => {
    expect(nearest('limit', [])).toBeUndefined();
  });
});
