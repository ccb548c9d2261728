import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchOutcome, type BatchPart, writeOrBisect } from '../../src/pipeline/bisect.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { ids, sampleDelivery, sampleEntry } from '../support/samples.ts';

it('a batch without a bad row is one transaction', async () => {
  const { store, outcome } = await write(ids('row', 1_000), []);
  expect(store.writes).toHaveLength(1);
  expect(outcome.committed).toHaveLength(1_000);
  expect(outcome.result).toEqual({ stored: 1_000, duplicates: 0 });
});

it('one bad row in 5,000 costs its own row, and at most 26 transactions', async () => {
  const { store, outcome } = await write(ids('row', 5_000), ['row1234']);
  expect(outcome.refused).toEqual(['row1234']);
  expect(outcome.committed).toHaveLength(4_999);
  expect(store.rows.size).toBe(4_999);
  expect(store.writes.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(5_000)) + 1);
});

it('a batch of bad rows only is refused row by row', async () => {
  const { store, outcome } = await write(ids('row', 7), ids('row', 7));
  expect(outcome.refused.toSorted()).toEqual(ids('row', 7));
  expect(store.rows.size).toBe(0);
  expect(store.writes).toHaveLength(2 * 7 - 1);
});

it('duplicates are reported with the part that held them', async () => {
  const store = new MemoryStore();
  await store.write([sampleEntry('row0'), sampleEntry('row5')]);
  const { outcome } = await write(ids('row', 8), ['row3'], store);
  expect(outcome.result).toEqual({ stored: 5, duplicates: 2 });
});

it('a fatal error midway stops the write; what was not written is reported once, what was committed stays so', async () => {
  const store = new MemoryStore();
  store.script.push('pass', 'pass', 'fatal');
  const { outcome } = await write(ids('row', 8), ['row7'], store);
  expect(outcome.committed).toEqual(ids('row', 4));
  expect(outcome.refused).toEqual([]);
  expect(outcome.unwritten.toSorted()).toEqual(['row4', 'row5', 'row6', 'row7']);
  expect(outcome.error).toMatchObject({ verdict: 'fatal', code: 'ER_NO_SUCH_TABLE' });
});

describe('a table that is at fault', () => {
  it('is known after a few dozen transactions, however large the batch; every row is refused alone or left', async () => {
    const { store, outcome, hopelessCode } = await write(ids('row', 10_000), ids('row', 10_000));
    expect(hopelessCode).toBe('ER_DATA_TOO_LONG');
    expect(store.writes.length).toBeLessThanOrEqual(60);
    expect(outcome.committed).toEqual([]);
    expect([...outcome.refused, ...outcome.unwritten].toSorted()).toEqual(ids('row', 10_000).toSorted());
  });

  it.for([
    ['every second row', (index: number) => index % 2 === 1],
    ['all rows of the second half', (index: number) => index >= 5_000],
    ['all rows of the first half', (index: number) => index < 5_000],
  ] as const)('is known when it refuses %s', async ([, isRefused]) => {
    const all = ids('row', 10_000);
    const bad = all.filter((_, index) => isRefused(index));
    const { store, outcome, hopelessCode } = await write(all, bad);
    expect(hopelessCode).toBe('ER_DATA_TOO_LONG');
    expect(store.writes.length).toBeLessThanOrEqual(300);
    expect(outcome.unwritten.length).toBeGreaterThan(2_000);
    const { committed, refused, unwritten } = outcome;
    expect([...committed, ...refused, ...unwritten].toSorted()).toEqual(all.toSorted());
    expect(committed.toSorted()).toEqual([...store.rows.keys()].toSorted());
  });

  it.for([
    ['side by side at its beginning', (index: number) => index],
    ['all over it', (index: number) => index * 49 + 7],
  ] as const)('is not it when 100 of 5,000 rows are bad, %s', async ([, place]) => {
    const all = ids('row', 5_000);
    const bad = Array.from({ length: 100 }, (_, index) => all[place(index)]!);
    const { outcome, hopelessCode } = await write(all, bad);
    expect(hopelessCode).toBeUndefined();
    expect(outcome.refused.toSorted()).toEqual(bad.toSorted());
    expect(outcome.committed).toHaveLength(4_900);
  });

  it('a failure while the sample is tried leaves every row in one place', async () => {
    const store = new MemoryStore();
    const all = ids('row', 1_000);
    // Down to the tenth refused row it takes 27 transactions; then comes the sample.
    store.script.push(...Array.from({ length: 30 }, () => 'pass' as const), 'fatal');
    const { outcome } = await write(all, all, store);
    expect(outcome.error).toMatchObject({ verdict: 'fatal' });
    expect([...outcome.refused, ...outcome.unwritten].toSorted()).toEqual(all.toSorted());
  });
});

it('any mix of bad rows and failures: every row is reported exactly once, in a logarithmic number of transactions', async () => {
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
    unwritten: [],
    result,
    error: undefined,
  };
  const batchOutcome = await writeOrBisect(batch, {
    store,
    committed: (part, { stored, duplicates }) => {
      outcome.committed.push(...idsOf(part));
      result.stored += stored;
      result.duplicates += duplicates;
    },
  });
  outcome.refused.push(...refusedIds(batchOutcome));
  outcome.unwritten.push(...idsOf(batchOutcome.left));
  outcome.error = batchOutcome.failure?.error;
  return { store, outcome, hopelessCode: batchOutcome.hopelessCode };
}

function refusedIds({ refused }: BatchOutcome): string[] {
  return refused.map(({ entry, delivery }) => {
    expect(entry.eventId).toBe(delivery.messageId);
    return entry.eventId;
  });
}

/** A part's entries must still stand beside their own deliveries. */
function idsOf({ entries, deliveries }: BatchPart): string[] {
  const messageIds = deliveries.map(({ messageId }) => messageId);
  expect(entries.map(({ eventId }) => eventId)).toEqual(messageIds);
  return messageIds;
}
