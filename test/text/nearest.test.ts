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

  it('is none where there are none', () => {
    expect(nearest('limit', [])).toBeUndefined();
  });
});
