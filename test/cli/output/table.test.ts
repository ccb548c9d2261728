import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../src/cli/output/table.ts';

describe('formatTable', () => {
  it('aligns text to the left and numbers to the right, with separators between thousands', () => {
    const rows = [
      ['alpha', 1_234_567, 7n],
      ['élan 👩‍🚀', 12, 1000n],
    ];
    expect(formatTable(['service', 'rows', 'n'], rows)).toBe(
      ['service       rows      n', 'alpha    1,234,567      7', 'élan 👩‍🚀         12  1,000', ''].join('\n'),
    );
  });

  it('has as many rows as it is given', () => {
    const rows = Array.from({ length: 200_000 }, () => ['a']);
    expect(formatTable(['b'], rows)).toHaveLength(2 + 200_000 * 2);
  });

  it('prints the headings alone when there are no rows', () => {
    expect(formatTable(['service', 'rows'], [])).toBe('service  rows\n');
  });

  it('leaves no blanks at the ends of lines', () => {
    expect(formatTable(['a', 'b'], [['long', '']])).toBe('a     b\nlong\n');
  });

  it('folds its last column between words where it is wider than the terminal', () => {
    const rows = [
      ['BATCHSIZE', 'rows in a batch; a full one is flushed at once'],
      ['URL', 'mysql://user:password@host:3306/database-of-a-long-name'],
    ];
    expect(formatTable(['setting', 'what it is'], rows, { columns: 41 })).toBe(
      [
        'setting    what it is',
        'BATCHSIZE  rows in a batch; a full one is',
        '           flushed at once',
        'URL        mysql://user:password@host:3306/database-of-a-long-name',
        '',
      ].join('\n'),
    );
    expect(formatTable(['setting', 'what it is'], rows, { columns: 66 })).toBe(
      formatTable(['setting', 'what it is'], rows),
    );
  });

  it('puts its last column below the others where there is no room beside them', () => {
    const rows = [['BATCHSIZE', 5000, 'rows in a batch; a full one is flushed at once']];
    expect(formatTable(['setting', 'value', 'what it is'], rows, { columns: 40 })).toBe(
      [
        'setting    value',
        '    what it is',
        'BATCHSIZE  5,000',
        '    rows in a batch; a full one is',
        '    flushed at once',
        '',
      ].join('\n'),
    );
  });

  it('shows what cannot be seen as an escape, and counts its characters', () => {
    expect(formatTable(['a', 'b'], [['x\n\u001b[2J\u202ey', '1']])).toBe(
      `${'a'.padEnd(19)}  b\nx\\n\\u001b[2J\\u202ey  1\n`,
    );
  });
});
