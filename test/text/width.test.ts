import { describe, expect, it } from 'vitest';
import { columnsOf, cutToColumns, foldToColumns } from '../../src/text/width.ts';

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['élan', 4],
    ['e\u0301', 1],
    ['日本語', 6],
    ['ｆｕｌｌ', 8],
    ['👍', 2],
    ['👩‍🚀', 2],
    ['…', 1],
    ['한국', 4],
  ])('%s has %i columns', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it('is kept to by what is cut', () => {
    expect(cutToColumns('abcdef', 6)).toBe('abcdef');
    expect(cutToColumns('abcdefg', 6)).toBe('abcde…');
    expect(cutToColumns('日本語', 6)).toBe('日本語');
    expect(cutToColumns('日本語', 5)).toBe('日本…');
    expect(cutToColumns('日本語', 4)).toBe('日…');
    expect(cutToColumns('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
    expect(cutToColumns('abc', 1)).toBe('…');
    expect(columnsOf(cutToColumns('x'.repeat(1_000_000), 40))).toBe(40);
  });

  it('is kept to by what is folded, and nothing is lost', () => {
    for (const text of [
      '',
      'abc',
      'a日b本c語',
      '👩‍🚀'.repeat(9),
      `e${'\u0301'.repeat(500)}x`,
      'x'.repeat(10_000),
    ]) {
      const lines = foldToColumns(text, 5);
      expect(lines.join('')).toBe(text);
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(5);
    }
    expect(foldToColumns('日本語', 5)).toEqual(['日本', '語']);
  });
});
