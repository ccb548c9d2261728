import { describe, expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import { type WriteOutcome } from '../support/memory-store.ts';
import { ids } from '../support/samples.ts';
import { openBench } from '../support/worker-bench.ts';

describe('batches', () => {
  it('an interval flush empties the queue in batch-size pieces: 25 at size 10 go as 10, 10, 5', async () => {
    const bench = openBench({ maxRows: 10, flushesInFlight: 1 });
    const commit = Promise.withResolvers<WriteOutcome>();
    bench.store.script.push(commit.promise);
    await bench.deliver(...ids('first', 10));
    await bench.deliver(...ids('a', 9));
    await bench.clock.advance(1_000);
    await bench.deliver(...ids('b', 16));
    await bench.clock.advance(60_000);
    commit.resolve('pass');
    await settled();
    expect(bench.store.committedSizes).toEqual([10, 10, 10, 5]);
    expect(bench.worker.ledger.flushes).toEqual({ size: 1, bytes: 0, interval: 3, drain: 0 });
  });

  it('the interval is counted from the oldest message, and is set again after every flush', async () => {
    const bench = openBench();
    for (const round of ids('round', 3)) {
      await bench.clock.advance(7 * 60_000);
      await bench.deliver(`${round}-old`);
      await bench.clock.advance(30_000);
      await bench.deliver(`${round}-young`);
      await bench.clock.advance(29_999);
      const before = bench.ackedIds.length;
      await bench.clock.advance(1);
      expect(bench.ackedIds.length - before).toBe(2);
    }
    expect(bench.worker.ledger.flushes.interval).toBe(3);
    expect(bench.clock.timers).toBe(0);
  });

  it('a full batch in between does not put off what is left of it', async () => {
    const bench = openBench();
    await bench.deliver(...ids('a', 4));
    await bench.clock.advance(59_000);
    await bench.deliver(...ids('b', 8));
    expect(bench.store.committedSizes).toEqual([10]);
    await bench.clock.advance(59_999);
    expect(bench.store.committedSizes).toEqual([10]);
    await bench.clock.advance(1);
    expect(bench.store.committedSizes).toEqual([10, 2]);
  });

  it('a batch is closed at its bytes', async () => {
    const bench = openBench({ maxBytes: 2_000 });
    await bench.deliver(...ids('a', 5));
    expect(bench.store.committedSizes).toEqual([3]);
    expect(bench.worker.ledger.flushes.bytes).toBe(1);
  });

  it('every flush that stored something logs one line: reason, rows, duplicates, milliseconds', async () => {
    const bench = openBench();
    await bench.deliver(...ids('a', 10));
    bench.store.script.push('transient');
    await bench.deliver('a0', ...ids('b', 9));
    await bench.clock.advance(100);
    expect(bench.log.told).toMatchObject([
      { level: 'info', message: 'flushed', fields: { reason: 'size', rows: 10, duplicates: 0, ms: 0 } },
      { level: 'info', message: 'flushed', fields: { reason: 'size', rows: 9, duplicates: 1 } },
    ]);
    expect(bench.log.told[1]!.fields['ms']).toBeGreaterThan(0);
  });
});

describe('bounded', () => {
  it('the database hangs: as many writes as there are places, and no row is written by two of them', async () => {
    const bench = openBench({ flushesInFlight: 2 });
    bench.store.outcome = 'hang';
    for (let response = 0; response < 20; response += 1) {
      await bench.deliver(...ids(`${String(response)}-`, 10));
      await bench.clock.advance(60_000);
    }
    expect(bench.store.writes).toHaveLength(2);
    expect(bench.store.mostAtOnce).toBe(2);
    expect(bench.source.held).toBe(200);
  });

  it('the next batch is written beside one that takes long', async () => {
    const bench = openBench({ flushesInFlight: 2 });
    bench.store.script.push('hang');
    await bench.deliver(...ids('stuck', 10));
    await bench.deliver(...ids('a', 10));
    await bench.deliver(...ids('b', 10));
    expect(bench.ackedIds).toEqual([...ids('a', 10), ...ids('b', 10)]);
  });
});
