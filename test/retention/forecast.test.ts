import { describe, expect, it } from 'vitest';
import { forecast, type StorageFacts, urgencyOf } from '../../src/retention/forecast.ts';

const GIB = 1024 ** 3;
const TABLE = { name: 'service_logs', rows: 1, dataBytes: 6 * GIB, indexBytes: 2 * GIB, freeBytes: 0 };
const COUNTS = { name: 'service_severity', rows: 1, dataBytes: 2 * GIB, indexBytes: 0, freeBytes: 0 };

/** 10 million rows of 1 KiB each, in all tables; a GiB a day more. */
function facts(changes: Partial<StorageFacts> = {}): StorageFacts {
  return {
    size: { tables: [TABLE, COUNTS], diskFreeBytes: 20 * GIB },
    rows: 10 * 1024 ** 2,
    growth: { rowsPerDay: 1024 ** 2, basis: 'observed' },
    hasRules: false,
    ...changes,
  };
}

const daysLeft = (changes: Partial<StorageFacts> = {}) =>
  forecast(facts(changes)).limits.map(({ daysLeft: days }) => days);

describe('the forecast', () => {
  it('has what a row takes in all tables, and when the disk is full', () => {
    const { usedBytes, bytesPerRow, growth, limits } = forecast(facts());
    expect(usedBytes).toBe(10 * GIB);
    expect(bytesPerRow).toBe(1_024);
    expect(growth).toMatchObject({ bytesPerDay: GIB, isAtMost: false });
    expect(limits).toEqual([{ name: 'disk', roomBytes: 20 * GIB, daysLeft: 20, isAtLeast: false }]);
  });

  it('counts as room what the table has free in itself, as after a deletion', () => {
    const tables = [{ ...TABLE, freeBytes: 10 * GIB }, COUNTS];
    expect(daysLeft({ size: { tables, diskFreeBytes: 0 } })).toEqual([10]);
  });

  it('has no end where nothing grows, or the table shrinks', () => {
    expect(daysLeft({ growth: { rowsPerDay: 0, basis: 'observed' } })).toEqual([Infinity]);
    expect(daysLeft({ growth: { rowsPerDay: -5, basis: 'observed' } })).toEqual([Infinity]);
  });

  it('does not know what it is not told', () => {
    expect(daysLeft({ growth: undefined })).toEqual([undefined]);
    expect(daysLeft({ size: { tables: [TABLE], diskFreeBytes: undefined } })).toEqual([]);
    expect(forecast(facts({ size: undefined }))).toMatchObject({ usedBytes: 0, tables: [], limits: [] });
  });

  it('of an empty table, or of a few rows, does not guess what a row takes', () => {
    for (const rows of [0, 9_999]) {
      const { bytesPerRow, growth, limits } = forecast(facts({ rows }));
      expect([bytesPerRow, growth?.bytesPerDay, limits[0]?.daysLeft]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it('of a disk that is full says so, whatever else is known', () => {
    expect(daysLeft({ size: { tables: [TABLE], diskFreeBytes: 0 }, growth: undefined })).toEqual([0]);
  });

  it('has the days until the last rule deletes, by the table of the entries alone', () => {
    const { limits } = forecast(facts({ maxBytes: 12 * GIB }));
    expect(limits[1]).toEqual({
      name: 'retention-max-bytes',
      roomBytes: 4 * GIB,
      daysLeft: 5,
      isAtLeast: false,
    });
    expect(daysLeft({ maxBytes: 1 * GIB })[1]).toBe(0);
  });

  it('says of days that rules may make more that they are the least', () => {
    const counted = { growth: { rowsPerDay: 1024 ** 2, basis: 'counted' }, hasRules: true } as const;
    const isAtLeast = (changes: Partial<StorageFacts>) =>
      forecast(facts(changes)).limits.map((limit) => limit.isAtLeast);
    expect(isAtLeast(counted)).toEqual([true]);
    expect(isAtLeast({ ...counted, hasRules: false })).toEqual([false]);
    expect(isAtLeast({ ...counted, growth: { rowsPerDay: 0, basis: 'counted' } })).toEqual([false]);
    expect(isAtLeast({ hasRules: true })).toEqual([false]);
  });

  it('of a disk that the last rule keeps from being full has no end', () => {
    expect(daysLeft({ maxBytes: 12 * GIB })[0]).toBe(Infinity);
    expect(daysLeft({ maxBytes: 100 * GIB })[0]).toBe(20);
  });

  it('takes the only table of a file for that of the entries', () => {
    const file = { ...TABLE, name: 'lms.sqlite' };
    expect(daysLeft({ size: { tables: [file], diskFreeBytes: 8 * GIB } })).toHaveLength(1);
    expect(daysLeft({ size: { tables: [COUNTS, file], diskFreeBytes: 8 * GIB } })).toEqual([]);
  });

  it('believes the pace of an hour where that fills the disk within a day, and only there', () => {
    expect(daysLeft({ rowsPerDayOfHour: 40 * 1024 ** 2 })).toEqual([0.5]);
    expect(daysLeft({ rowsPerDayOfHour: 19 * 1024 ** 2 })).toEqual([20]);
    expect(daysLeft({ rowsPerDayOfHour: 40 * 1024 ** 2, growth: undefined })).toEqual([0.5]);
  });
});

describe('the urgency', () => {
  const urgency = (freeGib: number, changes: Partial<StorageFacts> = {}) =>
    urgencyOf(
      forecast(facts({ size: { tables: [TABLE, COUNTS], diskFreeBytes: freeGib * GIB }, ...changes })),
    );

  it('has its thresholds at 14 and at 3 days', () => {
    expect([14, 13.9, 3, 2.9, 0].map((gib) => urgency(gib))).toEqual([
      'fine',
      'soon',
      'soon',
      'urgent',
      'urgent',
    ]);
  });

  it('is none where nothing is known, and none of the limit at which rows are deleted', () => {
    expect(urgencyOf({ limits: [] })).toBe('fine');
    expect(urgency(100, { maxBytes: 1 })).toBe('fine');
  });

  it('does not come from rows that rules may delete again, as long as nobody has observed it', () => {
    const counted = { growth: { rowsPerDay: 1024 ** 2, basis: 'counted' }, hasRules: true } as const;
    expect(urgency(5, counted)).toBe('fine');
    expect(urgency(5, { ...counted, hasRules: false })).toBe('soon');
    expect(urgency(5, { ...counted, rowsPerDayOfHour: 100 * 1024 ** 2 })).toBe('urgent');
  });
});
