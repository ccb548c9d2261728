import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bucket,
  labelPlaces,
  rangeOf,
  SEVERITIES,
  stackedHeights,
  totals,
} from '../../../packages/web/src/logs/histogram/bars.ts';
import { barLabels } from '../../../packages/web/src/logs/histogram/labels.ts';
import { movedBy } from '../../../packages/web/src/logs/histogram/selection.ts';
import { isMistake } from '../../../src/query/mistake.ts';
import { untilTest } from '../../../src/query/time-bounds.ts';
import { parsePastTime } from '../../../src/query/times.ts';

function bucket(minute: number, counts: Record<string, number>): Bucket {
  const at = (value: number) => `2026-11-30T14:${String(value).padStart(2, '0')}:00.000000Z`;
  const count = Object.values(counts).reduce((sum, each) => sum + each, 0);
  return { from: at(minute), to: at(minute + 1), count, exact: true, counts };
}

/** Microseconds of a time within its minute and those after. */
function microsOf(time: string): number {
  const seconds = Date.parse(`${time.slice(0, 19)}Z`) / 1_000;
  return seconds * 1_000_000 + Number(/\.(\d{6})/.exec(time)?.[1] ?? 0);
}

const BUCKETS = [bucket(0, { info: 999, fatal: 1 }), bucket(1, {}), bucket(2, { error: 2, debug: 3 })];

describe('bars of a histogram', () => {
  it('stand on what is worst, and show one line among a thousand', () => {
    const [fatal, error, warn, info, debug] = stackedHeights(BUCKETS, 0.02);
    expect(fatal).toEqual([20, 0, 0]);
    expect(error).toEqual([20, 0, 20]);
    expect(warn).toEqual(error);
    expect(info).toEqual([1_019, 0, 20]);
    expect(debug).toEqual([1_019, 0, 40]);
  });

  it('never become lower by a severity that is added', () => {
    const counts = fc.record(Object.fromEntries(SEVERITIES.map((name) => [name, fc.nat(1_000)])));
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 20 }), (list) => {
        const heights = stackedHeights(
          list.map((each, index) => bucket(index, each)),
          0.01,
        );
        for (const [level, row] of heights.entries())
          for (const [index, height] of row.entries())
            expect(height).toBeGreaterThanOrEqual(level === 0 ? 0 : heights[level - 1]![index]!);
      }),
    );
  });

  it('add up to what the summary says', () => {
    expect(totals(BUCKETS)).toEqual({ all: 1_005, fatal: 1, error: 2, warn: 0, info: 999, debug: 3 });
  });

  it('that are dragged over in either direction are the times from the first to behind the last', () => {
    const range = { since: '2026-11-30T14:01:00Z', until: '2026-11-30T14:02:59Z' };
    expect(rangeOf(BUCKETS, 1, 2)).toEqual(range);
    expect(rangeOf(BUCKETS, 2, 1)).toEqual(range);
    expect(rangeOf(BUCKETS, -3, 99)).toEqual({ ...range, since: '2026-11-30T14:00:00Z' });
    expect(rangeOf([], 0, 0)).toBeUndefined();
  });

  it('are zoomed to without what stands in the next bar', () => {
    const first = BUCKETS[0]!;
    const ends = [
      '2026-11-30T14:01:00.000000Z',
      '2026-11-30T14:00:07.250000Z',
      '2026-11-30T14:00:07.000001Z',
    ];
    for (const to of ends) {
      const { until = '' } = rangeOf([{ ...first, to }], 0, 0) ?? {};
      const time = parsePastTime(until, { nowMs: 0, zone: 'UTC' });
      if (isMistake(time)) throw new Error(time.message);
      const next = { kind: 'time', op: '<', at: to.replace('T', ' ').slice(0, -1) };
      const last = { kind: 'time', op: '<=', at: until.replace('T', ' ').slice(0, -1) };
      expect(untilTest(time)).toEqual([until.includes('.') ? last : next]);
      expect(microsOf(to) - microsOf(until)).toBe(until.includes('.') ? 1 : 1_000_000);
    }
  });

  it('have as many labels as there is room for', () => {
    expect(labelPlaces(90, 9)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
    expect(labelPlaces(3, 12)).toEqual([0, 1, 2]);
    expect(labelPlaces(0, 5)).toEqual([]);
  });

  it('say when they begin in the zone of the reader', () => {
    expect(barLabels('minute', 'Asia/Kathmandu').full('2026-11-30T18:30:00.000000Z')).toBe(
      '2026-12-01 00:15',
    );
    expect(barLabels('minute', 'Nowhere/At-all').full('2026-11-30T18:30:00.000000Z')).toBe(
      '2026-11-30 18:30',
    );
    expect(barLabels('day', 'UTC').short('2026-11-30T00:00:00.000000Z')).toBe('2026-11-30');
  });
});

describe('arrow keys on bars', () => {
  const move = (key: string, current?: { at: number; from: number }, isSelecting = false) =>
    movedBy(key, { current, count: 5, isSelecting });

  it('go from the newest bar on, and stop at the ends', () => {
    expect(move('ArrowLeft')).toEqual({ at: 4, from: 4 });
    expect(move('ArrowRight', { at: 4, from: 4 })).toEqual({ at: 4, from: 4 });
    expect(move('ArrowLeft', { at: 0, from: 0 })).toEqual({ at: 0, from: 0 });
    expect(move('Home', { at: 3, from: 3 })).toEqual({ at: 0, from: 0 });
  });

  it('select with Shift from where they were', () => {
    expect(move('ArrowLeft', { at: 3, from: 3 }, true)).toEqual({ at: 2, from: 3 });
    expect(move('End', { at: 2, from: 3 }, true)).toEqual({ at: 4, from: 3 });
  });

  it('do nothing where there are no bars, and leave other keys alone', () => {
    expect(movedBy('ArrowLeft', { current: undefined, count: 0, isSelecting: false })).toBeUndefined();
    expect(move('x', { at: 1, from: 1 })).toBeUndefined();
  });
});
