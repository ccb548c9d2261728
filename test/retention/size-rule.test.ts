import { describe, expect, it } from 'vitest';
import type { SizeMark } from '../../src/retention/ports.ts';
import { excessOf, floorOf, markOf } from '../../src/retention/size-rule.ts';

const MIB = 1024 ** 2;
const at = (minutes: number) =>
  `${new Date(Date.UTC(2026, 10, 30) + minutes * 60_000).toISOString().slice(0, 23).replace('T', ' ')}000`;

/** A look at a table, in minutes since midnight. */
function look(minutes: number, bytes: number, rows: number, before?: SizeMark): SizeMark {
  const mark = markOf({ bytes, rows, now: at(minutes) }, before);
  if (mark === undefined) throw new Error('too few');
  return mark;
}

describe('the size of a row', () => {
  it('is what is measured, if nothing is known', () => {
    expect(look(0, 100 * MIB, 102_400).bytesPerRow).toBe(1_024);
  });

  it('of few rows, or of a table without size, is not known', () => {
    expect(markOf({ bytes: 100 * MIB, rows: 9_999, now: at(0) }, undefined)).toBeUndefined();
    expect(markOf({ bytes: 0, rows: 100_000, now: at(0) }, undefined)).toBeUndefined();
  });

  it('does not become larger by a deletion that the server has not measured yet', () => {
    const before = look(0, 100 * MIB, 102_400);
    const after = look(60, 100 * MIB, 51_200, before);
    expect(after.bytesPerRow).toBe(1_024);
    expect(look(6_000, 100 * MIB, 51_200, after).bytesPerRow).toBe(1_024);
  });

  it('does not become larger by one that it measured while it was at it', () => {
    const before = look(0, 100 * MIB, 102_400);
    const after = look(60, 70 * MIB, 51_200, before);
    expect(after.bytesPerRow).toBe(1_024);
    // Measured again since, but perhaps too soon after.
    expect(look(61, 60 * MIB, 51_200, after).bytesPerRow).toBe(1_024);
  });

  it('becomes smaller as soon as that is measured', () => {
    expect(look(60, 40 * MIB, 51_200, look(0, 100 * MIB, 102_400)).bytesPerRow).toBeCloseTo(819.2);
  });

  it('is what is measured again once a deletion is long over', () => {
    const before = look(0, 100 * MIB, 102_400);
    const after = look(60, 70 * MIB, 51_200, before);
    const settled = look(120, 70 * MIB, 51_300, after);
    expect(look(180, 75 * MIB, 51_400, settled).bytesPerRow).toBeCloseTo((75 * MIB) / 51_400);
  });

  it('follows rows that become larger, where nobody deletes', () => {
    const before = look(0, 100 * MIB, 102_400);
    expect(look(60, 300 * MIB, 204_800, before).bytesPerRow).toBe(1_536);
  });

  it('follows them also where a run deletes every hour what came in it', () => {
    let mark = look(0, 100 * MIB, 102_400);
    for (let hour = 1; hour <= 48; hour += 1)
      mark = look(hour * 60, (100 + hour) * MIB, 102_400 - (hour % 2), mark);
    expect(mark.bytesPerRow).toBeCloseTo((148 * MIB) / 102_400);
  });
});

describe('the excess', () => {
  const mark = { bytesPerRow: 1_024 };

  it('is none up to the limit', () => {
    expect(excessOf(1_024, mark, MIB)).toEqual({ bytes: MIB, rows: 0, isAll: true });
  });

  it('is as many rows as take what is too much', () => {
    expect(excessOf(1_124, mark, MIB)).toEqual({ bytes: 1_124 * 1_024, rows: 100, isAll: true });
  });

  it('is a quarter of all at most, whatever the limit is', () => {
    expect(excessOf(100_000, mark, MIB)).toMatchObject({ rows: 25_000, isAll: false });
    expect(excessOf(100_000, mark, 1)).toMatchObject({ rows: 25_000, isAll: false });
  });
});

it('what is younger than an hour stays, to the whole hour', () => {
  expect(floorOf('2026-11-30 12:59:59.999999')).toBe('2026-11-30 11:00:00.000000');
  expect(floorOf('2026-11-30 12:00:00.000000')).toBe('2026-11-30 11:00:00.000000');
  expect(floorOf('1000-01-01 00:30:00.000000')).toBeUndefined();
});
