import { expect, it } from 'vitest';
import type { Filter, ValueTest } from '../../src/query/filter.ts';
import { allOf, anyOf, EVERYTHING } from '../../src/query/filter.ts';
import { type Filtered, matches } from '../../src/query/predicate.ts';

const ENTRY: Filtered = {
  timestamp: '2026-11-25 14:03:20.000000',
  eventId: '17',
  serviceName: 'checkout',
  severity: 'warn',
  payload: 'Card declined',
  tags: '{"code":500,"ids":[1,"20",null,{"x":1},[3]],"empty":[],"none":null,"ok":true,"name":"Ann","in":{"a":1}}',
};

function isMatch(filter: Filter): boolean {
  return matches(filter)(ENTRY);
}

function tag(name: string, test: ValueTest): boolean {
  return isMatch({ kind: 'tag', name, test });
}

const YES: Filter = EVERYTHING;
const NO: Filter = { kind: 'not', of: EVERYTHING };

it('joins conditions', () => {
  expect(isMatch(allOf([YES, YES]))).toBe(true);
  expect(isMatch(allOf([YES, NO]))).toBe(false);
  expect(isMatch(anyOf([NO, YES]))).toBe(true);
  expect(isMatch(anyOf([NO, NO]))).toBe(false);
  expect(allOf([])).toEqual(EVERYTHING);
  expect(allOf([allOf([YES, NO]), YES])).toEqual({ kind: 'and', of: [YES, NO, YES] });
  expect(anyOf([NO, anyOf([YES, NO])])).toEqual({ kind: 'or', of: [NO, YES, NO] });
});

it('asks for columns', () => {
  const column = (name: 'service' | 'payload' | 'event_id', test: ValueTest): boolean =>
    isMatch({ kind: 'column', column: name, test });
  expect(column('service', { kind: 'equals', text: 'checkout' })).toBe(true);
  expect(column('service', { kind: 'equals', text: 'Checkout' })).toBe(false);
  expect(column('payload', { kind: 'matches', pieces: ['Card', ''] })).toBe(true);
  expect(column('event_id', { kind: 'compare', op: '>', text: '9' })).toBe(true);
  expect(column('event_id', { kind: 'exists' })).toBe(true);
});

it('asks for severities, of which none is one', () => {
  expect(isMatch({ kind: 'severity', severities: ['info', 'warn'] })).toBe(true);
  expect(isMatch({ kind: 'severity', severities: [] })).toBe(false);
});

it.each([
  ['>=', true, true, false],
  ['>', true, false, false],
  ['<=', false, true, true],
  ['<', false, false, true],
  ['=', false, true, false],
] as const)('compares times: %s', (op, before, same, after) => {
  const at = (time: string): boolean => isMatch({ kind: 'time', op, at: time });
  expect(at('2026-11-25 14:03:19.999999')).toBe(before);
  expect(at('2026-11-25 14:03:20.000000')).toBe(same);
  expect(at('2026-11-25 14:03:20.000001')).toBe(after);
});

it('any element of a list may pass, but not an object or a list in it', () => {
  expect(tag('ids', { kind: 'equals', text: '20' })).toBe(true);
  expect(tag('ids', { kind: 'equals', text: 'null' })).toBe(true);
  expect(tag('ids', { kind: 'compare', op: '>=', text: '20' })).toBe(true);
  expect(tag('ids', { kind: 'equals', text: '3' })).toBe(false);
  expect(tag('ids', { kind: 'matches', pieces: ['[', ''] })).toBe(false);
  expect(tag('ids.x', { kind: 'exists' })).toBe(false);
});

it('a tag is there whatever it holds', () => {
  for (const name of ['code', 'ids', 'empty', 'none', 'ok', 'in', 'in.a']) {
    expect(tag(name, { kind: 'exists' })).toBe(true);
  }
  expect(tag('other', { kind: 'exists' })).toBe(false);
  expect(tag('in.b', { kind: 'exists' })).toBe(false);
});

it('what has no text passes no other test', () => {
  for (const name of ['empty', 'in', 'other']) {
    expect(tag(name, { kind: 'equals', text: '' })).toBe(false);
    expect(tag(name, { kind: 'matches', pieces: ['', '[object', ''] })).toBe(false);
    expect(tag(name, { kind: 'compare', op: '>=', text: '' })).toBe(false);
  }
});

it('with a number only numbers compare, with a text all values do', () => {
  expect(tag('code', { kind: 'compare', op: '<', text: '1e3' })).toBe(true);
  expect(tag('name', { kind: 'compare', op: '>', text: '0' })).toBe(false);
  expect(tag('name', { kind: 'compare', op: '<', text: '0' })).toBe(false);
  expect(tag('name', { kind: 'compare', op: '>', text: 'Al' })).toBe(true);
  expect(tag('code', { kind: 'compare', op: '<', text: 'a' })).toBe(true);
  expect(tag('ok', { kind: 'compare', op: '>=', text: 'true' })).toBe(true);
});

it('an entry without tags has none', () => {
  const without = { ...ENTRY, tags: null };
  expect(matches({ kind: 'tag', name: 'a', test: { kind: 'exists' } })(without)).toBe(false);
  expect(matches({ kind: 'not', of: { kind: 'tag', name: 'a', test: { kind: 'exists' } } })(without)).toBe(
    true,
  );
});
