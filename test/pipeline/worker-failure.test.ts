import { expect, it } from 'vitest';
import { LmsError } from '../../src/errors/catalogue.ts';
import { settled } from '../support/fake-clock.ts';
import { ids } from '../support/samples.ts';
import { LIMITS, openBench } from '../support/worker-bench.ts';

it('a fatal error of the database releases everything and rejects the run with it', async () => {
  const bench = openBench({ flushesInFlight: 2 });
  bench.store.script.push('pass', 'hang', 'fatal');
  bench.deadLetters.outcome = 'unreachable';
  await bench.deliver(...ids('a', 10));
  await bench.deliverMalformed('bad');
  await bench.deliver(...ids('b', 35));
  await bench.clock.advance(0);
  expect(bench.ended).toMatchObject({ error: { verdict: 'fatal', code: 'ER_NO_SUCH_TABLE' } });
  expect(bench.ackedIds).toEqual(ids('a', 10));
  expect(bench.nackedIds.toSorted()).toEqual([...ids('b', 35), 'bad'].toSorted());
  expect(bench.worker.ledger.counts()).toMatchObject({ stored: 10, released: 36, held: 0 });
  expect(bench.store.writes).toHaveLength(3);
  expect(bench.source.closes).toBe(1);
  expect(bench.clock.timers).toBe(0);
});

it('an error that is no verdict of the database ends the worker too', async () => {
  const bench = openBench();
  bench.store.outcome = Promise.reject(new TypeError('a bug'));
  await bench.deliver(...ids('a', 10));
  expect(bench.ended).toMatchObject({ error: { message: 'a bug' } });
  expect(bench.nackedIds).toEqual(ids('a', 10));
});

it('a fatal error during the drain rejects the run', async () => {
  const bench = openBench();
  await bench.deliver(...ids('a', 4));
  bench.store.outcome = 'fatal';
  await bench.stop();
  expect(bench.ended).toMatchObject({ error: { verdict: 'fatal' } });
  expect(bench.worker.ledger.counts()).toMatchObject({ released: 4, held: 0 });
});

it('a subscription that refuses us rejects the run', async () => {
  const bench = openBench();
  const error = new LmsError('PUBSUB_NOT_FOUND', 'subscription log-sub does not exist');
  bench.source.refuse(error);
  await settled();
  expect(bench.ended).toEqual({ error });
  expect(bench.source.closes).toBe(1);
});

it('it ends in time when giving back hangs', async () => {
  const bench = openBench();
  bench.source.outcome = 'hang';
  bench.store.outcome = 'fatal';
  await bench.deliver(...ids('a', 10));
  await bench.clock.advance(LIMITS.shutdownTimeoutMs);
  expect(bench.ended).toMatchObject({ error: { verdict: 'fatal' } });
});
