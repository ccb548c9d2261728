import { expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import type { WriteOutcome } from '../support/memory-store.ts';
import { ids, malformedMessage, sampleEntry, sampleMessage } from '../support/samples.ts';
import { openBench, type WorkerBench } from '../support/worker-bench.ts';

const PACKED_BYTES = 10_000;

/** A bench on which the messages in `packed` become ten thousand bytes each, and twenty thousand may be held. */
function openPacked(
  isPacked: (id: string) => boolean,
  limits = {},
): WorkerBench & { readonly decoded: string[] } {
  const bench = openBench({ maxRows: 100, maxBytes: 50_000, ...limits });
  const decoded: string[] = [];
  const { decode } = bench;
  bench.source.maxHeldBytes = 2 * PACKED_BYTES;
  bench.decode = (message) => {
    decoded.push(message.messageId);
    return isPacked(message.messageId)
      ? { ...sampleEntry(message.messageId), payload: 'x'.repeat(PACKED_BYTES) }
      : decode(message);
  };
  return Object.assign(bench, { decoded });
}

it('a message that is larger unpacked counts as what it is, until it is settled', async () => {
  const bench = openPacked((id) => id === 'a', { maxRows: 2 });
  bench.source.deliver(new Map([['a', sampleMessage('a')]]));
  expect(bench.source.heldBytes).toBe(PACKED_BYTES);
  const other = bench.source.deliver(new Map([['b', sampleMessage('b')]]))[0]!;
  expect(bench.source.heldBytes).toBe(PACKED_BYTES + other.bytes);
  await settled();
  expect(bench.ackedIds).toEqual(['a', 'b']);
  expect(bench.source.heldBytes).toBe(0);
});

it('a batch is full by what its messages have become', async () => {
  const bench = openPacked(() => true, { maxBytes: 1.5 * PACKED_BYTES });
  await bench.deliver('a', 'b', 'c');
  expect(bench.worker.ledger.flushes.bytes).toBeGreaterThan(0);
  expect(bench.store.writes.every(({ eventIds }) => eventIds.length === 1)).toBe(true);
});

it('at the limit on held bytes the rest of a response waits undecoded, in order, until there is room', async () => {
  const bench = openPacked(() => true);
  const commits = Array.from({ length: 3 }, () => Promise.withResolvers<WriteOutcome>());
  bench.store.script.push(...commits.map(({ promise }) => promise));
  await bench.deliver(...ids('a', 6));
  // Nothing else would flush them for a minute: they go at once, to make room.
  expect(bench.decoded).toEqual(ids('a', 2));
  expect(bench.store.open).toBe(1);
  await bench.deliver('b0');
  await bench.clock.advance(1_000);
  expect(bench.decoded).toEqual(ids('a', 2));
  expect(bench.worker.ledger.counts()).toMatchObject({ messages: 7, received: 7, held: 7 });

  for (const { resolve } of commits) {
    resolve('pass');
    await settled();
  }
  expect(bench.decoded).toEqual([...ids('a', 6), 'b0']);
  expect(bench.ackedIds).toEqual(ids('a', 6));
  expect(bench.worker.ledger.flushes).toMatchObject({ bytes: 3, interval: 0 });
  // Nobody waits for its room any more.
  await bench.clock.advance(60_000);
  expect([...bench.store.rows.keys()]).toEqual([...ids('a', 6), 'b0']);
  expect(bench.ackedIds).toEqual([...ids('a', 6), 'b0']);
});

it('while the database is away nothing more is decoded, and all of it once it is back', async () => {
  const bench = openPacked(() => true);
  bench.store.decide = () => 'transient';
  await bench.deliver(...ids('a', 30));
  await bench.clock.advance(600_000);
  expect(bench.decoded).toHaveLength(1);
  bench.store.decide = () => 'pass';
  await bench.clock.advance(600_000);
  expect(bench.ackedIds).toEqual(ids('a', 30));
});

it('what is not larger unpacked is decoded at once, though the limit is reached', async () => {
  const bench = openPacked(() => false);
  bench.source.maxHeldBytes = 1_000;
  await bench.deliver(...ids('a', 70));
  expect(bench.decoded).toHaveLength(70);
  expect(bench.store.writes).toEqual([]);
});

it('what waits and is larger than the limit by itself is decoded all the same, one after the other', async () => {
  const bench = openPacked((id) => Number(id.slice(1)) % 10 === 0);
  await bench.deliver(...ids('a', 100));
  await bench.clock.advance(1_000);
  expect(bench.decoded).toEqual(ids('a', 100));
  await bench.clock.advance(60_000);
  expect(bench.ackedIds).toEqual(ids('a', 100));
});

it('letters that wait for their topic do not keep the rest from being decoded', async () => {
  const bench = openPacked((id) => id.startsWith('a'));
  bench.source.maxHeldBytes = 1_000;
  bench.deadLetters.outcome = 'unreachable';
  const bad = ids('bad', 5).map((id) => [id, malformedMessage(id)] as const);
  const good = ids('a', 5).map((id) => [id, sampleMessage(id)] as const);
  bench.source.deliver(new Map([...good.slice(0, 1), ...bad, ...good.slice(1)]));
  await bench.clock.advance(1_000);
  expect(bench.decoded).toHaveLength(10);
  expect(bench.ackedIds).toEqual(ids('a', 4));
});

it('a stop gives back what waits undecoded, and flushes the rest', async () => {
  const bench = openPacked(() => true);
  const commit = Promise.withResolvers<WriteOutcome>();
  bench.store.script.push(commit.promise);
  await bench.deliver(...ids('a', 6));
  await bench.stop();
  expect(bench.nackedIds).toEqual(ids('a', 6).slice(2));
  commit.resolve('pass');
  await settled();
  expect(bench.ended).toBe('resolved');
  expect(bench.ackedIds).toEqual(ids('a', 2));
  expect(bench.decoded).toHaveLength(2);
  expect(bench.worker.ledger.counts()).toMatchObject({ received: 6, stored: 2, released: 4, held: 0 });
});

it('a failure for good gives back each message once, letters and what waits undecoded too', async () => {
  const bench = openPacked((id) => id.startsWith('a'));
  bench.source.maxHeldBytes = 1_000;
  bench.store.decide = () => 'fatal';
  const messages = [
    ['a', sampleMessage('a')] as const,
    ...ids('bad', 3).map((id) => [id, malformedMessage(id)] as const),
  ];
  bench.source.deliver(new Map(messages));
  await settled();
  await bench.clock.advance(10_000);
  expect(bench.ended).toMatchObject({ error: expect.anything() as unknown });
  expect(bench.nackedIds.toSorted()).toEqual(messages.map(([id]) => id).toSorted());
  expect(bench.worker.ledger.counts()).toMatchObject({ received: 4, released: 4, held: 0 });
});

it('a failure for good gives back what waits undecoded', async () => {
  const bench = openPacked(() => true);
  bench.store.decide = () => 'fatal';
  await bench.deliver(...ids('a', 6));
  await settled();
  expect(bench.ended).toMatchObject({ error: expect.anything() as unknown });
  expect(bench.nackedIds.toSorted()).toEqual(ids('a', 6));
  expect(bench.worker.ledger.counts()).toMatchObject({ received: 6, released: 6, held: 0 });
});
