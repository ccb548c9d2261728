import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  before,
  behind,
  compareLines,
  indexOf,
  merged,
} from '../../../packages/web/src/state/lines/line-order.ts';
import { idsOf, type Line, lineAt } from './web-lines.ts';

/** Many of the same few microseconds, so that most of them are equal or neighbours. */
const LINE = fc.tuple(fc.nat(5), fc.nat(30)).map(([micros, within]) => lineAt(micros, within));

/** What `merged` should be, by the plainest of means. */
function plain(lines: readonly Line[]): string[] {
  return [...new Map(lines.map((line) => [line.id, line])).keys()].toSorted();
}

describe('lines', () => {
  it('that are added, in any order and any number of times, stand in the order of time and id, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(LINE)), (batches) => {
        const lines = batches.reduce<readonly Line[]>(
          (all, batch) => merged(all, batch).filter((line): line is Line => 'created_at' in line),
          [],
        );
        expect(idsOf(lines)).toEqual(plain(batches.flat()));
      }),
    );
  });

  it('that were all there leave the list as it is', () => {
    const lines = [lineAt(1), lineAt(2), lineAt(3)];
    expect(merged(lines, [lineAt(3), lineAt(1)])).toBe(lines);
    expect(merged(lines, [])).toBe(lines);
  });

  it('are told from those before and behind by time, and within one microsecond by id', () => {
    const lines = [lineAt(5, 3), lineAt(5, 4)];
    const around = [lineAt(5, 2), lineAt(5, 3), lineAt(5, 4), lineAt(5, 5), lineAt(4, 9), lineAt(6, 0)];
    expect(idsOf(before(lines, around))).toEqual(idsOf([lineAt(5, 2), lineAt(4, 9)]));
    expect(idsOf(behind(lines, around))).toEqual(idsOf([lineAt(5, 5), lineAt(6, 0)]));
    expect(compareLines(lineAt(5, 3), lineAt(5, 3))).toBe(0);
  });

  it('are found by id wherever they have moved to', () => {
    const lines = Array.from({ length: 50 }, (_, micros) => lineAt(micros));
    for (const near of [0, 20, 21, 22, 49]) expect(indexOf(lines, lineAt(21).id, near)).toBe(21);
    expect(indexOf(lines, lineAt(99).id)).toBeUndefined();
    expect(indexOf(lines, undefined)).toBeUndefined();
  });
});
