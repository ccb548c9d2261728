import { describe, expect, it } from 'vitest';
import { countedRowsPerDay, type CountedTimes, growthOf, ObservedRows } from '../../src/retention/growth.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function counted(changes: Partial<CountedTimes> = {}): CountedTimes {
  return { days: [0, 0, 0, 0, 0, 0, 0], hours: [0], hourShare: 0.5, ...changes };
}

describe('rows a day, as they are counted', () => {
  it('are those of a week, where there is a week', () => {
    expect(countedRowsPerDay(counted({ days: [70, 0, 70, 0, 70, 0, 70] }))).toBe(40);
  });

  it('are those of the whole days since it began, where logging began within the week', () => {
    expect(countedRowsPerDay(counted({ days: [100, 200, 50, 0, 0, 0, 0] }))).toBe(150);
    expect(countedRowsPerDay(counted({ days: [100, 0, 0, 0, 0, 0, 0] }))).toBe(100);
  });

  it('of the day that has begun are left out, once there is a whole one', () => {
    expect(countedRowsPerDay(counted({ days: [100, 0, 0], hours: [5_000] }))).toBe(100);
  });

  it('on the first day are at the pace of the hours since it began', () => {
    expect(countedRowsPerDay(counted({ hours: [50, 100, 0, 0] }))).toBe(2_400);
  });

  it('are not known within the first hour, where a pause of breath would be a day', () => {
    expect(countedRowsPerDay(counted({ hours: [1_000_000, 0], hourShare: 0.9 }))).toBeUndefined();
  });

  it('of an empty table, or of one that nothing comes to, are 0', () => {
    expect(countedRowsPerDay(counted())).toBe(0);
    expect(countedRowsPerDay(counted({ days: [], hours: [] }))).toBe(0);
  });
});

describe('rows a day, as they are observed', () => {
  /** A look every hour from the beginning, of so many rows. */
  function watched(hours: number, rowsAt: (hour: number) => number): ObservedRows {
    const observed = new ObservedRows();
    for (let hour = 0; hour <= hours; hour += 1) observed.note(hour * HOUR, rowsAt(hour));
    return observed;
  }

  it('are not known before a day is over: nights are not days', () => {
    expect(watched(23, (hour) => hour * 100).perDay).toBeUndefined();
    expect(watched(24, (hour) => hour * 100).perDay).toBe(2_400);
  });

  it('are 0 where retention takes away as many as come', () => {
    // A day's rows go at once, every night.
    expect(watched(24 * 10, (hour) => 1_000_000 + (hour % 24) * 100).perDay).toBe(0);
  });

  it('are fewer than 0 where the table shrinks', () => {
    expect(watched(48, (hour) => 1_000_000 - hour * 100).perDay).toBe(-2_400);
  });

  it('are seen to grow again a day after one great deletion, not a week after', () => {
    const observed = watched(24 * 8, (hour) => (hour < 24 * 5 ? 10_000_000 : 1_000) + hour * 100);
    expect(observed.perDay).toBe(2_400);
  });

  it('take in what is imported of earlier times, which no count of the last days has', () => {
    const observed = watched(24, (hour) => hour * 1_000_000);
    expect(growthOf(counted({ days: [10, 10] }), observed)).toEqual({
      rowsPerDay: 24_000_000,
      basis: 'observed',
    });
  });

  it('are those of a week where that is more than the last day', () => {
    const weekend = watched(24 * 7, (hour) => Math.min(hour, 24 * 6) * 100);
    expect(weekend.perDay).toBeCloseTo((2_400 * 6) / 7);
  });

  it('forget what is older than a week', () => {
    const observed = watched(24 * 30, (hour) => (hour < 24 * 20 ? hour * 1_000_000 : 480_000_000));
    expect(observed.perDay).toBe(0);
  });

  it('of an hour are there after an hour', () => {
    expect(watched(0, () => 5).perDayOfHour).toBeUndefined();
    expect(watched(3, (hour) => (hour === 3 ? 1_000 : 0)).perDayOfHour).toBe(24_000);
  });

  it('stand on the looks that there are, however far apart', () => {
    const observed = new ObservedRows();
    observed.note(0, 0);
    observed.note(3 * DAY, 300);
    expect(observed.perDay).toBe(100);
  });
});

describe('the growth', () => {
  it('is counted as long as nothing was observed, and not known at the very beginning', () => {
    expect(growthOf(counted({ days: [100] }), new ObservedRows())).toEqual({
      rowsPerDay: 100,
      basis: 'counted',
    });
    expect(growthOf(counted({ hours: [9] }), new ObservedRows())).toBeUndefined();
  });
});
