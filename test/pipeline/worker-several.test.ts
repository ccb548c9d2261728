import { describe, expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import type { WriteOutcome } from '../support/memory-store.ts';
import { severalEntries } from '../support/samples.ts';
import { openBench, type WorkerBench } from '../support/worker-bench.ts';

const GOOD = 'good';
const BAD = 'bad';

describe('a message that holds several entries', () => {
  it('becomes several rows with one acknowledgement', async () => {
    const bench = openBench({ maxRows: 3 });
    await deliver(bench, 'm', [GOOD, GOOD, GOOD]);
    expect([...bench.store.rows.keys()]).toEqual(['m-0', 'm-1', 'm-2']);
    expect(bench.ackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toMatchObject({ messages: 1, received: 3, stored: 3, held: 0 });
    expect(bench.worker.ledger.acksUnconfirmed).toBe(0);
  });

  it('is acknowledged when the last of its batches has committed, not before', async () => {
    const bench = openBench({ maxRows: 2, flushesInFlight: 2 });
    const commits = [Promise.withResolvers<WriteOutcome>(), Promise.withResolvers<WriteOutcome>()];
    bench.store.script.push(...commits.map(({ promise }) => promise));
    await deliver(bench, 'm', [GOOD, GOOD, GOOD, GOOD]);
    expect(bench.store.open).toBe(2);
    commits[1]!.resolve('pass');
    await settled();
    expect(bench.ackedIds).toEqual([]);
    expect(bench.worker.ledger.counts()).toMatchObject({ messages: 1, received: 4, stored: 2, held: 2 });
    commits[0]!.resolve('pass');
    await settled();
    expect(bench.ackedIds).toEqual(['m']);
  });

  it('is acknowledged with the others of its batch, in one call', async () => {
    const bench = openBench({ maxRows: 6 });
    let calls = 0;
    bench.source.decide = () => {
      calls += 1;
      return 'confirm';
    };
    bench.source.deliver(
      new Map(['a', 'b', 'c'].map((id) => [id, severalEntries(id, [GOOD, GOOD])] as const)),
    );
    await settled();
    expect(bench.ackedIds).toEqual(['a', 'b', 'c']);
    expect(calls).toBe(1);
  });

  it('delivered again becomes duplicates, and is acknowledged again', async () => {
    const bench = openBench({ maxRows: 2 });
    await deliver(bench, 'm', [GOOD, GOOD]);
    await deliver(bench, 'm', [GOOD, GOOD]);
    expect(bench.ackedIds).toEqual(['m', 'm']);
    expect(bench.worker.ledger.counts()).toMatchObject({
      messages: 2,
      received: 4,
      stored: 2,
      duplicates: 2,
    });
  });

  it('of which some are bad: the good ones go in, then the whole is a dead letter, once', async () => {
    const bench = openBench({ maxRows: 2 });
    const commit = Promise.withResolvers<WriteOutcome>();
    bench.store.script.push(commit.promise);
    await deliver(bench, 'm', [GOOD, BAD, GOOD, BAD]);
    expect(bench.deadLetters.calls).toBe(0);
    commit.resolve('pass');
    await settled();
    expect([...bench.store.rows.keys()]).toEqual(['m-0', 'm-2']);
    expect(bench.deadLetters.letters).toMatchObject([
      {
        delivery: { messageId: 'm', data: Buffer.from('good bad good bad') },
        rejection: {
          code: 'not_json',
          reason: '2 of 4 entries cannot be stored; the first is entry 2: part 1 is bad',
        },
      },
    ]);
    expect(bench.ackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toMatchObject({ received: 4, stored: 2, deadLettered: 2, held: 0 });
    expect(Object.fromEntries(bench.worker.ledger.deadLetterCodes)).toEqual({ not_json: 2 });
  });

  it('of which all are bad is a dead letter at once', async () => {
    const bench = openBench();
    await deliver(bench, 'm', [BAD, BAD, BAD]);
    expect(bench.deadLetters.letters).toMatchObject([
      { rejection: { reason: '3 of 3 entries cannot be stored; the first is entry 1: part 0 is bad' } },
    ]);
    expect(bench.worker.ledger.counts()).toMatchObject({ messages: 1, received: 3, deadLettered: 3 });
  });

  it('of which the database refuses some: the whole is a dead letter that names the first', async () => {
    const bench = openBench({ maxRows: 10 });
    bench.store.refused.add('m-3').add('m-7');
    bench.store.refusesForRowAlone = true;
    await deliver(bench, 'm', Array<'good'>(10).fill(GOOD));
    expect(bench.store.rows.size).toBe(8);
    expect(bench.deadLetters.letters).toMatchObject([
      {
        rejection: {
          code: 'row_refused',
          reason:
            "2 of 10 entries cannot be stored; the first is entry 4: ER_DATA_TOO_LONG: Data too long for column 'payload'",
        },
      },
    ]);
    expect(bench.ackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toMatchObject({ stored: 8, deadLettered: 2, held: 0 });
  });

  it('is given back once, when a stop finds some of it unstored', async () => {
    const bench = openBench({ maxRows: 2, flushesInFlight: 1 });
    bench.store.script.push('pass', 'hang');
    await deliver(bench, 'm', [GOOD, BAD, GOOD, GOOD, GOOD, GOOD]);
    await bench.stop();
    await bench.clock.advance(10_000);
    expect(bench.ended).toBe('resolved');
    expect(bench.nackedIds).toEqual(['m']);
    expect(bench.ackedIds).toEqual([]);
    expect(bench.deadLetters.calls).toBe(0);
    expect(bench.worker.ledger.counts()).toMatchObject({
      messages: 1,
      received: 6,
      stored: 2,
      released: 4,
      held: 0,
    });
  });

  it('is given back whole when its letter is not taken before a stop', async () => {
    const bench = openBench({ maxRows: 2 });
    bench.deadLetters.outcome = 'unreachable';
    await deliver(bench, 'm', [GOOD, BAD, GOOD]);
    await bench.stop();
    await bench.clock.advance(10_000);
    expect(bench.nackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toMatchObject({ received: 3, stored: 2, released: 1, held: 0 });
  });

  it('counts its bytes once: each entry has its share of them', async () => {
    // Each message counts what its entries take: 512 bytes each and their payload.
    const bench = openBench({ maxRows: 100, maxBytes: 15_000 });
    await deliver(bench, 'a', Array<'good'>(10).fill(GOOD));
    await deliver(bench, 'b', Array<'good'>(10).fill(GOOD));
    expect(bench.store.writes).toEqual([]);
    await deliver(bench, 'c', Array<'good'>(10).fill(GOOD));
    expect(bench.store.committedSizes).toHaveLength(1);
    expect(bench.worker.ledger.flushes.bytes).toBe(1);
    expect(bench.store.rows.size).toBeGreaterThan(20);
  });

  it('with no entry in it leaves a trace', async () => {
    const bench = openBench();
    await deliver(bench, 'm', []);
    expect(bench.ackedIds).toEqual(['m']);
    expect(bench.worker.ledger.counts()).toMatchObject({ received: 1, deadLettered: 1, held: 0 });
  });
});

async function deliver(bench: WorkerBench, id: string, parts: readonly ('good' | 'bad')[]): Promise<void> {
  bench.source.deliver(new Map([[id, severalEntries(id, parts)]]));
  await settled();
}
