import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../../packages/log/src/limits.ts';
import { pubSubSink } from '../../../packages/log/src/pubsub-sink.ts';
import { Sender } from '../../../packages/log/src/sender.ts';
import type { Sink } from '../../../packages/log/src/sink.ts';

const USUAL = {
  maxEntries: 100_000,
  maxBytes: 64 * 1024 * 1024,
  batchWaitMs: 50,
  batchEntries: 1_000,
  batchBytes: 1_000_000,
};

describe('the limits of a sender', () => {
  it('are the usual ones where nothing is said', () => {
    const nothing = { maxEntries: undefined, maxBytes: undefined, batchWaitMs: NaN, batchEntries: undefined };
    expect(limitsOf({ ...nothing, batchBytes: 7 }, {})).toEqual({ ...USUAL, batchBytes: 7 });
  });

  it('are never less than can be worked with', () => {
    const none = { maxEntries: 0, maxBytes: -1, batchWaitMs: -5, batchEntries: 0, batchBytes: 0 };
    const least = { maxEntries: 1, maxBytes: 1, batchWaitMs: 0, batchEntries: 1, batchBytes: 1 };
    expect(limitsOf(none, {})).toEqual(least);
  });

  it('are no more than Pub/Sub takes, towards Pub/Sub', () => {
    const wanted = { batchEntries: 5_000, batchBytes: 50_000_000 };
    const sink = pubSubSink({ topic: 't', emulatorHost: '127.0.0.1:1' });
    expect(limitsOf(wanted, sink)).toEqual({ ...USUAL, batchEntries: 1_000, batchBytes: 9_000_000 });
    expect(limitsOf(wanted, {})).toMatchObject(wanted);
  });

  it.each([
    ['none', 0, 1],
    ['half an entry', 0.5, 1],
    ['undefined', undefined, 5],
    ['more than the sink takes', 100, 3],
  ])('batches of %s: what is sent has at most %s of 5, that is %s', async (_what, batchEntries, largest) => {
    const sizes: number[] = [];
    const sink: Sink = {
      name: 'there',
      maxEntryBytes: 1_000,
      ...(batchEntries === 100 && { maxBatchEntries: 3 }),
      send(batch) {
        sizes.push(batch.length);
        return Promise.resolve({ confirmed: batch.length, refused: 0 });
      },
      close() {},
    };
    const sender = new Sender(sink, () => {}, { batchEntries });
    for (let n = 0; n < 5; n += 1) sender.add(Buffer.from('x'));
    expect(await sender.close(5_000)).toMatchObject({ confirmed: 5 });
    expect(Math.max(...sizes)).toBe(largest);
  });
});
