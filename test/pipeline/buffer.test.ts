import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, BatchBuffer, type BatchLimits } from '../../src/pipeline/buffer.ts';
import { ids, sampleDelivery, sampleEntry } from '../support/samples.ts';

const LIMITS: BatchLimits = { maxRows: 10, maxBytes: 10_000, flushIntervalMs: 60_000 };

describe('a batch is flushed', () => {
  it('when it has its rows, not before', () => {
    const buffer = new BatchBuffer(LIMITS);
    fill(buffer, ids('a', 9));
    expect(buffer.take(0)).toBeUndefined();
    fill(buffer, ['b']);
    expect(shape(buffer.take(0))).toEqual(['size', 10]);
    expect(buffer.rows).toBe(0);
  });

  it('when it has its bytes, with as many rows as fit', () => {
    const buffer = new BatchBuffer({ ...LIMITS, maxBytes: 1_000 });
    fill(buffer, ids('a', 3), { bytes: 300 });
    expect(buffer.take(0)).toBeUndefined();
    fill(buffer, ['b'], { bytes: 300 });
    expect(shape(buffer.take(0))).toEqual(['bytes', 3]);
    expect(buffer.rows).toBe(1);
  });

  it('at exactly its bytes with all its rows', () => {
    const buffer = new BatchBuffer({ ...LIMITS, maxBytes: 900 });
    fill(buffer, ids('a', 3), { bytes: 300 });
    expect(shape(buffer.take(0))).toEqual(['bytes', 3]);
  });

  it('for its bytes, and says so, when bytes cut off what rows would allow', () => {
    const buffer = new BatchBuffer({ ...LIMITS, maxBytes: 1_000 });
    fill(buffer, ids('a', 10), { bytes: 300 });
    expect(shape(buffer.take(0))).toEqual(['bytes', 3]);
  });

  it('of one entry that is larger than a whole batch, alone', () => {
    const buffer = new BatchBuffer({ ...LIMITS, maxBytes: 1_000 });
    fill(buffer, ['huge'], { bytes: 50_000 });
    fill(buffer, ids('a', 2));
    expect(shape(buffer.take(0))).toEqual(['bytes', 1]);
    expect(buffer.take(0)).toBeUndefined();
    expect(buffer.rows).toBe(2);
  });

  it('when its oldest entry has waited for the interval, counted from when it was received', () => {
    const buffer = new BatchBuffer(LIMITS);
    fill(buffer, ['old'], { receivedAtMs: 1_000 });
    fill(buffer, ['young'], { receivedAtMs: 50_000 });
    expect(buffer.dueAtMs()).toBe(61_000);
    expect(buffer.take(60_999)).toBeUndefined();
    expect(shape(buffer.take(61_000))).toEqual(['interval', 2]);
    expect(buffer.dueAtMs()).toBeUndefined();
  });

  it('at once when it drains, however little is in it', () => {
    const buffer = new BatchBuffer(LIMITS);
    fill(buffer, ids('a', 12));
    buffer.drain();
    expect(takeEach(buffer, 0).map(shape)).toEqual([
      ['drain', 10],
      ['drain', 2],
    ]);
    fill(buffer, ['late']);
    expect(shape(buffer.take(0))).toEqual(['drain', 1]);
  });

  it('never when it is empty', () => {
    const buffer = new BatchBuffer(LIMITS);
    expect(buffer.take(Number.MAX_SAFE_INTEGER)).toBeUndefined();
    buffer.drain();
    expect(buffer.take(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });
});

describe('an interval flush', () => {
  it('empties the queue in batch-size pieces: 25 at size 10 go as 10, 10, 5', () => {
    const buffer = new BatchBuffer(LIMITS);
    fill(buffer, ids('a', 9), { receivedAtMs: 0 });
    fill(buffer, ids('b', 16), { receivedAtMs: 100 });
    expect(takeEach(buffer, 60_000).map(shape)).toEqual([
      ['interval', 10],
      ['interval', 10],
      ['interval', 5],
    ]);
  });

  it('puts nothing off to the next cycle: what came after the entry that fell due goes with it', () => {
    const buffer = new BatchBuffer(LIMITS);
    fill(buffer, ['due'], { receivedAtMs: 0 });
    fill(buffer, ids('fresh', 12), { receivedAtMs: 59_999 });
    expect(takeEach(buffer, 60_000).map(shape)).toEqual([
      ['interval', 10],
      ['interval', 3],
    ]);
  });

  it('goes on after a pause between its pieces; what arrived meanwhile fills the last one, the rest has its own interval', () => {
    const buffer = new BatchBuffer(LIMITS);
    fill(buffer, ids('due', 15), { receivedAtMs: 0 });
    expect(shape(buffer.take(60_000))).toEqual(['interval', 10]);
    fill(buffer, ids('late', 8), { receivedAtMs: 60_001 });
    expect(buffer.dueAtMs()).toBe(120_001);
    expect(shape(buffer.take(60_002))).toEqual(['interval', 10]);
    expect(buffer.take(60_002)).toBeUndefined();
    expect(shape(buffer.take(120_001))).toEqual(['interval', 3]);
  });
});

it('takeAll returns everything that waits, in order, and leaves the buffer as new', () => {
  const buffer = new BatchBuffer({ ...LIMITS, maxBytes: 1_000 });
  fill(buffer, ids('a', 4), { bytes: 300 });
  expect(buffer.takeAll().map(({ messageId }) => messageId)).toEqual(ids('a', 4));
  expect(buffer.rows).toBe(0);
  fill(buffer, ids('b', 3), { bytes: 300 });
  expect(buffer.take(0)).toBeUndefined();
});

it('whatever comes and whenever it is taken: order is kept, nothing is lost, limits and intervals hold', () => {
  const step = fc.record({
    waitMs: fc.nat(400),
    bytes: fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 15 }),
  });
  const limits = fc.record({
    maxRows: fc.integer({ min: 1, max: 8 }),
    maxBytes: fc.integer({ min: 1, max: 1_000 }),
    flushIntervalMs: fc.integer({ min: 1, max: 1_000 }),
  });
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 30 }), (bounds, steps) => {
      const buffer = new BatchBuffer(bounds);
      const pushed: string[] = [];
      const taken: string[] = [];
      let nowMs = 0;
      for (const { waitMs, bytes } of steps) {
        nowMs += waitMs;
        for (const size of bytes) {
          pushed.push(String(pushed.length));
          fill(buffer, [pushed.at(-1)!], { bytes: size, receivedAtMs: nowMs });
        }
        for (const batch of takeEach(buffer, nowMs)) {
          requireWithin(batch, bounds);
          taken.push(...batch.deliveries.map(({ messageId }) => messageId));
        }
        expect(buffer.dueAtMs() ?? Infinity).toBeGreaterThan(nowMs);
        expect(buffer.rows).toBeLessThan(bounds.maxRows);
      }
      taken.push(...buffer.takeAll().map(({ messageId }) => messageId));
      expect(taken).toEqual(pushed);
    }),
  );
});

function requireWithin({ entries, deliveries }: Batch, { maxRows, maxBytes }: BatchLimits): void {
  expect(entries.map(({ eventId }) => eventId)).toEqual(deliveries.map(({ messageId }) => messageId));
  expect(entries.length).toBeLessThanOrEqual(maxRows);
  const bytes = deliveries.reduce((sum, delivery) => sum + delivery.bytes, 0);
  if (deliveries.length > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);
}

function fill(
  buffer: BatchBuffer,
  messageIds: readonly string[],
  options: { readonly receivedAtMs?: number; readonly bytes?: number } = {},
): void {
  for (const id of messageIds) buffer.push(sampleEntry(id), sampleDelivery(id, options));
}

function takeEach(buffer: BatchBuffer, nowMs: number): Batch[] {
  const batches: Batch[] = [];
  for (let batch = buffer.take(nowMs); batch !== undefined; batch = buffer.take(nowMs)) batches.push(batch);
  return batches;
}

function shape(batch: Batch | undefined): [string, number] | undefined {
  return batch && [batch.reason, batch.entries.length];
}
