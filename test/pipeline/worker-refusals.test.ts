import { describe, expect, it } from 'vitest';
import { ids } from '../support/samples.ts';
import { openBench, type WorkerBench } from '../support/worker-bench.ts';

const FAULT = { code: 'ER_NO_PARTITION_FOR_GIVEN_VALUE', message: 'Table has no partition for value 1' };
const REFUSES = 'the database refuses the rows';

describe('a table that takes no rows', () => {
  it.for([1, 3, 10, 5_000])(
    'with batches of %i: nothing is dead-lettered, it is said, and all rows go in once it is mended',
    async (maxRows) => {
      const bench = openBench({ maxRows });
      refuseAll(bench);
      await bench.deliver(...ids('a', 10_000));
      await bench.clock.advance(300_000);
      expect(bench.deadLetters.calls).toBe(0);
      expect(bench.ackedIds).toEqual([]);
      expect(bench.worker.refusesRows).toBe(true);
      expect(bench.worker.outages).toMatchObject([
        { what: REFUSES, reason: expect.stringContaining(FAULT.code) as string },
      ]);
      expect(bench.log.told[0]).toMatchObject({
        level: 'warn',
        message: `${REFUSES}: retrying until it passes, nothing is lost`,
      });

      bench.store.isRefused = () => false;
      // The wait before the next try.
      await bench.clock.advance(5_000);
      expect(bench.store.rows.size).toBe(10_000);
      expect(bench.ackedIds).toHaveLength(10_000);
      expect(bench.worker.outages).toEqual([]);
      expect(bench.deadLetters.calls).toBe(0);
      expect(bench.clock.timers).toBe(0);
    },
  );

  it('is said within a second, and does not cost a transaction for each row', async () => {
    const bench = openBench({ maxRows: 5_000 });
    refuseAll(bench);
    await bench.deliver(...ids('a', 20_000));
    expect(bench.worker.refusesRows).toBe(true);
    expect(bench.store.writes.length).toBeLessThanOrEqual(130);
  });

  it('is tried every four seconds at most, and told every 30 seconds', async () => {
    const bench = openBench({ maxRows: 5_000 });
    refuseAll(bench);
    await bench.deliver(...ids('a', 5_000));
    await bench.clock.advance(60_000);
    const before = bench.store.writes.length;
    await bench.clock.advance(300_000);
    const tries = bench.store.writes.slice(before).filter(({ eventIds }) => eventIds.length === 5_000);
    expect(tries.length).toBeGreaterThan(60);
    expect(bench.log.told.length).toBeLessThanOrEqual(14);
  });

  it('comes slowly, a row a minute: nothing is dead-lettered either', async () => {
    const bench = openBench({ maxRows: 1 });
    refuseAll(bench);
    for (let minute = 0; minute < 60; minute += 1) {
      await bench.deliver(`a${String(minute)}`);
      await bench.clock.advance(60_000);
    }
    expect(bench.deadLetters.calls).toBe(0);
    bench.store.isRefused = () => false;
    await bench.clock.advance(5_000);
    expect(bench.store.rows.size).toBe(60);
  });

  it('after it has taken many: nothing is dead-lettered', async () => {
    const bench = openBench();
    await bench.deliver(...ids('good', 1_000));
    refuseAll(bench);
    await bench.deliver(...ids('a', 1_000));
    await bench.clock.advance(60_000);
    expect(bench.deadLetters.calls).toBe(0);
    expect(bench.worker.refusesRows).toBe(true);
  });

  it('but takes the rows of yesterday: nothing is dead-lettered, and those of yesterday go in', async () => {
    const bench = openBench({ maxRows: 1_000 });
    bench.store.refusal = FAULT;
    bench.store.isRefused = ({ eventId }) => eventId.startsWith('today');
    await bench.deliver(...ids('yesterday', 400), ...ids('today', 600));
    await bench.clock.advance(600_000);
    expect(bench.deadLetters.calls).toBe(0);
    expect(bench.store.rows.size).toBe(400);
    expect(bench.worker.refusesRows).toBe(true);
  });

  it.for([1, 10, 1_000])(
    'but every second one, with batches of %i: none is dead-lettered',
    async (maxRows) => {
      const bench = openBench({ maxRows });
      bench.store.refusal = FAULT;
      bench.store.isRefused = ({ eventId }) => Number(eventId.slice(1)) % 2 === 1;
      await bench.deliver(...ids('a', 2_000));
      await bench.clock.advance(300_000);
      expect(bench.deadLetters.calls).toBe(0);
      expect(bench.worker.refusesRows).toBe(true);
      bench.store.isRefused = () => false;
      await bench.clock.advance(5_000);
      expect(bench.store.rows.size).toBe(2_000);
      expect(bench.worker.refusesRows).toBe(false);
    },
  );

  it('is no reason to be late at a stop: what it does not take is given back', async () => {
    const bench = openBench();
    refuseAll(bench);
    await bench.deliver(...ids('a', 25));
    await bench.stop();
    await bench.clock.advance(10_000);
    expect(bench.ended).toBe('resolved');
    expect(bench.nackedIds.toSorted()).toEqual(ids('a', 25).toSorted());
    expect(bench.worker.ledger.counts()).toMatchObject({ received: 25, released: 25, held: 0 });
    expect(bench.clock.timers).toBe(0);
  });

  it('does not hide that the database is back', async () => {
    const bench = openBench();
    bench.store.outcome = 'transient';
    await bench.deliver(...ids('a', 20));
    await bench.clock.advance(60_000);
    bench.store.outcome = 'pass';
    refuseAll(bench);
    await bench.clock.advance(60_000);
    expect(bench.worker.outages).toMatchObject([{ what: REFUSES }]);
  });
});

