import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { sortedDistinct } from '../../src/store/batch.ts';
import { entry } from '../contract/store-entries.ts';

const anyEntry = fc
  .record({
    timestamp: fc.constantFrom(
      '2026-01-01 00:00:00.000000',
      '2026-01-01 00:00:00.000001',
      '2025-12-31 23:59:59.999999',
    ),
    eventId: fc.constantFrom('a', 'B', 'b', 'aa', '10', '9'),
    payload: fc.string({ maxLength: 3 }),
  })
  .map((changes) => entry(changes));

const key = ({ timestamp, eventId }: LogEntry): string => `${timestamp}|${eventId}`;

describe('sortedDistinct', () => {
  it('keeps the first entry of every key, in order of the keys, and leaves the batch alone', () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (batch) => {
        const before = [...batch];
        const kept = sortedDistinct(batch);
        expect(batch).toEqual(before);
        const firstOfKey = new Map(batch.toReversed().map((each) => [key(each), each]));
        expect(new Set(kept)).toEqual(new Set(firstOfKey.values()));
        expect(kept.map(key)).toEqual([...firstOfKey.keys()].toSorted());
      }),
    );
  });
});
