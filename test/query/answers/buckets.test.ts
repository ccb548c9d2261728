import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsOf, type Width, widthFor } from '../../../src/query/answers/buckets.ts';
import { END_OF_TIME } from '../../../src/query/answers/ports.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
];
const HOUR: Width = { unit: 'hour', count: 1 };
const DAY: Width = { unit: 'day', count: 1 };

/** From two days before a change of Berlin's clock on, so that many are near one. */
const times = fc
  .tuple(
    fc.constantFrom(Date.UTC(2026, 2, 27), Date.UTC(2026, 9, 23), Date.UTC(2026, 9, 2)),
    fc.integer({ min: 0, max: 5 * 86_400_000 }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([start, ms, micros]) => timeOf(start + ms, micros));

function timeOf(ms: number, micros = 0): string {
  return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}${String(micros).padStart(3, '0')}`;
}

function hoursOf({ from, to }: { readonly from: string; readonly to: string }): number {
  return (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 3_600_000;
}

describe('the buckets of a histogram', () => {
  it('cover all of a time, none of it twice, and are no more than may be', () => {
    fc.assert(
      fc.property(
        fc.tuple(times, times).filter(([from, to]) => from < to),
        fc.constantFrom(...ZONES),
        fc.integer({ min: 2, max: 200 }),
        ([from, to], zone, most) => {
          const buckets = bucketsOf(from, to, widthFor(from, to, most, zone), zone);
          expect(buckets.length).toBeLessThanOrEqual(most);
          expect(buckets[0]?.from).toBe(from);
          expect(buckets.at(-1)?.to).toBe(to);
          for (const [index, bucket] of buckets.entries()) {
            expect(bucket.from < bucket.to).toBe(true);
            if (index > 0) expect(bucket.from).toBe(buckets[index - 1]?.to);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are wider where the last microsecond, a short day or a short month would make one too many', () => {
    const width = (from: string, to: string, most: number) => widthFor(from, to, most, 'Europe/Berlin');
    const halfDays = ['2026-10-05 23:00:00.000000', '2026-10-27 11:00:00.000001'] as const;
    expect(width(...halfDays, 45)).toEqual({ unit: 'hour', count: 12 });
    expect(width(...halfDays, 44)).toEqual(DAY);
    // The last minute of a day, a day of 23 hours, and the first minute of the next.
    const spring = ['2026-03-28 22:59:00.000000', '2026-03-29 22:01:00.000000'] as const;
    expect(width(...spring, 3)).toEqual(DAY);
    expect(width(...spring, 2)).toEqual({ unit: 'week', count: 1 });
    const february = ['2026-01-31 22:59:00.000000', '2026-02-28 23:01:00.000000'] as const;
    expect(width(...february, 3)).toEqual({ unit: 'month', count: 1 });
    expect(width(...february, 2)).toEqual({ unit: 'month', count: 3 });
  });

  it('of a day are as long as that day is in the zone', () => {
    const days = (from: string, to: string, zone: string) => bucketsOf(from, to, DAY, zone).map(hoursOf);
    const march = ['2026-03-27 23:00:00.000000', '2026-03-30 22:00:00.000000'] as const;
    expect(days(...march, 'Europe/Berlin')).toEqual([24, 23, 24]);
    const october = ['2026-10-23 22:00:00.000000', '2026-10-26 23:00:00.000000'] as const;
    expect(days(...october, 'Europe/Berlin')).toEqual([24, 25, 24]);
    expect(days('2026-10-02 13:30:00.000000', '2026-10-04 13:00:00.000000', 'Australia/Lord_Howe')).toEqual([
      24, 23.5,
    ]);
  });

  it('of an hour begin with the hour of the zone, also where that is not one of UTC', () => {
    const starts = (zone: string) =>
      bucketsOf('2026-11-25 10:00:00.000000', '2026-11-25 12:00:00.000000', HOUR, zone).map(({ from }) =>
        from.slice(11, 16),
      );
    expect(starts('UTC')).toEqual(['10:00', '11:00']);
    expect(starts('Asia/Kolkata')).toEqual(['10:00', '10:30', '11:30']);
    expect(starts('Asia/Kathmandu')).toEqual(['10:00', '10:15', '11:15']);
  });

  it('of an hour that comes twice are two', () => {
    const hours = bucketsOf(
      '2026-10-24 23:00:00.000000',
      '2026-10-25 03:00:00.000000',
      HOUR,
      'Europe/Berlin',
    );
    expect(hours.map(hoursOf)).toEqual([1, 1, 1, 1]);
  });

  it('reach to the end of all time', () => {
    const from = '9999-12-31 22:30:00.000000';
    const buckets = bucketsOf(from, END_OF_TIME, widthFor(from, END_OF_TIME, 3, 'UTC'), 'UTC');
    expect(buckets).toEqual([
      { from, to: '9999-12-31 23:00:00.000000' },
      { from: '9999-12-31 23:00:00.000000', to: END_OF_TIME },
    ]);
  });
});
