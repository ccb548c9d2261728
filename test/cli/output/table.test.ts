import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../src/cli/output/table.ts';

describe('formatTable', () => {
  it('aligns text to the left and numbers to the right, with separators between thousands', () => {
    const rows = [
      ['alpha', 1_234_567, 7n],
      ['élan 👩‍🚀', 12, 1000n],
    ];
    expect(formatTable(['service', 'rows', 'n'], rows)).toBe(
      ['service       rows      n', 'alpha    1,234,567      7', 'élan 👩‍🚀          12  1,000', ''].join('\n'),
    );
  });

  it('prints the headings alone when there are no rows', () => {
    expect(formatTable(['service', 'rows'], [])).toBe('service  rows\n');
  });

  it('leaves no blanks at the ends of lines', () => {
    expect(formatTable(['a', 'b'], [['long', '']])).toBe('a     b\nlong\n');
  });

  it('shows what cannot be seen as an escape, and counts its characters', () => {
    expect(formatTable(['a', 'b'], [['x\n\u001b[2J\u202ey', '1']])).toBe(
      `${'a'.padEnd(19)}  b\nx\\n\\u001b[2J\\u202ey  1\n`,
    );
  });
});
