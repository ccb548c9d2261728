import { describe, expect, it } from 'vitest';
import { count, exactCount, roundedCount, severity, text } from '../../src/store/rows.ts';

describe('reading columns', () => {
  it('a count is read from whatever form a library gives it', () => {
    expect([7, '7', 7n, null].map((value) => count({ n: value }, 'n'))).toEqual([7, 7, 7, 0]);
  });

  it.each(['1.5', 'many', '9007199254740993', true])('%j is no count', (value) => {
    expect(() => count({ n: value }, 'n')).toThrow('column n is not a whole number');
  });

  it('a count that was tampered with may be larger than any that is right', () => {
    const largest = 2n ** 64n - 1n;
    expect(
      [7, '7', 7n, null, String(largest), -1n, '-1'].map((value) => exactCount({ n: value }, 'n')),
    ).toEqual([7n, 7n, 7n, 0n, largest, -1n, -1n]);
    expect(roundedCount({ n: String(largest) }, 'n')).toBe(2 ** 64);
    for (const value of ['1.5', 'many', 0.5, true]) {
      expect(() => exactCount({ n: value }, 'n')).toThrow('column n is not a whole number');
    }
  });

  it('a column of another type is a bug that names the column', () => {
    expect(() => text({ payload: 1 }, 'payload')).toThrow('column payload is not text');
    expect(() => severity({ severity: 'loud' }, 'severity')).toThrow('column severity is not a severity');
  });
});
