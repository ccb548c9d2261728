import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../../src/http/compat/arrivals.ts';
import { formFields } from '../../../src/http/compat/form.ts';
import { startsOf } from '../../../src/http/compat/intervals.ts';
import {
  leastLevel,
  levelNamed,
  levelOf,
  severitiesFrom,
  severityOf,
} from '../../../src/http/compat/levels.ts';
import { isoTime, shownIso } from '../../../src/http/compat/parameters.ts';
import { SEVERITIES } from '../../../src/logs/severity.ts';

describe('levels of older servers', () => {
  it('map onto severities and back', () => {
    for (const level of ['info', 'warning', 'error'] as const) expect(levelOf(severityOf(level))).toBe(level);
    expect(SEVERITIES.map(levelOf)).toEqual(['info', 'info', 'warning', 'error', 'error']);
    expect(severitiesFrom('info')).toEqual(SEVERITIES);
    expect(severitiesFrom('warning')).toEqual(['warn', 'error', 'fatal']);
    expect(severitiesFrom('error')).toEqual(['error', 'fatal']);
  });

  it.each(['', 'warn', 'fatal', 'debug', ' info', 'infO0', 'ınfo', undefined, 1])('%j is none', (name) => {
    expect(levelNamed(name)).toBeUndefined();
    expect(leastLevel(name)).toBeUndefined();
  });
});

describe('times of ISO 8601', () => {
  it.each([
    ['2017-01-01', '2017-01-01 00:00:00.000000'],
    ['20170101', '2017-01-01 00:00:00.000000'],
    ['2017-01-01T12', '2017-01-01 12:00:00.000000'],
    ['2017-01-01T12:30', '2017-01-01 12:30:00.000000'],
    ['2017-01-01 12:30:15', '2017-01-01 12:30:15.000000'],
    ['2017-01-01t12:30:15,25z', '2017-01-01 12:30:15.250000'],
    ['20170101T123015Z', '2017-01-01 12:30:15.000000'],
    ['2017-01-01T12:30:15.1234567Z', '2017-01-01 12:30:15.123456'],
    ['2017-01-01T00:30:00+01:00', '2016-12-31 23:30:00.000000'],
    ['2017-01-01T00:30:00-0130', '2017-01-01 02:00:00.000000'],
    ['2017-01-01T00:30:00-05', '2017-01-01 05:30:00.000000'],
    // A + in a URL is a space.
    ['2017-01-01T00:30:00 01:00', '2016-12-31 23:30:00.000000'],
    ['2016-02-29', '2016-02-29 00:00:00.000000'],
  ])('%s', (text, time) => {
    expect(isoTime(text)).toBe(time);
  });

  it.each([
    '',
    'now',
    '2017',
    '2017-13-01',
    '2017-02-29',
    '2017-01-01T24:00',
    '2017-01-01T12:60',
    '2017-01-01Z+',
    '1483228800',
    '0001-01-01',
    '2017-01-01T00:00:00+25:00',
    `2017-01-01T00:00:00.${'1'.repeat(31)}`,
  ])('%j is none', (text) => {
    expect(isoTime(text)).toBeUndefined();
  });

  it('shown, are read again as the same', () => {
    for (const time of [
      '2017-01-01 12:30:15.000000',
      '2017-01-01 12:30:15.000001',
      '9999-12-31 23:59:59.999999',
    ])
      expect(isoTime(shownIso(time))).toBe(time);
    expect(shownIso('2017-01-01 12:30:15.000000')).toBe('2017-01-01T12:30:15Z');
  });
});

describe('intervals', () => {
  it('begin at the beginning, end at the end, and are as wide as each other', () => {
    const days = startsOf('2017-01-01 00:00:00.000000', '2017-01-10 00:00:00.000000', 10);
    expect(days).toEqual(
      Array.from({ length: 10 }, (_none, n) => `2017-01-${String(n + 1).padStart(2, '0')} 00:00:00.000000`),
    );
    expect(startsOf('1000-01-01 00:00:00.000000', '9999-12-31 23:59:59.999999', 2)).toEqual([
      '1000-01-01 00:00:00.000000',
      '9999-12-31 23:59:59.999999',
    ]);
    expect(startsOf('1969-12-31 23:59:59.999999', '1970-01-01 00:00:00.000001', 3)[1]).toBe(
      '1970-01-01 00:00:00.000000',
    );
  });
});

describe('arrivals', () => {
  it('have keys that sort as they came, whatever the clock does, and whatever time their events have', () => {
    const nows = fc.array(fc.integer({ min: 0, max: 9_000_000_000_000 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(nows, (times) => {
        const arrivals = new Arrivals();
        const own = times.map((nowMs) => arrivals.next(nowMs, {}));
        const keys = own.map(({ timestamp, eventId }) => `${timestamp} ${eventId}`);
        expect(keys).toEqual([...new Set(keys)].toSorted());
        const at = '2017-01-01 00:00:00.000000';
        const dated = times.map((nowMs) => arrivals.next(nowMs, { at }));
        expect(dated.map(({ timestamp }) => timestamp)).toEqual(times.map(() => at));
        const ids = dated.map(({ eventId }) => eventId);
        expect(ids).toEqual([...new Set(ids)].toSorted());
      }),
    );
  });

  it('of two processes are different, and with the key of a request the same', () => {
    const [one, other] = [new Arrivals(), new Arrivals()];
    expect(one.next(7, {})).not.toEqual(other.next(7, {}));
    const key = { key: 'ab'.repeat(32), firstAt: '2026-11-25 14:00:05.000001' };
    expect(one.next(7, { key })).toEqual(other.next(8, { key }));
    expect(one.next(7, { key }).timestamp).toBe(key.firstAt);
  });
});

describe('forms', () => {
  const fieldsOf = (text: string, contentType: string) => {
    const [type = ''] = contentType.split(';');
    return formFields({ bytes: Buffer.from(text), text, type, contentType });
  };

  it('are read in either encoding, the first of a name', () => {
    expect(fieldsOf('a=1&a=2&b=%00+%F0%9F%98%80&c', '')).toEqual({ a: '1', b: '\u0000 😀', c: '' });
    const part = (head: string, text: string) =>
      `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
    const parts = `${part('name="a"', '1')}${part('name=b', '\r\n--y\r\n')}${part('name="c"; filename="f"\r\nContent-Type: text/plain', 'é')}--x--\r\n`;
    expect(fieldsOf(parts, 'multipart/form-data; boundary=x')).toEqual({ a: '1', b: '\r\n--y\r\n', c: 'é' });
    expect(fieldsOf(parts, 'multipart/form-data; boundary="x"')).toHaveProperty('a', '1');
  });

  it.each(['', '--x', '--x\r\n', '--x\r\nno end', '--y\r\n\r\n--y--'])('%j is none', (text) => {
    expect(() => fieldsOf(text, 'multipart/form-data; boundary=x')).toThrow('form');
    expect(() => fieldsOf(text, 'multipart/form-data')).toThrow('form');
  });
});
