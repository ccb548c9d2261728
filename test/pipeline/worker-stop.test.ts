import { describe, expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import { type PublishOutcome } from '../support/memory-dead-letters.ts';
import { type WriteOutcome } from '../support/memory-store.ts';
import { ids } from '../support/samples.ts';
import { LIMITS, openBench, type WorkerBench } from '../support/worker-bench.ts';

const TIMEOUT_MS = LIMITS.shutdownTimeoutMs;

describe('stops in time', () => {
  it('what is held is flushed and acknowledged, in batches, without time passing', async () => {
    const bench = openBench();
    await bench.deliver(...ids('a', 4));
    await bench.deliverMalformed('bad');
    await bench.stop();
    expect(bench.ended).toBe('resolved');
    expect(bench.ackedIds.toSorted()).toEqual([...ids('a', 4), 'bad']);
    expect(bench.worker.ledger.counts()).toMatchObject({ stored: 4, deadLettered: 1, released: 0, held: 0 });
    expect(bench.worker.ledger.flushes.drain).toBe(1);
    expect(bench.source.closes).toBe(1);
    expect(bench.clock.timers).toBe(0);
  });

  it('a row that the database refuses during the drain still finds its way to the dead-letter topic, without time passing', async () => {
    const bench = openBench();
    bench.store.refused.add('a2');
    bench.store.refusesForRowAlone = true;
    await bench.deliver(...ids('a', 4));
    await bench.stop();
    expect(bench.ended).toBe('resolved');
    expect(bench.clock.now()).toBe(0);
    expect(bench.deadLetters.messageIds).toEqual(['a2']);
    expect(bench.worker.ledger.counts()).toMatchObject({ stored: 3, deadLettered: 1, released: 0 });
  });

  it('dead letters that the topic takes only one by one are waited for no longer than they take', async () => {
    const bench = openBench();
    const topicIsBack = Promise.withResolvers<PublishOutcome>();
    bench.deadLetters.maxLetters = 1;
    bench.deadLetters.decide = () => topicIsBack.promise;
    await bench.deliverMalformed(...ids('bad', 64));
    await bench.stop();
    expect(bench.ended).toBe('no');
    topicIsBack.resolve('pass');
    await settled();
    expect(bench.ended).toBe('resolved');
    expect(bench.worker.ledger.counts()).toMatchObject({ deadLettered: 64, released: 0 });
  });

  it('more than the places take is drained in one batch after the other', async () => {
    const bench = openBench({ flushesInFlight: 1 });
    const commit = Promise.withResolvers<WriteOutcome>();
    bench.store.script.push(commit.promise);
    await bench.deliver(...ids('a', 35));
    await bench.stop();
    expect(bench.ended).toBe('no');
    commit.resolve('pass');
    await settled();
    expect(bench.ended).toBe('resolved');
    expect(bench.store.committedSizes).toEqual([10, 10, 10, 5]);
    expect(bench.store.mostAtOnce).toBe(1);
  });

  it('the intake stops first: nothing is received during the drain', async () => {
    const bench = openBench();
    bench.store.outcome = 'hang';
    await bench.deliver('a');
    await bench.stop();
    expect(bench.ended).toBe('no');
    expect(bench.source.stopped).toBe(true);
  });

  it('a failing acknowledgement does not keep it from ending', async () => {
    const bench = openBench();
    bench.source.outcome = 'lose';
    await bench.deliver(...ids('a', 4));
    await bench.stop();
    expect(bench.ended).toBe('resolved');
    expect(bench.worker.ledger.acksUnconfirmed).toBe(4);
  });

  it('a worker that is told to stop before it starts ends at once', async () => {
    const bench = openBench();
    await bench.stop();
    expect(bench.ended).toBe('resolved');
    expect(bench.clock.now()).toBe(0);
  });

  const ailments: Record<string, (bench: WorkerBench) => void> = {
    'the database hangs': ({ store }) => (store.outcome = 'hang'),
    'the database is down': ({ store }) => (store.outcome = 'transient'),
    'the dead-letter topic hangs': ({ deadLetters }) => (deadLetters.outcome = 'hang'),
    'the dead-letter topic is not reachable': ({ deadLetters }) => (deadLetters.outcome = 'unreachable'),
    'the dead-letter topic refuses the letter': ({ deadLetters }) => deadLetters.refused.add('bad'),
    'acknowledgements hang': ({ source }) => (source.outcome = 'hang'),
    'everything hangs': ({ store, deadLetters, source }) => {
      store.outcome = deadLetters.outcome = source.outcome = 'hang';
    },
  };

  it.for(Object.entries(ailments))(
    'within the timeout, with every message accounted for, when %s',
    async ([, strike]) => {
      const bench = openBench();
      strike(bench);
      await bench.deliver(...ids('a', 34));
      await bench.deliverMalformed('bad');
      await bench.stop();
      expect(bench.ended).toBe('no');
      await bench.clock.advance(TIMEOUT_MS);
      expect(bench.ended).toBe('resolved');
      expect(bench.source.held).toBe(0);
      const { received, held } = bench.worker.ledger.counts();
      expect({ received, held }).toEqual({ received: 35, held: 0 });
      expect(bench.clock.timers).toBe(0);
    },
  );

  it('acknowledgements that are not answered until the end count as not confirmed', async () => {
    const bench = openBench();
    bench.source.outcome = 'hang';
    await bench.deliver(...ids('a', 4));
    await bench.stop();
    await bench.clock.advance(TIMEOUT_MS);
    expect(bench.ended).toBe('resolved');
    expect(bench.worker.ledger.acksUnconfirmed).toBe(4);
  });

  it('what could not be flushed is given back to be delivered again, and the ledger says how much', async () => {
    const bench = openBench({ flushesInFlight: 1 });
    bench.store.script.push('pass', 'hang');
    await bench.deliver(...ids('a', 10));
    await bench.deliver(...ids('b', 25));
    await bench.stop();
    await bench.clock.advance(TIMEOUT_MS);
    expect(bench.ended).toBe('resolved');
    expect(bench.ackedIds).toEqual(ids('a', 10));
    expect(bench.nackedIds.toSorted()).toEqual(ids('b', 25).toSorted());
    expect(bench.worker.ledger.counts()).toMatchObject({ stored: 10, released: 25, held: 0 });
    expect(bench.store.writes).toHaveLength(2);
  });

  it('a write that ends after its batch was given back changes neither the ledger nor what was settled', async () => {
    const bench = openBench();
    const commit = Promise.withResolvers<WriteOutcome>();
    bench.store.outcome = commit.promise;
    await bench.deliver(...ids('a', 4));
    await bench.stop();
    await bench.clock.advance(TIMEOUT_MS);
    commit.resolve('pass');
    await settled();
    expect(bench.ackedIds).toEqual([]);
    expect(bench.worker.ledger.counts()).toMatchObject({ stored: 0, released: 4, held: 0 });
  });

  it('a database that comes back in time is used', async () => {
    const bench = openBench();
    bench.store.outcome = 'transient';
    await bench.deliver(...ids('a', 34));
    await bench.stop();
    await bench.clock.advance(5_000);
    expect(bench.ended).toBe('no');
    bench.store.outcome = 'pass';
    await bench.clock.advance(2_000);
    expect(bench.ended).toBe('resolved');
    expect(bench.worker.ledger.counts()).toMatchObject({ stored: 34, released: 0 });
  });
});
