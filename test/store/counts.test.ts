import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/logs/severity.ts';
import { Counts } from '../../src/store/counts.ts';
import { ANY_SEVERITY } from '../../src/store/rollups.ts';
import { entry } from '../contract/store-entries.ts';

const anyEntry = fc
  .record({
    timestamp: fc.constantFrom(
      '2026-01-01 00:00:00.000000',
      '2026-01-01 00:00:59.999999',
      '2026-01-01 00:01:00.000000',
      '2026-01-01 05:01:00.000000',
      '2026-01-02 05:01:00.000000',
    ),
    serviceName: fc.constantFrom('alpha', 'bravo', 'Alpha', '__proto__', '😀'),
    severity: fc.constantFrom(...SEVERITIES),
  })
  .map((changes) => entry(changes));

describe('Counts', () => {
  it('every entry is counted once by key and once by minute, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (batch) => {
        const counts = new Counts();
        for (const each of batch) counts.add(each);
        for (const { serviceName, severity, count } of counts.byKey()) {
          const same = batch.filter((each) => each.serviceName === serviceName && each.severity === severity);
          expect(count).toBe(same.length);
        }
        for (const { minute, serviceName, severity, count } of counts.byMinute()) {
          const same = batch.filter(
            (each) =>
              `${each.timestamp.slice(0, 16)}:00` === minute &&
              each.serviceName === serviceName &&
              each.severity === severity,
          );
          expect(count).toBe(same.length);
        }
        expect(sum(counts.byKey())).toBe(batch.length);
        expect(sum(counts.byMinute())).toBe(batch.length);
      }),
    );
  });

  it('sums are those of the minutes, over hours and days, by service and over all', () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (batch) => {
        const counts = new Counts();
        for (const each of batch) counts.add(each);
        const minutes = counts.byMinute();
        for (const { width, level, start, counts: sums } of counts.byRollup()) {
          const length = { 1: 16, 60: 13, 1440: 10 }[width];
          const [isByService, isBySeverity] = [level !== 0, level !== 2];
          for (const { serviceName, severity, count } of sums) {
            const of = minutes.filter(
              (each) =>
                each.minute.slice(0, length) === start.slice(0, length) &&
                (!isBySeverity || each.severity === severity) &&
                (!isByService || each.serviceName === serviceName),
            );
            expect(isByService || serviceName === '').toBe(true);
            expect(isBySeverity || severity === ANY_SEVERITY).toBe(true);
            expect(count).toBe(sum(of));
          }
          const all = minutes.filter((each) => each.minute.slice(0, length) === start.slice(0, length));
          expect(sum(sums)).toBe(sum(all));
        }
        expect(counts.byRollup()).toHaveLength(
          new Set(minutes.map(({ minute }) => minute)).size +
            3 * new Set(minutes.map(({ minute }) => minute.slice(0, 13))).size +
            3 * new Set(minutes.map(({ minute }) => minute.slice(0, 10))).size,
        );
      }),
    );
  });

  it('the order of the results does not depend on the order of the entries', () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (batch) => {
        const [forward, backward] = [batch, batch.toReversed()].map((list) => {
          const counts = new Counts();
          for (const each of list) counts.add(each);
          return [counts.byKey(), counts.byMinute(), counts.byRollup()];
        });
        expect(forward).toEqual(backward);
      }),
    );
  });

  it('nothing counted is nothing', () => {
    expect([new Counts().byKey(), new Counts().byMinute()]).toEqual([[], []]);
  });
});

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
