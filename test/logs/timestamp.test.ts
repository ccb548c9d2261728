import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../src/logs/instant-text.ts';
import { parseTimestamp } from '../../src/logs/timestamp.ts';

describe('parseTimestamp', () => {
  it.each([
    ['2026-11-05T13:45:00Z', '2026-11-05 13:45:00.000000'],
    ['2026-11-05t13:45:00z', '2026-11-05 13:45:00.000000'],
    ['2026-11-05 13:45:00Z', '2026-11-05 13:45:00.000000'],
    ['2026-11-05T13:45:00.1Z', '2026-11-05 13:45:00.100000'],
    ['2026-11-05T13:45:00.123456Z', '2026-11-05 13:45:00.123456'],
    ['2026-11-05T13:45:00.999999999Z', '2026-11-05 13:45:00.999999'],
    ['2026-11-05T13:45:00.000000000000000009Z', '2026-11-05 13:45:00.000000'],
    ['2026-11-05T13:45:00+00:00', '2026-11-05 13:45:00.000000'],
    ['2026-11-05T13:45:00-00:00', '2026-11-05 13:45:00.000000'],
    ['2026-11-05T13:45:00.5+05:30', '2026-11-05 08:15:00.500000'],
    ['2026-12-31T20:00:00-05:00', '2027-01-01 01:00:00.000000'],
    ['2024-03-01T00:30:00+01:00', '2024-02-29 23:30:00.000000'],
    ['2023-03-01T00:30:00+23:59', '2023-02-28 00:31:00.000000'],
    ['2000-02-29T00:00:00Z', '2000-02-29 00:00:00.000000'],
    ['1000-01-01T00:00:00Z', '1000-01-01 00:00:00.000000'],
    ['0999-12-31T23:30:00-01:00', '1000-01-01 00:30:00.000000'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31 23:59:59.999999'],
    ['1969-12-31T23:59:59.25-00:01', '1970-01-01 00:00:59.250000'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    ['2016-12-31T23:59:60Z', '2017-01-01 00:00:00.000000'],
    ['2016-12-31T18:59:60.5-05:00', '2017-01-01 00:00:00.500000'],
    ['2026-11-05T13:45:60Z', '2026-11-05 13:46:00.000000'],
  ])('turns second 60 of %s into the second that follows: %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    '',
    'Z',
    '2026-11-05',
    '2026-11-05T13:45Z',
    '2026-11-05T13:45:00',
    '2026-11-05T13:45:00.Z',
    '2026-11-05T13:45:00,5Z',
    '2026-11-05T13:45:00ZZ',
    '2026-11-05T13:45:00Z ',
    ' 2026-11-05T13:45:00Z',
    '2026-11-05T13:45:00+0100',
    '2026-11-05T13:45:00+01',
    '2026-11-05T13:45:00+24:00',
    '2026-11-05T13:45:00+01:60',
    '2026-11-05T13:45:00+1:00',
    '2026-11-05T13:45:00 Z',
    '2026-11-05_13:45:00Z',
    '2026/11/05T13:45:00Z',
    '2026-11-05T13-45-00Z',
    '2026-1-05T13:45:00Z',
    '+2026-11-05T13:45:00Z',
    '2026-00-05T13:45:00Z',
    '2026-13-05T13:45:00Z',
    '2026-11-00T13:45:00Z',
    '2026-11-31T13:45:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2024-02-30T00:00:00Z',
    '2026-11-05T24:00:00Z',
    '2026-11-05T13:60:00Z',
    '2026-11-05T13:45:61Z',
    '0999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '1000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '9999-12-31T23:59:60Z',
    '2026-11-05T13:45:0\u0660Z',
    '2026-11-05T13:45:00.\u0661Z',
    '１９９９-11-05T13:45:00Z',
    '2026-11-05T13:45:00Z\0',
    '1793886300',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('agrees with Date about every time, real or not, and every offset', () => {
    fc.assert(
      fc.property(times, (time) => {
        expect(parseTimestamp(textOf(time))).toBe(expectedOf(time));
      }),
      { numRuns: 5_000 },
    );
  });

  it('agrees with Date about the last and first days of every month', () => {
    for (let year = 1000; year <= 9999; year += 1) {
      for (let month = 1; month <= 12; month += 1) {
        for (const day of [1, 28, 29, 30, 31]) {
          // A minute behind UTC: the conversion through day numbers, not the copying of digits.
          const time = { year, month, day, hour: 23, minute: 59, second: 30, fraction: '', offset: -1 };
          if (parseTimestamp(textOf(time)) !== expectedOf(time)) expect(textOf(time)).toBe(expectedOf(time));
        }
      }
    }
  });

  it('accepts nothing that the grammar of RFC 3339 does not', () => {
    const valid = times.map(textOf);
    const edit = fc.record({
      at: fc.nat(34),
      cut: fc.nat(2),
      put: fc.string({ unit: fc.constantFrom(...Array.from('0159-:.+TtZz \0é')), maxLength: 2 }),
    });
    fc.assert(
      fc.property(valid, edit, (text, { at, cut, put }) => {
        const edited = text.slice(0, at) + put + text.slice(at + cut);
        if (parseTimestamp(edited) !== null) expect(edited).toMatch(RFC_3339);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('formatInstant', () => {
  it('agrees with Date, and cuts nanoseconds to microseconds', () => {
    const seconds = fc.integer({ min: -30_610_224_000, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 999_999_999 }), (unix, nanos) => {
        const micros = String(nanos).padStart(9, '0').slice(0, 6);
        const expected = `${new Date(unix * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${micros}`;
        expect(formatInstant({ seconds: unix, nanos })).toBe(expected);
      }),
    );
  });

  it.each([-30_610_224_001, 253_402_300_800, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses second %d',
    (seconds) => {
      expect(formatInstant({ seconds, nanos: 0 })).toBeNull();
    },
  );
});

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

interface Time {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: string;
  /** Minutes east of UTC; null is `Z`. */
  offset: number | null;
}

const times: fc.Arbitrary<Time> = fc.record({
  year: fc.oneof(
    fc.integer({ min: 1900, max: 2100 }),
    fc.integer({ min: 0, max: 9999 }),
    fc.constantFrom(999, 1000, 9999),
  ),
  month: fc.integer({ min: 0, max: 13 }),
  day: fc.integer({ min: 0, max: 32 }),
  hour: fc.integer({ min: 0, max: 24 }),
  minute: fc.integer({ min: 0, max: 60 }),
  second: fc.integer({ min: 0, max: 61 }),
  fraction: fc.string({ unit: fc.nat(9).map(String), maxLength: 12 }),
  offset: fc.option(fc.integer({ min: -1439, max: 1439 })),
});

function textOf(time: Time): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const { year, month, day, hour, minute, second, fraction, offset } = time;
  const east = Math.abs(offset ?? 0);
  const zone =
    offset === null ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.floor(east / 60))}:${two(east % 60)}`;
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}

function expectedOf({ year, month, day, hour, minute, second, fraction, offset }: Time): string | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isReal || hour > 23 || minute > 59 || second > 60) return null;
  date.setUTCHours(hour, minute - (offset ?? 0), second);
  if (date.getUTCFullYear() < 1000 || date.getUTCFullYear() > 9999) return null;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}
