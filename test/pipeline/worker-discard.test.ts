import { describe, expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import type { WriteOutcome } from '../support/memory-store.ts';
import { sampleMessage, severalEntries, unwantedMessage } from '../support/samples.ts';
import { openBench, type WorkerBench } from '../support/worker-bench.ts';

describe('an entry that is not to be kept', () => {
  it('is acknowledged at once, and neither a row nor a dead letter', async () => {
    const bench = openBench();
    let calls = 0;
    bench.source.decide = () => {
      calls += 1;
      return 'confirm';
    };
    bench.source.deliver(new Map(['a', 'b', 'c'].map((id) => [id, unwantedMessage(id)] as const)));
    await settled();
    expect(bench.ackedIds).toEqual(['a', 'b', 'c']);
    expect(calls).toBe(1);
    expect(bench.store.rows.size + bench.deadLetters.calls).toBe(0);
    expect(bench.worker.ledger.counts()).toEqual({ ...NOTHING, messages: 3, received: 3, discarded: 3 });
    expect(bench.worker.ledger.acksUnconfirmed).toBe(0);
  });

  it('counts each time that it is delivered', async () => {
    const bench = openBench();
    for (let time = 0; time < 3; time += 1) {
      bench.source.deliver(new Map([['a', unwantedMessage('a')]]));
      await settled();
    }
    expect(bench.worker.ledger.counts()).toEqual({ ...NOTHING, messages: 3, received: 3, discarded: 3 });
  });

  it('leaves those beside it in their batches', async () => {
    const bench = openBench({ maxRows: 2 });
    bench.source.deliver(
      new Map([
        ['a', sampleMessage('a')],
        ['b', unwantedMessage('b')],
        ['c', sampleMessage('c')],
      ]),
    );
    await settled();
    expect([...bench.store.rows.keys()]).toEqual(['a', 'c']);
    expect(bench.ackedIds.toSorted()).toEqual(['a', 'b', 'c']);
  });
});

describe('of several entries in a message', () => {
  it('those that are kept become rows, and the message is acknowledged with the last of them', async () => {
    const bench = openBench({ maxRows: 2 });
    const commit = Promise.withResolvers<WriteOutcome>();
    bench.store.script.push(commit.promise);
    await deliver(bench, ['unwanted', 'good', 'unwanted', 'good']);
    expect(bench.ackedIds).toEqual([]);
    expect(bench.worker.ledger.counts()).toEqual({
      ...NOTHING,
      messages: 1,
      received: 4,
      discarded: 2,
      held: 2,
    });
    commit.resolve('pass');
    await settled();
    expect([...bench.store.rows.keys()]).toEqual(['m-1', 'm-3']);
    expect(bench.ackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toMatchObject({ stored: 2, discarded: 2, held: 0 });
  });

  it('all may be unwanted: the message is acknowledged', async () => {
    const bench = openBench();
    await deliver(bench, ['unwanted', 'unwanted']);
    expect(bench.ackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toEqual({ ...NOTHING, messages: 1, received: 2, discarded: 2 });
  });

  it('some may be bad and none kept: the letter is for the bad ones, and says which is the first', async () => {
    const bench = openBench();
    await deliver(bench, ['unwanted', 'bad', 'bad']);
    expect(bench.ackedIds).toEqual(['m']);
    expect(bench.deadLetters.letters).toMatchObject([
      {
        entries: 2,
        rejection: { reason: '2 of 3 entries cannot be stored; the first is entry 2: part 1 is bad' },
      },
    ]);
    expect(bench.worker.ledger.counts()).toMatchObject({
      received: 3,
      deadLettered: 2,
      discarded: 1,
      held: 0,
    });
  });

  it('some may be given back: those that were not kept have ended all the same', async () => {
    const bench = openBench({ maxRows: 10 });
    bench.store.script.push(new Promise(() => undefined));
    await deliver(bench, ['unwanted', 'good', 'bad']);
    void bench.stop();
    await bench.clock.advance(10_000);
    expect(bench.nackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toMatchObject({ received: 3, discarded: 1, released: 2, held: 0 });
  });
});

const NOTHING = {
  messages: 0,
  received: 0,
  stored: 0,
  duplicates: 0,
  deadLettered: 0,
  discarded: 0,
  released: 0,
  held: 0,
};

async function deliver(bench: WorkerBench, parts: Parameters<typeof severalEntries>[1]): Promise<void> {
  bench.source.deliver(new Map([['m', severalEntries('m', parts)]]));
  await settled();
}
