import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rejection } from '../../src/logs/rejection.ts';
import { writeOrBisect, type BatchPart } from '../../src/pipeline/bisect.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { ids, sampleDelivery, sampleEntry } from '../support/samples.ts';

test('a batch without a bad row is one transaction', async () => {
  const { store, outcome } = await write(ids('row', 1_000), []);
  expect(store.writes).toHaveLength(1);
  expect(outcome.committed).toHaveLength(1_000);
  expect(outcome.result).toEqual({ stored: 1_000, duplicates: 0 });
});

test('one bad row in 5,000 costs its own row, and at most 26 transactions', async () => {
  const { store, outcome } = await write(ids('row', 5_000), ['row1234']);
  expect(outcome.refused).toEqual(['row1234']);
  expect(outcome.committed).toHaveLength(4_999);
  expect(store.rows.size).toBe(4_999);
  expect(store.writes.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(5_000)) + 1);
});

test('the rejection names the code and the words of the database, and not more than 500 characters of them', async () => {
  const badId = 'x'.repeat(600);
  const { outcome } = await write([badId, 'good'], [badId]);
  const rejection = outcome.rejections[0]!;
  expect(rejection.code).toBe('row_refused');
  expect(rejection.reason).toMatch(/^ER_DATA_TOO_LONG: Data too long for column 'payload' \(x+$/);
  expect(rejection.reason).toHaveLength(500);
});

test('a batch of bad rows only is refused row by row', async () => {
  const { store, outcome } = await write(ids('row', 7), ids('row', 7));
  expect(outcome.refused.toSorted()).toEqual(ids('row', 7));
  expect(store.rows.size).toBe(0);
  expect(store.writes).toHaveLength(2 * 7 - 1);
});

test('duplicates are reported with the part that held them', async () => {
  const store = new MemoryStore();
  await store.write([sampleEntry('row0'), sampleEntry('row5')]);
  const { outcome } = await write(ids('row', 8), ['row3'], store);
  expect(outcome.result).toEqual({ stored: 5, duplicates: 2 });
});

test('a fatal error midway stops the write; what was not written is reported once, what was committed stays so', async () => {
  const store = new MemoryStore();
  store.script.push('pass', 'pass', 'fatal');
  const { outcome } = await write(ids('row', 8), ['row7'], store);
  expect(outcome.committed).toEqual(ids('row', 4));
  expect(outcome.refused).toEqual([]);
  expect(outcome.unwritten.toSorted()).toEqual(['row4', 'row5', 'row6', 'row7']);
  expect(outcome.error).toMatchObject({ verdict: 'fatal', code: 'ER_NO_SUCH_TABLE' });
});

test('any mix of bad rows and failures: every row is reported exactly once, in a logarithmic number of transactions', async () => {
  const batch = fc.integer({ min: 1, max: 300 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      bad: fc.uniqueArray(fc.nat(size - 1), { maxLength: 6 }),
      failsAfter: fc.option(fc.nat(20), { nil: undefined }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(batch, async ({ size, bad, failsAfter }) => {
      const all = ids('row', size);
      const badIds = bad.map((index) => all[index]!);
      const store = new MemoryStore();
      if (failsAfter !== undefined) {
        store.script.push(...Array.from({ length: failsAfter }, () => 'pass' as const), 'fatal');
      }
      const { outcome } = await write(all, badIds, store);
      const { committed, refused, unwritten } = outcome;
      expect([...committed, ...refused, ...unwritten].toSorted()).toEqual(all.toSorted());
      expect(committed.toSorted()).toEqual([...store.rows.keys()].toSorted());
      if (outcome.error === undefined) expect(refused.toSorted()).toEqual(badIds.toSorted());
      expect(store.writes.length).toBeLessThanOrEqual(1 + 2 * bad.length * Math.ceil(Math.log2(size) + 1));
    }),
  );
});

interface Outcome {
  readonly committed: string[];
  readonly refused: string[];
  readonly rejections: Rejection[];
  readonly unwritten: string[];
  readonly result: { stored: number; duplicates: number };
  error: unknown;
}

async function write(all: readonly string[], bad: readonly string[], store = new MemoryStore()) {
  for (const id of bad) store.refused.add(id);
  const batch = { entries: all.map(sampleEntry), deliveries: all.map((id) => sampleDelivery(id)) };
  const result = { stored: 0, duplicates: 0 };
  const outcome: Outcome = {
    committed: [],
    refused: [],
    rejections: [],
    unwritten: [],
    result,
    error: undefined,
  };
  const unwritten = await writeOrBisect(store, batch, {
    committed: (part, { stored, duplicates }) => {
      outcome.committed.push(...idsOf(part));
      result.stored += stored;
      result.duplicates += duplicates;
    },
    refused: ({ messageId }, rejection) => {
      outcome.refused.push(messageId);
      outcome.rejections.push(rejection);
    },
  });
  outcome.unwritten.push(...(unwritten?.deliveries ?? []).map(({ messageId }) => messageId));
  outcome.error = unwritten?.error;
  return { store, outcome };
}

/** A part's entries must still stand beside their own deliveries. */
function idsOf({ entries, deliveries }: BatchPart): string[] {
  const messageIds = deliveries.map(({ messageId }) => messageId);
  expect(entries.map(({ eventId }) => eventId)).toEqual(messageIds);
  return messageIds;
}
