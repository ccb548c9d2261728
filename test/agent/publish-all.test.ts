import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import {
  MAX_MESSAGES_PER_REQUEST,
  MAX_REQUESTS_IN_FLIGHT,
  publishAll,
  type Supply,
} from '../../src/agent/publish-all.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { FakePublisher } from './fake-publisher.ts';

function batch(from: number, count: number): OutgoingMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    data: new Uint8Array(),
    attributes: { seq: String(from + index) },
  }));
}

/** Supplies these batches. */
function supplyOf(...batches: OutgoingMessage[][]): Supply<OutgoingMessage> {
  return async function* () {
    for (const messages of batches) yield await Promise.resolve(messages);
  };
}

/** Supplies these batches, then nothing more until it is stopped. */
function openEnded(...batches: OutgoingMessage[][]): Supply<OutgoingMessage> {
  return async function* (stop) {
    yield* batches;
    await once(stop, 'abort');
    yield batch(999, 1);
  };
}

/** Supplies full batches and counts how many it was asked for. */
function endless(): { supply: Supply<OutgoingMessage>; batches: () => number } {
  let batches = 0;
  async function* supply() {
    for (;;) {
      yield await Promise.resolve(batch(batches * MAX_MESSAGES_PER_REQUEST, MAX_MESSAGES_PER_REQUEST));
      batches += 1;
    }
  }
  return { supply, batches: () => batches };
}

function start(supply: Supply<OutgoingMessage>, publisher: FakePublisher) {
  const stop = new AbortController();
  const clock = new FakeClock();
  const confirmedIds: string[] = [];
  const result = publishAll(supply, publisher, {
    signal: stop.signal,
    stopTimeoutMs: 1000,
    clock,
    onConfirmed: (_messages, ids) => confirmedIds.push(...ids),
  });
  let isOver = false;
  void result.then(() => (isOver = true));
  return { stop, clock, confirmedIds, result, isOver: () => isOver };
}

describe('publishAll', () => {
  it('publishes everything of its supply and reports the ids in the order of the messages', async () => {
    const publisher = new FakePublisher({ automatic: true });
    const { result, confirmedIds } = start(supplyOf(batch(1, 3), batch(4, 2)), publisher);
    expect(await result).toEqual({ confirmed: 5, unconfirmed: 0, error: undefined });
    expect(confirmedIds).toEqual(['id-1', 'id-2', 'id-3', 'id-4', 'id-5']);
  });

  it('sends a single slow message at once', async () => {
    const publisher = new FakePublisher({ automatic: false });
    const { stop, result } = start(openEnded(batch(1, 1)), publisher);
    await eventually(() => {
      expect(publisher.requestSizes).toEqual([1]);
    });
    publisher.open[0]?.confirm();
    stop.abort();
    expect((await result).confirmed).toBe(1);
  });

  it('never has more than 8 requests of 1,000 messages in flight, and asks its supply for no more meanwhile', async () => {
    const publisher = new FakePublisher({ automatic: false });
    const { supply, batches } = endless();
    const { stop, result } = start(supply, publisher);
    for (let round = 0; round < 20; round += 1) {
      await vi.waitFor(
        () => {
          expect(publisher.open).toHaveLength(MAX_REQUESTS_IN_FLIGHT);
        },
        { interval: 1 },
      );
      expect(batches()).toBe(publisher.requestSizes.length - 1);
      publisher.open[round % MAX_REQUESTS_IN_FLIGHT]?.confirm();
    }
    stop.abort();
    for (const request of [...publisher.open]) request.confirm();
    await result;
    expect(publisher.maxRequestsOpen).toBe(8);
    expect(publisher.maxMessagesOpen).toBe(8_000);
  });

  it('on a stop sends nothing new, waits for what is in flight and counts it', async () => {
    const publisher = new FakePublisher({ automatic: false });
    const { stop, result } = start(endless().supply, publisher);
    await eventually(() => {
      expect(publisher.open).toHaveLength(MAX_REQUESTS_IN_FLIGHT);
    });
    stop.abort();
    for (const request of [...publisher.open]) request.confirm();
    expect(await result).toEqual({ confirmed: 8_000, unconfirmed: 0, error: undefined });
    expect(publisher.requestSizes).toHaveLength(8);
  });

  it('on a stop while its supply has nothing ends at once', async () => {
    const publisher = new FakePublisher({ automatic: true });
    const { stop, result } = start(openEnded(batch(1, 1)), publisher);
    await eventually(() => {
      expect(publisher.published).toHaveLength(1);
    });
    stop.abort();
    expect(await result).toEqual({ confirmed: 1, unconfirmed: 0, error: undefined });
  });

  it('gives up on what is in flight when the stop takes too long, and says how many were not confirmed', async () => {
    const publisher = new FakePublisher({ automatic: false });
    const { stop, clock, result, confirmedIds, isOver } = start(endless().supply, publisher);
    await eventually(() => {
      expect(publisher.open).toHaveLength(MAX_REQUESTS_IN_FLIGHT);
    });
    const requests = [...publisher.open];
    requests[0]?.confirm();
    stop.abort();
    await clock.advance(999);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    const { confirmed, unconfirmed } = await result;
    expect(confirmed + unconfirmed).toBe(publisher.requestSizes.length * MAX_MESSAGES_PER_REQUEST);
    expect(confirmed).toBe(MAX_MESSAGES_PER_REQUEST);
    requests[1]?.confirm();
    await settled();
    expect(confirmedIds).toHaveLength(MAX_MESSAGES_PER_REQUEST);
  });

  it('ends on a failed publish with its error, counting only what was confirmed', async () => {
    const publisher = new FakePublisher({ automatic: false });
    const { result } = start(endless().supply, publisher);
    await eventually(() => {
      expect(publisher.open).toHaveLength(MAX_REQUESTS_IN_FLIGHT);
    });
    const [first, ...others] = [...publisher.open];
    first?.fail(new Error('no permission'));
    for (const request of others) request.confirm();
    const { confirmed, unconfirmed, error } = await result;
    expect(error?.message).toBe('no permission');
    expect({ confirmed, unconfirmed }).toEqual({ confirmed: 7_000, unconfirmed: 1_000 });
  });

  it('ends on a failed publish even while its supply has nothing more to send', async () => {
    const publisher = new FakePublisher({ automatic: false });
    const { result } = start(openEnded(batch(1, 1)), publisher);
    await eventually(() => {
      expect(publisher.open).toHaveLength(1);
    });
    publisher.open[0]?.fail(new Error('gone'));
    expect((await result).error?.message).toBe('gone');
  });

  it('reports a supply that fails after what it supplied is confirmed', async () => {
    const publisher = new FakePublisher({ automatic: true });
    const { result } = start(async function* () {
      yield await Promise.resolve(batch(1, 10));
      throw new Error('the file is gone');
    }, publisher);
    const { confirmed, error } = await result;
    expect(confirmed).toBe(10);
    expect(error?.message).toBe('the file is gone');
  });
});
