import { describe, expect, it } from 'vitest';
import { ids } from '../support/samples.ts';
import { openBench } from '../support/worker-bench.ts';

describe('a worker tells', () => {
  it('each flush that stored something: why, how many rows, how long', async () => {
    const bench = openBench();
    bench.store.script.push('transient');
    await bench.deliver(...ids('a', 10));
    await bench.deliver(...ids('b', 3));
    await bench.clock.advance(60_000);
    expect(bench.events.flushes).toMatchObject([
      { reason: 'size', rows: 10 },
      { reason: 'interval', rows: 3, tookMs: 0 },
    ]);
    // The wait before the retry is part of it.
    expect(bench.events.flushes[0]!.tookMs).toBeGreaterThan(0);
  });

  it('no flush that stored nothing', async () => {
    const bench = openBench({ maxRows: 1 });
    bench.store.refused.add('a');
    await bench.deliver('a');
    expect(bench.store.writes).toHaveLength(1);
    expect(bench.events.flushes).toEqual([]);
  });

  it('each write that failed, by verdict', async () => {
    const bench = openBench();
    bench.store.refused.add('a3');
    bench.store.refusesForRowAlone = true;
    bench.store.script.push('transient', 'transient');
    await bench.deliver(...ids('a', 10));
    await bench.clock.advance(1_000);
    expect(bench.events.failedWrites.slice(0, 2)).toEqual(['transient', 'transient']);
    // The parts with the refused row: of 10 rows, 5, 3, 2 and 1.
    expect(bench.events.failedWrites.slice(2)).toEqual(['row', 'row', 'row', 'row', 'row']);
    bench.store.outcome = 'fatal';
    await bench.deliver(...ids('b', 10));
    expect(bench.events.failedWrites.at(-1)).toBe('fatal');
  });
});

describe('a worker shows', () => {
  it('no outage while all is well', async () => {
    const bench = openBench();
    await bench.deliver(...ids('a', 10));
    expect(bench.worker.outages).toEqual([]);
  });

  it('that the database takes no writes, until it does', async () => {
    const bench = openBench();
    bench.store.outcome = 'transient';
    await bench.deliver(...ids('a', 10));
    await bench.clock.advance(20_000);
    expect(bench.worker.outages).toMatchObject([
      { what: 'the database takes no writes', reason: 'Deadlock found' },
    ]);
    expect(bench.worker.outages[0]!.lastingMs).toBeGreaterThan(19_000);
    bench.store.outcome = 'pass';
    await bench.clock.advance(2_000);
    expect(bench.worker.outages).toEqual([]);
  });

  it('that the dead-letter topic takes no messages, until it does', async () => {
    const bench = openBench();
    bench.deadLetters.outcome = 'unreachable';
    await bench.deliverMalformed('bad');
    await bench.clock.advance(5_000);
    expect(bench.worker.outages).toMatchObject([
      { what: 'the dead-letter topic takes no messages: 1 letter waits', reason: 'no connection' },
    ]);
    bench.deadLetters.outcome = 'pass';
    await bench.clock.advance(30_000);
    expect(bench.worker.outages).toEqual([]);
    expect(Object.fromEntries(bench.worker.ledger.deadLetterCodes)).toEqual({ not_json: 1 });
  });

  it('how long ago its last flush that wrote rows ended', async () => {
    const bench = openBench();
    expect(bench.worker.sinceFlushMs).toBeUndefined();
    await bench.deliver(...ids('a', 10));
    expect(bench.worker.sinceFlushMs).toBe(0);
    bench.store.outcome = 'transient';
    await bench.deliver(...ids('b', 10));
    await bench.clock.advance(20_000);
    expect(bench.worker.sinceFlushMs).toBe(20_000);
  });

  it('that it drains, from the moment it is told to stop', async () => {
    const bench = openBench();
    bench.store.outcome = 'hang';
    await bench.deliver('a');
    expect(bench.worker.draining).toBe(false);
    await bench.stop();
    expect(bench.worker.draining).toBe(true);
  });
});
