import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { howOf } from '../../../packages/web/src/state/question/facet-values.ts';
import {
  conditionsOn,
  refine,
  without,
  withoutField,
} from '../../../packages/web/src/state/question/refine.ts';
import { SEVERITIES } from '../../../src/logs/severity.ts';
import { EVERYTHING } from '../../../src/query/filter.ts';
import { isMistake } from '../../../src/query/mistake.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { type Filtered, matches, type Predicate } from '../../../src/query/predicate.ts';
import { printFilter } from '../../../src/query/print.ts';
import { findTag, parseTags, textOf } from '../../../src/query/tags.ts';
import { entries, filters, texts } from '../../query/arbitraries.ts';

const CONTEXT = { nowMs: Date.UTC(2026, 10, 25, 14, 7, 5), zone: 'UTC' };

function predicateOf(expression: string): Predicate {
  const filter = parseFilter(expression, CONTEXT);
  if (isMistake(filter)) throw new Error(`${expression}: ${filter.message}`);
  return matches(filter);
}

function howIn(q: string, field: string, value: string): 'for' | 'out' | undefined {
  return howOf(conditionsOn(q, field), value);
}

describe('a value that is asked for', () => {
  it.each([
    ['', 'service', 'checkout', 'service:checkout'],
    ['timeout', 'code', '500', 'timeout code:500'],
    ['a OR b', 'service', 'x', '(a OR b) service:x'],
    ['a OR parse(', 'service', 'x', '(a OR parse( ) service:x'],
    ['(a OR b) c', 'service', 'x', '(a OR b) c service:x'],
    ['*', 'user', 'Ann Lee', 'user:"Ann Lee"'],
    ['', 'user', '-x', 'user:-x'],
    ['', 'user', '', 'user:""'],
    ['', 'user', 'a"b\\c\nd', String.raw`user:"a\"b\\c\nd"`],
    ['', 'user', '5*', 'user:"5*"'],
    ['', 'a b', '1', '"a b":1'],
    ['', 'tags.service', 'x', 'tags.service:x'],
    ['', 'level', 'error', 'severity:error'],
    ['', 'time', '2026-11-25 14:00:05.000001', 'time:2026-11-25T14:00:05.000001'],
    ['service:x', 'service', 'x', 'service:x'],
    ['-service:x y', 'service', 'x', 'y service:x'],
    ['service:(x OR y) z', 'service', 'x', 'z service:x'],
    ['labels:y', 'labels', 'x', 'labels:y labels:x'],
    ['-labels:(x OR y)', 'labels', 'x', '-labels:y labels:x'],
    ['timeout OR', 'service', 'x', 'service:x timeout OR'],
  ])('%s for %s=%s is %s', (q, field, value, expected) => {
    expect(refine(q, { field, value, how: 'for' })).toBe(expected);
  });

  it.each([
    ['service:a', 'service', 'b', 'service:(a OR b)'],
    ['service_name:(a OR b) x', 'service', 'c', 'service:(a OR b OR c) x'],
    ['x', 'service', 'b', 'x service:b'],
    ['severity:error', 'severity', 'fatal', 'severity>=error'],
    ['severity>=warn', 'severity', 'debug', 'severity:(debug OR warn OR error OR fatal)'],
    ['-service:a', 'service', 'b', '-service:a service:b'],
  ])('%s and also %s=%s is %s', (q, field, value, expected) => {
    expect(refine(q, { field, value, how: 'add' })).toBe(expected);
  });

  it.each([
    ['', 'service', 'a', '-service:a'],
    ['service:a', 'service', 'a', '-service:a'],
    ['service:(a OR b)', 'service', 'a', 'service:b'],
    ['labels:(a OR b)', 'labels', 'a', 'labels:b -labels:a'],
    ['severity>=warn', 'severity', 'error', 'severity:(warn OR fatal)'],
    ['a OR b', 'user', '', '(a OR b) -user:""'],
  ])('%s without %s=%s is %s', (q, field, value, expected) => {
    expect(refine(q, { field, value, how: 'out' })).toBe(expected);
  });

  it('alone replaces what was asked of its field', () => {
    const q = 'severity>=warn x -level:debug service:(a b)';
    expect(refine(q, { field: 'severity', value: 'info', how: 'only' })).toBe(
      'x service:(a b) severity:info',
    );
    expect(refine(q, { field: 'service', value: 'c', how: 'only' })).toBe(
      'severity>=warn x -level:debug service:c',
    );
  });
});

