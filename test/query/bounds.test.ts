import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Bounds, boundsOf, isDecidedByMinuteCounts } from '../../src/query/bounds.ts';
import { isMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { type Filtered, matches } from '../../src/query/predicate.ts';
import { entries, filters } from './arbitraries.ts';

function isWithin({ from, to, services, severities }: Bounds, entry: Filtered): boolean {
  return (
    (from === undefined || entry.timestamp >= from) &&
    (to === undefined || entry.timestamp < to) &&
    (services?.includes(entry.serviceName) ?? true) &&
    (severities?.includes(entry.severity) ?? true)
  );
}

function parsed(expression: string) {
  const filter = parseFilter(expression, { nowMs: Date.UTC(2026, 10, 25, 14, 7, 5), zone: 'UTC' });
  return isMistake(filter) ? expect.fail(filter.message) : filter;
}

it('whatever a filter matches lies within its bounds', () => {
  let found = 0;
  fc.assert(
    fc.property(filters, fc.array(entries, { minLength: 1, maxLength: 5 }), (filter, some) => {
      const matching = some.filter(matches(filter));
      found += matching.length;
      expect(matching.filter((entry) => !isWithin(boundsOf(filter), entry))).toEqual([]);
    }),
    { numRuns: 5_000 },
  );
  expect(found).toBeGreaterThan(1_000);
});

const MINUTE = '2026-11-25 14:00:00.000000';

it.each<[string, Bounds]>([
  ['*', {}],
  ['timeout user:bot', {}],
  ['service:a severity>=warn x', { services: ['a'], severities: ['warn', 'error', 'fatal'] }],
  ['service:a OR service:(b OR a)', { services: ['a', 'b'] }],
  ['service:a OR x', {}],
  ['service:a* -service:b', {}],
  ['-severity:debug', { severities: ['info', 'warn', 'error', 'fatal'] }],
  ['-(service:a OR severity>=error)', { severities: ['debug', 'info', 'warn'] }],
  ['-(service:a severity>=error)', {}],
  ['service:a service:b', { services: [] }],
  ['(service:a service:b) OR service:c', { services: ['c'] }],
  ['-*', { severities: [] }],
  ['time>=14:00', { from: MINUTE }],
  ['time>2026-11-25T14:00:00', { from: '2026-11-25 14:00:00.000001' }],
  ['time<=2026-11-25T13:59:59.999999', { to: MINUTE }],
  [
    'time=2026-12-31T23:59:59.999999',
    { from: '2026-12-31 23:59:59.999999', to: '2027-01-01 00:00:00.000000' },
  ],
  ['time>9999-12-31T23:59:59.999999', { severities: [] }],
  ['time<=9999-12-31T23:59:59.999999', {}],
  ['-time>=14:00', { to: MINUTE }],
  ['time>=14:00 time>=13:00 time<15:00', { from: MINUTE, to: '2026-11-25 15:00:00.000000' }],
  ['time:14:00 OR time:yesterday', { from: '2026-11-24 00:00:00.000000', to: '2026-11-25 14:01:00.000000' }],
  ['(time>=15:00 time<14:00) OR time:14:00', { from: MINUTE, to: '2026-11-25 14:01:00.000000' }],
  ['-* OR time>=14:00', { from: MINUTE }],
  ['time!=14:00', {}],
])('the bounds of %s', (expression, bounds) => {
  expect(boundsOf(parsed(expression))).toEqual(bounds);
});

it('what is decided by minute counts is alike for all entries of a minute, service and severity', () => {
  let decided = 0;
  fc.assert(
    fc.property(filters, entries, entries, (filter, one, other) => {
      if (!isDecidedByMinuteCounts(filter)) return;
      decided += 1;
      const { serviceName, severity, timestamp } = one;
      const alike = {
        ...other,
        serviceName,
        severity,
        timestamp: `${timestamp.slice(0, 17)}${other.timestamp.slice(17)}`,
      };
      expect(matches(filter)(alike)).toBe(matches(filter)(one));
    }),
    { numRuns: 20_000 },
  );
  expect(decided).toBeGreaterThan(1_000);
});

it.each([
  ['*', true],
  ['service:a* -severity>=warn time>=14:00 time<15:00', true],
  ['time:2026-11-25 (service:a OR service:b)', true],
  ['event_id:*', true],
  ['time>14:00', false],
  ['time>=2026-11-25T14:00:01', false],
  ['service:a x', false],
  ['-user:*', false],
  ['payload:a', false],
])('whether %s is decided by minute counts: %s', (expression, isDecided) => {
  expect(isDecidedByMinuteCounts(parsed(expression))).toBe(isDecided);
});
