import { status } from '@grpc/grpc-js';
import { describe, expect, it, vi } from 'vitest';
import type { SourceOptions } from '../../src/pubsub/source.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openSourceOnBroker, type SourceBench } from '../support/source-bench.ts';

const FIVE_SECONDS = { timeout: 5_000, interval: 20 };

describe('the stream is opened again within 5 seconds', () => {
  const codes = [
    'CANCELLED',
    'UNKNOWN',
    'INVALID_ARGUMENT',
    'DEADLINE_EXCEEDED',
    'NOT_FOUND',
    'PERMISSION_DENIED',
    'RESOURCE_EXHAUSTED',
    'FAILED_PRECONDITION',
    'ABORTED',
    'INTERNAL',
    'UNAVAILABLE',
    'UNAUTHENTICATED',
  ] as const;

  it.for(codes)('after the server ended it with %s', async (code) => {
    const { bench, broker } = await started();
    broker.endStreams({ code: status[code], details: 'ended by the test' });
    await deliversAgain(bench);
    expect(bench.failures).toEqual([]);
  });

  it('after the connection was cut, without the operator being troubled', async () => {
    const { bench, broker } = await started();
    broker.cutConnections();
    await deliversAgain(bench);
    expect(bench.log.told).toEqual([]);
  });

  it('after the server was away for a while and came back on the same port; the operator is told of both', async () => {
    const { bench, broker } = await started();
    await broker.pause();
    await vi.waitFor(() => {
      expect(bench.log.told).toMatchObject([
        {
          level: 'warn',
          message: 'no stream from the subscription: retrying until it passes, nothing is lost',
        },
      ]);
    }, FIVE_SECONDS);
    await broker.resume();
    await deliversAgain(bench);
    expect(bench.log.told.at(-1)).toMatchObject({
      level: 'info',
      message: 'no stream from the subscription: over',
    });
  });

  it('and refusals in between do not end it: they passed before, so someone is at work on the other side', async () => {
    const { bench, broker } = await started();
    broker.faults.refuse('StreamingPull', { code: status.PERMISSION_DENIED, details: 'not now' }, 3);
    broker.endStreams({ code: status.UNAVAILABLE, details: 'moved' });
    await deliversAgain(bench);
    expect(bench.failures).toEqual([]);
  });

  it.for(['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED'] as const)(
    'after a server that sends headers and then %s: the operator is told, and the attempts grow rarer',
    async (code) => {
      const clock = new FakeClock();
      const { bench, broker } = await started({ clock });
      broker.faults.refuseStreams({ code: status[code], details: 'for now' }, Infinity);
      broker.endStreams({ code: status.UNAVAILABLE, details: 'moved' });
      await vi.waitFor(async () => {
        await clock.advance(100);
        expect(bench.log.told).toMatchObject([
          { level: 'warn', fields: { reason: expect.stringContaining('for now') as string } },
        ]);
      }, FIVE_SECONDS);
      expect(bench.source.outage).toBeDefined();
      expect(bench.failures).toEqual([]);
      broker.faults.clear();
      await bench.publish(['after']);
      await vi.waitFor(async () => {
        await clock.advance(100);
        expect(bench.receivedIds).toContain('after');
      }, FIVE_SECONDS);
      expect(bench.source.outage).toBeUndefined();
    },
  );

  it('and what was held before can still be acknowledged', async () => {
    const { bench, broker } = await started();
    broker.cutConnections();
    await deliversAgain(bench);
    await expect(bench.source.ack(bench.received)).resolves.toBe(2);
    expect(broker.subscriptionStats(bench.subscriptionName)).toMatchObject({ acked: 2, ackedInVain: 0 });
  });
});

describe('a subscription that disappeared while it was read', () => {
  it('is restored when that is allowed, after the server lost everything too', async () => {
    const restore = vi.fn(() => bench.setUp());
    const { bench, broker } = await started({ restore: () => restore() });
    await broker.pause();
    await broker.resume('lost');
    await vi.waitFor(() => {
      expect(restore).toHaveResolvedTimes(1);
    }, FIVE_SECONDS);
    await deliversAgain(bench);
  });

  it('is waited for when it may not be restored', async () => {
    const { bench } = await started();
    await bench.deleteSubscription();
    await vi.waitFor(() => {
      expect(bench.log.told).toMatchObject([
        { level: 'warn', fields: { reason: `subscription ${bench.subscriptionName} does not exist` } },
      ]);
    }, FIVE_SECONDS);
    await bench.setUp();
    await deliversAgain(bench);
    expect(bench.failures).toEqual([]);
  });

  it('is restored at a later attempt if the first ones fail', async () => {
    const restore = vi.fn(() => bench.setUp()).mockRejectedValueOnce(new Error('the server is coming up'));
    const { bench } = await started({ restore: () => restore() });
    await bench.deleteSubscription();
    await vi.waitFor(() => {
      expect(restore.mock.settledResults.map(({ type }) => type)).toEqual(['rejected', 'fulfilled']);
    }, FIVE_SECONDS);
    await deliversAgain(bench);
  });
});

it('a stream that is open for a while ends the outage, though nothing comes', async () => {
  const clock = new FakeClock();
  const { bench, broker } = await started({ clock });
  await broker.pause();
  await vi.waitFor(async () => {
    await clock.advance(100);
    expect(bench.source.outage).toBeDefined();
  }, FIVE_SECONDS);
  await broker.resume();
  await vi.waitFor(async () => {
    await clock.advance(100);
    expect(bench.source.outage).toBeUndefined();
  }, FIVE_SECONDS);
  expect(bench.receivedIds).toEqual(['before']);
});

it('no attempt is made after stop', async () => {
  const clock = new FakeClock();
  const { bench, broker } = await started({ clock });
  broker.endStreams({ code: status.UNAVAILABLE, details: 'moved' });
  await eventually(() => {
    expect(bench.log.lines.map(({ message }) => message)).toEqual([
      'no stream from the subscription: trying again',
    ]);
  });
  bench.source.stop();
  await clock.advance(5_000);
  await bench.roundTrip();
  expect(broker.subscriptionStats(bench.subscriptionName).consumers).toBe(0);
});

/** A source that has received one message. */
async function started(options: Partial<SourceOptions> = {}) {
  const { broker, bench } = await openSourceOnBroker(options);
  await bench.publish(['before']);
  bench.start();
  await eventually(() => {
    expect(bench.receivedIds).toEqual(['before']);
  });
  return { broker, bench };
}

/** A message that is published now arrives in time. */
async function deliversAgain(bench: SourceBench): Promise<void> {
  await bench.publish(['after']);
  await vi.waitFor(() => {
    expect(bench.receivedIds).toContain('after');
  }, FIVE_SECONDS);
}
