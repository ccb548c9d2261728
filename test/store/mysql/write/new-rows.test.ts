import { describe, expect, it } from 'vitest';
import { saysAllNew } from '../../../../src/store/mysql/write/new-rows.ts';

describe('whether every row of an INSERT of three is new', () => {
  it.each([
    [3, 'Records: 3  Duplicates: 0  Warnings: 0', true, 'all are, with either flag'],
    [2, 'Records: 3  Duplicates: 0  Warnings: 0', false, 'a duplicate that counts nowhere'],
    [3, 'Records: 3  Duplicates: 1  Warnings: 0', false, 'a duplicate that counts among the affected rows'],
    [0, 'Records: 3  Duplicates: 0  Warnings: 0', false, 'only duplicates, which count nowhere'],
    [
      3,
      'Records: 3  Duplicates: 3  Warnings: 0',
      false,
      'only duplicates, which count among the affected rows',
    ],
    [3, 'Datensätze: 3  Duplikate: 0  Warnungen: 0', true, 'another language'],
    [3, '记录：3 重复：1 警告：0', false, 'another script'],
    [3, '', false, 'no such text'],
    [3, 'Records: 3  Duplicates: ', false, 'half of it'],
    [3, 'Records: 4  Duplicates: 0  Warnings: 0', false, 'the text of something else'],
    [4, 'Records: 3  Duplicates: 0  Warnings: 0', false, 'more rows than there are'],
    [3, 'Rows matched: 3  Changed: 0  Warnings: 0  Notes: 0', false, 'a text of four numbers'],
  ])('%i affected, "%s": %s (%s)', (affectedRows, info, isAllNew) => {
    expect(saysAllNew({ affectedRows, info }, 3)).toBe(isAllNew);
  });
});
