import { describe, expect, it } from 'vitest';
import { Slots } from '../../../packages/web/src/logs/lines/slots.ts';
import { MAX_LINES, Recent, trimmed } from '../../../packages/web/src/state/lines/trim.ts';
import { fieldNames, fieldText } from '../../../packages/web/src/state/question/fields.ts';
import { widerAge } from '../../../packages/web/src/state/question/wider.ts';
import { titleOf } from '../../../packages/web/src/state/title-text.ts';
import { clockTime, dayName, isNewDay } from '../../../packages/web/src/state/zone-time.ts';
import { lineAt } from './web-lines.ts';

describe('the title of a tab', () => {
  it.each([
    ['service:checkout severity>=error', 2, '2 errors · checkout · LMS'],
    ['service:"the shop"', 1, '1 error · the shop · LMS'],
    ['', 0, 'Logs · LMS'],
    ['"connection  reset"', 0, '"connection reset" · LMS'],
    ['x'.repeat(60), 1_204, `1,204 errors · ${'x'.repeat(40)}… · LMS`],
  ])('of %s with %d errors is %s', (q, errors, title) => {
    expect(titleOf(q, errors)).toBe(title);
  });
});

describe('times of lines', () => {
  it('are shown in the zone, with milliseconds', () => {
    expect(clockTime('2026-11-29T22:59:59.123456Z', 'Europe/Berlin')).toBe('23:59:59.123');
    expect(clockTime('2026-11-29T23:00:00.000000Z', 'Europe/Berlin')).toBe('00:00:00.000');
    expect(dayName('2026-11-29T23:00:00.000000Z', 'Europe/Berlin')).toBe('Mon, 30 Nov 2026');
  });

  it('in a zone that does not exist are those of UTC', () => {
    expect(clockTime('2026-11-29T22:59:59.123456Z', 'Nowhere/At-all')).toBe('22:59:59.123');
  });

  it('begin a day where the zone has its midnight', () => {
    const [before, after] = ['2026-11-29T22:59:59.999999Z', '2026-11-29T23:00:00.000000Z'];
    expect(isNewDay(after, before, 'Europe/Berlin')).toBe(true);
    expect(isNewDay(after, before, 'UTC')).toBe(false);
    expect(isNewDay(after, undefined, 'Europe/Berlin')).toBe(false);
  });
});

describe('columns', () => {
  const tags = { user: 'ada', n: 7, 'a.b': 'whole', a: { b: 'nested', c: { d: [1, 2] } }, service: 'a tag' };
  const line = { ...lineAt(1), tags };

  it.each([
    ['service', 'shop'],
    ['severity', 'info'],
    ['user', 'ada'],
    ['n', '7'],
    ['a.b', 'whole'],
    ['a.c.d', '[1,2]'],
    ['tags.service', 'a tag'],
    ['constructor', undefined],
    ['user.length', undefined],
    ['none', undefined],
  ])('%s has %s', (name, value) => {
    expect(fieldText(line, name)).toBe(value);
  });

  it('can be what lines have', () => {
    expect(fieldNames([lineAt(1), line])).toEqual(['service', 'severity', 'user', 'n', 'a.b', 'a']);
  });
});

describe('what is kept of many lines', () => {
  const lines = Array.from({ length: MAX_LINES + 2_500 }, (_, n) => lineAt(n));

  it('is cut at the end of a page if there is one near, and nothing where there is little too much', () => {
    expect(trimmed(lines.slice(0, MAX_LINES + 2_000), 'older', new Map())).toBeUndefined();
    expect(trimmed(lines, 'older', new Map())).toMatchObject({ onward: undefined });
    const onward = { cursor: 'from here' };
    const older = trimmed(lines, 'older', new Map([[lineAt(2_300).id, onward]]));
    expect(older).toMatchObject({ onward });
    expect(older?.lines[0]).toEqual(lineAt(2_300));
    const newer = trimmed(lines, 'newer', new Map([[lineAt(MAX_LINES + 100).id, onward]]));
    expect(newer?.lines.at(-1)).toEqual(lineAt(MAX_LINES + 100));
  });

  it('is bounded in number and in characters', () => {
    const recent = new Recent(3, 30);
    recent.add([1, 2, 3, 4].map((n) => lineAt(n)));
    expect(recent.lines).toEqual([2, 3, 4].map((n) => lineAt(n)));
    recent.add([{ ...lineAt(5), payload: 'x'.repeat(25) }]);
    expect(recent.lines).toHaveLength(1);
    recent.add([{ ...lineAt(6), payload: 'x'.repeat(31) }]);
    expect(recent.lines).toHaveLength(0);
  });
});

it('a line keeps its element as long as it is shown, and others take those that are free', () => {
  const slots = new Slots();
  expect(slots.assign(['a', 'b', 'c'], undefined)).toEqual([0, 1, 2]);
  expect(slots.assign(['b', 'c', 'd'], undefined)).toEqual([1, 2, 0]);
  // The one that has the focus takes its element with it.
  expect(slots.assign(['c', 'd', 'e'], 'b')).toEqual([2, 0, 3]);
});

it('the next longer time reaches further back than what was asked for', () => {
  const nowMs = Date.parse('2026-11-30T12:00:00Z');
  expect(widerAge('2026-11-30T11:00:00Z', undefined, nowMs)).toBe('6h');
  expect(widerAge('2026-11-29T11:00:00Z', '2026-11-29T12:00:00Z', nowMs)).toBe('7d');
  expect(widerAge('2020-11-29T11:00:00Z', undefined, nowMs)).toBeUndefined();
  expect(widerAge('yesterday', undefined, nowMs)).toBeUndefined();
});
