import { describe, expect, it } from 'vitest';
import { isMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { printFilter } from '../../src/query/print.ts';
import { isZone, parsePastTime, parseTime, type Time } from '../../src/query/times.ts';

const NOW_MS = Date.UTC(2026, 10, 25, 14, 7, 5, 123);
const BERLIN = { nowMs: NOW_MS, zone: 'Europe/Berlin' };

function time(text: string, zone = 'UTC', nowMs = NOW_MS): Time {
  const read = parseTime(text, { nowMs, zone });
  return isMistake(read) ? expect.fail(`${text}: ${read.message}`) : read;
}

it.each([
  ['now', '2026-11-25 14:07:05.123000', undefined],
  ['today', '2026-11-25 00:00:00.000000', '2026-11-26 00:00:00.000000'],
  ['yesterday', '2026-11-24 00:00:00.000000', '2026-11-25 00:00:00.000000'],
  ['tomorrow', '2026-11-26 00:00:00.000000', '2026-11-27 00:00:00.000000'],
  ['2028-02-29', '2028-02-29 00:00:00.000000', '2028-03-01 00:00:00.000000'],
  ['14:00', '2026-11-25 14:00:00.000000', '2026-11-25 14:01:00.000000'],
  ['14:00:05', '2026-11-25 14:00:05.000000', '2026-11-25 14:00:06.000000'],
  ['2026-11-25 14:00', '2026-11-25 14:00:00.000000', '2026-11-25 14:01:00.000000'],
  ['2026-11-25T14:00:05.12', '2026-11-25 14:00:05.120000', '2026-11-25 14:00:05.130000'],
  ['2026-11-25T14:00:05,123456Z', '2026-11-25 14:00:05.123456', undefined],
  ['2026-11-25t14:00:05z', '2026-11-25 14:00:05.000000', '2026-11-25 14:00:06.000000'],
  ['2026-11-25 14:00:05 +0530', '2026-11-25 08:30:05.000000', '2026-11-25 08:30:06.000000'],
  ['2026-11-25T01:00-02', '2026-11-25 03:00:00.000000', '2026-11-25 03:01:00.000000'],
  ['2016-12-31T23:59:60Z', '2017-01-01 00:00:00.000000', '2017-01-01 00:00:01.000000'],
  ['-15m', '2026-11-25 13:52:05.123000', undefined],
  ['-1h30m5s', '2026-11-25 12:37:00.123000', undefined],
  ['-2w1d', '2026-11-10 14:07:05.123000', undefined],
  ['+1h', '2026-11-25 15:07:05.123000', undefined],
  ['@1700000000', '2023-11-14 22:13:20.000000', undefined],
  ['@1700000000.5', '2023-11-14 22:13:20.500000', undefined],
  ['@1700000000123', '2023-11-14 22:13:20.123000', undefined],
  ['1000-01-01', '1000-01-01 00:00:00.000000', '1000-01-02 00:00:00.000000'],
  ['9999-12-31', '9999-12-31 00:00:00.000000', null],
])('%s is from %s to before %s', (text, at, end) => {
  expect(time(text)).toEqual({ at, isCut: false, ...(end === undefined ? {} : { end }) });
});

it.each([
  ...[
    '',
    'x',
    '1h',
    '-',
    '-15',
    '-15y',
    '15:7',
    '25:00',
    '24:00',
    '14:60',
    '14:00:61',
    '2026-02-29',
    '2026-13-01',
  ],
  ...[
    '2026-11-25T',
    '2026-11-25T14',
    '2026-11-25T14:00+99:00',
    '0999-12-31',
    '@',
    '@x',
    '-99999w',
    '10000-01-01',
  ],
  ...['2026-11-25T14:00:05.', '9999-12-31T23:59-01:00', 'Europe/Berlin', '2026-W48', '2026-11-25[UTC]', '\0'],
])('%j is no time', (text) => {
  expect(parseTime(text, BERLIN)).toMatchObject({ kind: 'mistake', at: 0, length: text.length });
});

describe('in a zone', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28 23:00:00.000000', '2026-03-29 22:00:00.000000'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24 22:00:00.000000', '2026-10-25 23:00:00.000000'],
    ['Asia/Kathmandu', '2026-11-25', '2026-11-24 18:15:00.000000', '2026-11-25 18:15:00.000000'],
    // Its day began an hour late that year.
    ['America/Sao_Paulo', '2017-10-15', '2017-10-15 03:00:00.000000', '2017-10-16 02:00:00.000000'],
    ['+05:30', '2026-11-25', '2026-11-24 18:30:00.000000', '2026-11-25 18:30:00.000000'],
  ])('in %s the day %s is from %s to before %s', (zone, text, at, end) => {
    expect(time(text, zone)).toEqual({ at, isCut: false, end });
  });

  it('a time that the clocks skipped is after the gap, and one that came twice is the first', () => {
    expect(time('2026-03-29T02:30', 'Europe/Berlin').at).toBe('2026-03-29 01:30:00.000000');
    expect(time('2026-10-25T02:30', 'Europe/Berlin').at).toBe('2026-10-25 00:30:00.000000');
  });

  it('today and a time of day are those of the zone', () => {
    const late = Date.UTC(2026, 10, 25, 23, 30);
    expect(time('today', 'Europe/Berlin', late).at).toBe('2026-11-25 23:00:00.000000');
    expect(time('14:00', 'Pacific/Kiritimati', late).at).toBe('2026-11-26 00:00:00.000000');
    expect(time('14:00Z', 'Pacific/Kiritimati', late).at).toBe('2026-11-25 14:00:00.000000');
  });

  it('is one that there is', () => {
    expect(['UTC', 'Europe/Berlin', '+02:00', 'Mars/Base', ''].map(isZone)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

it('where a time has passed, a duration is so long ago', () => {
  expect(parsePastTime('1h', BERLIN)).toEqual(parseTime('-1h', BERLIN));
  expect(parsePastTime('14:00', BERLIN)).toEqual(parseTime('14:00', BERLIN));
  expect(isMistake(parsePastTime('1x', BERLIN))).toBe(true);
});

it.each([
  ['time>=2026-11-25T14:00:00.0000001Z', 'time>2026-11-25T14:00:00Z'],
  ['time>2026-11-25T14:00:00.0000001Z', 'time>2026-11-25T14:00:00Z'],
  ['time<2026-11-25T14:00:00.0000001Z', 'time<=2026-11-25T14:00:00Z'],
  ['time<=2026-11-25T14:00:00.0000001Z', 'time<=2026-11-25T14:00:00Z'],
  ['time:2026-11-25T14:00:00.0000001Z', '-*'],
  ['time>=2026-11-25T14:00:00.0000000Z', 'time>=2026-11-25T14:00:00Z'],
  ['time:2026-11-25T14:00:00.000000Z', 'time=2026-11-25T14:00:00.000000Z'],
  ['time:2026-11-25T14:00:00Z', 'time>=2026-11-25T14:00:00Z time<2026-11-25T14:00:01Z'],
  ['time!=2026-11-25', '-(time>=2026-11-25T00:00:00Z time<2026-11-26T00:00:00Z)'],
  ['time:9999-12-31', 'time>=9999-12-31T00:00:00Z'],
  ['time:(>=14:00 <"2026-11-25 15:00")', 'time>=2026-11-25T14:00:00Z time<2026-11-25T15:00:00Z'],
  ['timestamp:*', '*'],
])('%s is %s', (expression, printed) => {
  const filter = parseFilter(expression, { nowMs: NOW_MS, zone: 'UTC' });
  expect(isMistake(filter) ? filter : printFilter(filter)).toBe(printed);
});