describe('bad rows among good ones', () => {
  it.for([1, 10, 1_000])('are dead-lettered, with batches of %i, and nothing else waits', async (maxRows) => {
    const bench = openBench({ maxRows });
    bench.store.isRefused = ({ eventId }) => Number(eventId.slice(1)) % 10 === 3;
    await bench.deliver(...ids('a', 5_000), ...ids('good', 30));
    await bench.clock.advance(61_000);
    expect(bench.deadLetters.messageIds).toHaveLength(500);
    expect(bench.store.rows.size).toBe(4_530);
    expect(bench.worker.refusesRows).toBe(false);
  });

  it('are dead-lettered when they stand together at the head of a batch', async () => {
    const bench = openBench({ maxRows: 5_000 });
    bench.store.isRefused = ({ eventId }) => eventId.startsWith('bad');
    await bench.deliver(...ids('bad', 300), ...ids('good', 4_700));
    expect(bench.deadLetters.messageIds).toHaveLength(300);
    expect(bench.store.rows.size).toBe(4_700);
  });

  it('do not stand in the way when the table was at fault and is mended', async () => {
    const bench = openBench({ maxRows: 1 });
    refuseAll(bench);
    await bench.deliver(...ids('bad', 20), ...ids('good', 200));
    await bench.clock.advance(60_000);
    bench.store.isRefused = ({ eventId }) => eventId.startsWith('bad');
    await bench.clock.advance(120_000);
    expect(bench.store.rows.size).toBe(200);
    // They may yet turn out to be what the table does not take.
    expect(bench.deadLetters.calls).toBe(0);
    await bench.clock.advance(540_000);
    expect(bench.deadLetters.messageIds.toSorted()).toEqual(ids('bad', 20).toSorted());
    expect(bench.worker.outages).toEqual([]);
  });
});

describe('rows that no table would take', () => {
  it.for([1, 40, 1_000])(
    'are dead letters at once, with batches of %i, whatever else comes; the worker stays ready',
    async (maxRows) => {
      const bench = openBench({ maxRows });
      bench.store.refusesForRowAlone = true;
      bench.store.isRefused = ({ eventId }) => eventId.startsWith('bad');
      await bench.deliver(...ids('bad', 1_000));
      await bench.deliver(...ids('good', 1_000));
      expect(bench.deadLetters.messageIds).toHaveLength(1_000);
      expect(bench.store.rows.size).toBe(1_000);
      expect(bench.worker.outages).toEqual([]);
      expect(bench.log.told.filter(({ message }) => message.startsWith(REFUSES))).toEqual([]);
    },
  );

  it('do not free others of suspicion', async () => {
    const bench = openBench({ maxRows: 1_000 });
    bench.store.refusesForRowAlone = true;
    bench.store.isRefused = ({ eventId }) => eventId.startsWith('bad');
    await bench.deliver(...ids('bad', 1_000));
    bench.store.refusesForRowAlone = false;
    refuseAll(bench);
    await bench.deliver(...ids('a', 1_000));
    await bench.clock.advance(60_000);
    expect(bench.deadLetters.messageIds).toHaveLength(1_000);
    expect(bench.worker.refusesRows).toBe(true);
  });
});

describe('a bad row that comes alone', () => {
  it('waits until others have passed', async () => {
    const bench = openBench({ maxRows: 1 });
    bench.store.refused.add('bad');
    await bench.deliver('bad');
    await bench.clock.advance(60_000);
    expect(bench.deadLetters.calls).toBe(0);
    expect(bench.worker.outages).toMatchObject([{ what: REFUSES }]);
    await bench.deliver(...ids('a', 21));
    await bench.clock.advance(4_000);
    expect(bench.deadLetters.calls).toBe(0);
    await bench.deliver('the 22nd');
    await bench.clock.advance(30_000);
    expect(bench.deadLetters.messageIds).toEqual(['bad']);
    expect(bench.worker.outages).toEqual([]);
    await bench.clock.advance(30_000);
    expect(bench.clock.timers).toBe(0);
  });

  it('is dead-lettered after ten minutes in any case', async () => {
    const bench = openBench({ maxRows: 1 });
    bench.store.refused.add('bad');
    await bench.deliver('bad');
    await bench.clock.advance(590_000);
    expect(bench.deadLetters.calls).toBe(0);
    await bench.clock.advance(45_000);
    expect(bench.deadLetters.messageIds).toEqual(['bad']);
    expect(bench.ackedIds).toEqual(['bad']);
  });

  it('is stored if the table takes it after all', async () => {
    const bench = openBench({ maxRows: 1 });
    bench.store.refused.add('a');
    await bench.deliver('a');
    await bench.clock.advance(60_000);
    bench.store.refused.clear();
    await bench.clock.advance(30_000);
    expect(bench.store.rows.size).toBe(1);
    expect(bench.worker.outages).toEqual([]);
    expect(bench.deadLetters.calls).toBe(0);
  });

  it('is given back at a stop', async () => {
    const bench = openBench({ maxRows: 1 });
    bench.store.refused.add('a');
    await bench.deliver('a');
    await bench.stop();
    await bench.clock.advance(10_000);
    expect(bench.ended).toBe('resolved');
    expect(bench.nackedIds).toEqual(['a']);
  });
});

function refuseAll({ store }: WorkerBench): void {
  store.refusal = FAULT;
  store.isRefused = () => true;
}
