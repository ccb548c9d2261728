import { describe, expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import { type WriteOutcome } from '../support/memory-store.ts';
import { ids } from '../support/samples.ts';
import { openBench } from '../support/worker-bench.ts';

const HOUR_MS = 3_600_000;

describe('commit before ack', () => {
  it('nothing is acknowledged while the transaction is open, everything once it committed', async () => {
    const bench = openBench();
    const commit = Promise.withResolvers<WriteOutcome>();
    bench.store.outcome = commit.promise;
    await bench.deliver(...ids('a', 10));
    expect(bench.store.writes).toHaveLength(1);
    expect(bench.ackedIds).toEqual([]);
    commit.resolve('pass');
    await settled();
    expect(bench.ackedIds).toEqual(ids('a', 10));
  });

  it('nothing is acknowledged while the database is down, however long', async () => {
    const bench = openBench();
    bench.store.outcome = 'transient';
    await bench.deliver(...ids('a', 10));
    await bench.clock.advance(HOUR_MS);
    expect(bench.ackedIds).toEqual([]);
    bench.store.outcome = 'pass';
    await bench.clock.advance(2_000);
    expect(bench.ackedIds).toEqual(ids('a', 10));
  });

  it('a message that cannot be decoded is acknowledged only once its dead letter is confirmed', async () => {
    const bench = openBench();
    bench.deadLetters.outcome = 'unreachable';
    await bench.deliverMalformed('bad');
    await bench.clock.advance(HOUR_MS);
    expect(bench.ackedIds).toEqual([]);
    bench.deadLetters.outcome = 'pass';
    await bench.clock.advance(30_000);
    expect(bench.ackedIds).toEqual(['bad']);
    expect(bench.deadLetters.letters[0]!.rejection.code).toBe('not_json');
  });
});

describe('exactly-once effect', () => {
  it('a message that is delivered again is acknowledged again and changes nothing', async () => {
    const bench = openBench();
    await bench.deliver(...ids('a', 10));
    await bench.deliver(...ids('a', 10));
    expect(bench.store.rows.size).toBe(10);
    expect(bench.ackedIds).toHaveLength(20);
    expect(bench.worker.ledger.counts()).toMatchObject({ received: 20, stored: 10, duplicates: 10, held: 0 });
  });

  it('a COMMIT whose reply was lost is counted once', async () => {
    const bench = openBench();
    bench.store.script.push('lost-reply');
    await bench.deliver(...ids('a', 10));
    await bench.clock.advance(100);
    expect(bench.store.rows.size).toBe(10);
    expect(bench.worker.ledger.counts()).toMatchObject({ received: 10, stored: 0, duplicates: 10, held: 0 });
  });

  it('acknowledgements that are lost are counted, and their messages become duplicates', async () => {
    const bench = openBench();
    await bench.deliver(...ids('b', 10));
    bench.source.outcome = 'lose';
    await bench.deliver(...ids('a', 10));
    bench.source.outcome = 'confirm';
    await bench.deliver(...ids('a', 10));
    const { ledger } = bench.worker;
    expect(ledger.acksUnconfirmed).toBe(10);
    expect(ledger.counts()).toMatchObject({ stored: 20, duplicates: 10 });
  });
});

describe('no poison', () => {
  it('one bad row costs its own row: the others are committed, it becomes a dead letter with the reason', async () => {
    const bench = openBench({ maxRows: 5_000 });
    bench.store.refused.add('a4711');
    await bench.deliver(...ids('a', 5_000));
    expect(bench.store.rows.size).toBe(4_999);
    expect(bench.deadLetters.messageIds).toEqual(['a4711']);
    expect(bench.deadLetters.letters[0]!.rejection).toMatchObject({
      code: 'row_refused',
      reason: expect.stringContaining('ER_DATA_TOO_LONG') as string,
    });
    expect(bench.ackedIds).toHaveLength(5_000);
    expect(bench.worker.ledger.batchSizes).toEqual(new Map([[4_999, 1]]));
  });

  it('the rejection names the code and the words of the database, and not more than 500 characters of them', async () => {
    const bench = openBench();
    bench.store.refused.add('a3');
    bench.store.refusesForRowAlone = true;
    bench.store.refusal = { code: 'ER_DATA_TOO_LONG', message: 'x'.repeat(600) };
    await bench.deliver(...ids('a', 10));
    const { code, reason } = bench.deadLetters.letters[0]!.rejection;
    expect(code).toBe('row_refused');
    expect(reason).toMatch(/^ER_DATA_TOO_LONG: x+$/);
    expect(reason).toHaveLength(500);
  });

  it('transient errors never make a dead letter, in the middle of a bisection either', async () => {
    const bench = openBench();
    bench.store.refused.add('a3');
    bench.store.refusesForRowAlone = true;
    bench.store.script.push('transient', 'pass', 'transient', 'transient', 'pass', 'transient');
    await bench.deliver(...ids('a', 10));
    await bench.clock.advance(10_000);
    expect(bench.deadLetters.messageIds).toEqual(['a3']);
    expect(bench.store.rows.size).toBe(9);
  });

  it('messages that cannot be decoded do not wait for a batch and do not hold one up', async () => {
    const bench = openBench();
    await bench.deliverMalformed(...ids('bad', 100));
    await bench.deliver(...ids('a', 10));
    expect(bench.deadLetters.letters).toHaveLength(100);
    expect(bench.store.rows.size).toBe(10);
    expect(bench.ended).toBe('no');
  });
});

it('accounted: every message is in one column of the ledger', async () => {
  const bench = openBench();
  bench.store.refused.add('a5');
  bench.store.refusesForRowAlone = true;
  await bench.deliver(...ids('a', 10));
  await bench.deliver('a0', 'a1', ...ids('b', 8));
  await bench.deliverMalformed(...ids('bad', 3));
  await bench.deliver(...ids('c', 4));
  const middle = {
    messages: 27,
    received: 27,
    stored: 17,
    duplicates: 2,
    deadLettered: 4,
    discarded: 0,
    released: 0,
    held: 4,
  };
  expect(bench.worker.ledger.counts()).toEqual(middle);
  bench.store.outcome = 'hang';
  await bench.stop();
  await bench.clock.advance(10_000);
  expect(bench.worker.ledger.counts()).toEqual({ ...middle, released: 4, held: 0 });
});
