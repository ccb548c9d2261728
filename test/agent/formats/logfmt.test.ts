import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../../src/agent/formats/zone.ts';
import { CONTEXT, read } from './reading.ts';

describe('logfmt', () => {
  it('has time, level and service, and the rest as tags', () => {
    const line =
      'time=2026-11-05T13:45:00.123456789Z level=warn msg="order stored" service=checkout items=3 rate=0.5 id=007 retried user="Ann \\"A\\" \\u00e9\\n"';
    expect(read('logfmt', line)).toEqual({
      timestamp: '2026-11-05 13:45:00.123456',
      severity: 'warn',
      service: 'checkout',
      payload: line,
      tags: {
        items: 3,
        rate: 0.5,
        id: '007',
        retried: true,
        user: 'Ann "A" é\n',
        timestamp: '2026-11-05T13:45:00.123456789Z',
      },
      asMessage: 'no',
    });
  });

  it.each([
    ['a=1 b=x=y=', { a: 1, b: 'x=y=' }],
    ['a=1 b="x=y z"', { a: 1, b: 'x=y z' }],
    ['a= b=""', { a: '', b: '' }],
    ["a='1 2' b=`3 4`", { a: '1 2', b: '3 4' }],
    ["a=it's b=1", { a: "it's", b: 1 }],
    ['ts=1762350300"80 a=1 b=2', { ts: '1762350300"80', a: 1, b: 2 }],
    ['a=1 b="cut off', { a: 1, b: 'cut off' }],
    ['a=1  b=2\t c=3 ', { a: 1, b: 2, c: 3 }],
    ['a=1 a=2 b=3', { a: 2, b: 3 }],
    ['a=1 b=9007199254740993', { a: 1, b: '9007199254740993' }],
    ['a=1 b=1e3 c=NaN d=-0', { a: 1, b: '1e3', c: 'NaN', d: '-0' }],
    ['path="C:\\\\x" b=1', { path: 'C:\\x', b: 1 }],
    ['a=1 b=2 __proto__=x', JSON.parse('{"a":1,"b":2,"__proto__":"x"}')],
    ['a=1 level=loud', { a: 1, level: 'loud' }],
    ['a=1 level=notice', { a: 1, level: 'notice' }],
  ])('%s', (line, tags) => {
    expect(read('logfmt', line)).toMatchObject({ severity: 'info', payload: line });
    expect(read('logfmt', line)?.tags).toEqual(tags);
  });

  it.each([
    ['ts=1793886300.5', '2026-11-05 13:45:00.500000'],
    ['ts=1793886300500', '2026-11-05 13:45:00.500000'],
    ['time="2026-11-05 13:45:00,500"', '2026-11-05 12:45:00.500000'],
    ['timestamp=2026-11-05T13:45:00.5+01:00', '2026-11-05 12:45:00.500000'],
    ['time=soon', undefined],
  ])('reads the time %s', (pair, timestamp) => {
    const context = { ...CONTEXT, zone: zoneOf('Europe/Berlin')! };
    expect(read('logfmt', `${pair} level=info`, context)?.timestamp).toBe(timestamp);
  });

  it.each(['', 'a=1', 'hello a=1 b=2', 'user=bob logged in from host=x', '=1 a=2', 'a=1 "b"=2', '1=2 3=4'])(
    '%j is none',
    (line) => {
      expect(read('logfmt', line)).toBeUndefined();
    },
  );
});