describe('a condition', () => {
  it.each([
    ['service:a', 'service', 'a', 'for'],
    ['x service:(a OR b)', 'service', 'b', 'for'],
    ['-service:a', 'service_name', 'a', 'out'],
    ['service!=a', 'service', 'a', 'out'],
    ['NOT -service:a', 'service', 'a', 'for'],
    ['severity>=warn', 'severity', 'error', 'for'],
    ['level:WARNING', 'severity', 'warn', 'for'],
    ['severity:*', 'severity', 'warn', undefined],
    ['service:a*', 'service', 'a', undefined],
    ['service:a OR x', 'service', 'a', undefined],
    ['"service:a"', 'service', 'a', undefined],
    ['tags.service:a', 'service', 'a', undefined],
    ['code>=500', 'code', '500', undefined],
    ['service:a (', 'service', 'a', undefined],
  ])('%s is known for %s=%s: %s', (q, field, value, expected) => {
    expect(howIn(q, field, value)).toBe(expected);
  });

  it.each([
    ['(a OR b) service:x', 'service', 'x', 'a OR b'],
    ['(a OR parse( ) service:x', 'service', 'x', 'a OR parse('],
    ['(a OR b) (c OR d) service:x', 'service', 'x', '(a OR b) (c OR d)'],
    ['-service:(a OR b)', 'service', 'a', '-service:b'],
    ['severity>=error y', 'severity', 'fatal', 'severity:error y'],
    ['y AND service:x AND z', 'service', 'x', 'y z'],
    ['service:x OR y', 'service', 'x', 'service:x OR y'],
  ])('%s without that on %s=%s is %s', (q, field, value, expected) => {
    expect(without(q, field, value)).toBe(expected);
  });

  it('on a field is left out for the counts of its values', () => {
    expect(withoutField('x service:a -service:b code:1', 'service')).toBe('x code:1');
  });
});

describe('whatever is asked and whatever the field and value', () => {
  const fields = fc.oneof(
    fc.constantFrom('service', 'payload', 'event_id'),
    texts.map((name) => `tags.${name}`),
  );
  const expressions = fc.oneof(
    { weight: 3, arbitrary: filters.map(printFilter) },
    { weight: 1, arbitrary: fc.constantFrom('', 'a OR b', 'a OR a(', '-a', '"a"', 'service:(a OR 10)') },
  );
  /** An entry, with a value of one of its fields, or of none. */
  const cases = fc.tuple(entries, fields, texts, fc.boolean()).map(([entry, field, text, isOwn]) => {
    const own = isOwn ? valuesOf(entry, field)[0] : undefined;
    return { entry, field, value: own ?? text };
  });

  it('what comes out can be read, and finds of what it found those with the value, or without it', () => {
    let found = 0;
    fc.assert(
      fc.property(expressions, cases, (q, { entry, field, value }) => {
        const has = valuesOf(entry, field).includes(value);
        const known = howIn(q, field, value);
        // A condition that was there for the opposite is gone.
        const asked = predicateOf(known === 'out' ? without(q, field, value) : q)(entry);
        expect(predicateOf(refine(q, { field, value, how: 'for' }))(entry)).toBe(asked && has);
        const out = predicateOf(refine(q, { field, value, how: 'out' }))(entry);
        expect(out).toBe(predicateOf(known === 'for' ? without(q, field, value) : q)(entry) && !has);
        if (has) found += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('a condition that was added is known, and without it the expression means what it did', () => {
    fc.assert(
      fc.property(expressions, cases, (q, { field, value }) => {
        fc.pre(howIn(q, field, value) === undefined);
        const meant = parseFilter(q, CONTEXT);
        for (const how of ['for', 'out'] as const) {
          const refined = refine(q, { field, value, how });
          expect(howIn(refined, field, value)).toBe(how);
          const back = parseFilter(without(refined, field, value), CONTEXT);
          expect(back).toEqual(q.trim() === '*' ? EVERYTHING : meant);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('one severity after another, in and out, is the set that was chosen', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...SEVERITIES), fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(steps, entries, (all, entry) => {
        let q = '';
        const chosen = new Set<string>();
        for (const [value, isIn] of all) {
          q = isIn ? refine(q, { field: 'severity', value, how: 'add' }) : without(q, 'severity', value);
          if (isIn) chosen.add(value);
          else chosen.delete(value);
          // All of them are no condition.
          if (chosen.size === SEVERITIES.length) chosen.clear();
        }
        expect(predicateOf(q)(entry)).toBe(chosen.size === 0 || chosen.has(entry.severity));
      }),
      { numRuns: 1_000 },
    );
  });
});

function valuesOf(entry: Filtered, field: string): readonly string[] {
  if (field === 'service') return [entry.serviceName];
  if (field === 'payload') return [entry.payload];
  if (field === 'event_id') return [entry.eventId];
  const value = findTag(parseTags(entry.tags), field.slice('tags.'.length));
  return [value].flat().flatMap((each) => textOf(each) ?? []);
}
