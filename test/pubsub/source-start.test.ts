import { status } from '@grpc/grpc-js';
import { describe, expect, it, vi } from 'vitest';
import { LmsError } from '../../src/errors/catalogue.ts';
import { eventually } from '../support/eventually.ts';
import { openSourceOnBroker, type SourceBench } from '../support/source-bench.ts';

describe('the first attempt', () => {
  it('at a subscription that does not exist fails with what is missing, once', async () => {
    const { bench } = await openSourceOnBroker();
    await bench.deleteSubscription();
    bench.start();
    await eventually(() => {
      expect(bench.failures).not.toEqual([]);
    });
    expect(bench.failures).toEqual([
      new LmsError('PUBSUB_NOT_FOUND', `subscription ${bench.subscriptionName} does not exist`),
    ]);
  });

  it('at a subscription that does not exist is made again if that may be created', async () => {
    const restore = vi.fn(() => bench.setUp());
    const { bench } = await openSourceOnBroker({ restore: () => restore() });
    await bench.deleteSubscription();
    bench.start();
    await eventually(() => {
      expect(restore).toHaveResolvedTimes(1);
    });
    await deliversAgain(bench);
    expect(bench.failures).toEqual([]);
  });

  it('that is not permitted fails', async () => {
    const { bench, broker } = await openSourceOnBroker();
    broker.faults.refuse('StreamingPull', {
      code: status.PERMISSION_DENIED,
      details: 'User not authorized.',
    });
    bench.start();
    await eventually(() => {
      expect(bench.failures).toMatchObject([
        {
          code: 'PUBSUB_DENIED',
          message: `cannot read subscription ${bench.subscriptionName}: User not authorized.`,
        },
      ]);
    });
  });

  it.for(['PERMISSION_DENIED', 'FAILED_PRECONDITION'] as const)(
    'that is refused after the headers of an answer fails: %s',
    async (code) => {
      const { bench, broker } = await openSourceOnBroker();
      broker.faults.refuseStreams({ code: status[code], details: 'no, after all' }, Infinity);
      bench.start();
      await eventually(() => {
        expect(bench.failures).toMatchObject([
          { message: expect.stringContaining('no, after all') as string },
        ]);
      });
    },
  );

  it('that is refused FAILED_PRECONDITION, where nobody may look at the subscription, fails', async () => {
    const { bench, broker } = await openSourceOnBroker();
    broker.faults.refuse('GetSubscription', { code: status.PERMISSION_DENIED, details: 'no look' }, Infinity);
    const details = 'This method is not supported for this subscription type.';
    broker.faults.refuse('StreamingPull', { code: status.FAILED_PRECONDITION, details }, Infinity);
    bench.start();
    await eventually(() => {
      expect(bench.failures).toMatchObject([
        {
          code: 'PUBSUB_FAILED',
          message: `cannot read subscription ${bench.subscriptionName}: ${details}`,
        },
      ]);
    });
  });

  it('at a server that is not there yet is made again until it is', async () => {
    const { bench, broker } = await openSourceOnBroker();
    await broker.pause();
    bench.start();
    await eventually(() => {
      expect(bench.log.told).not.toEqual([]);
    });
    await broker.resume();
    await deliversAgain(bench);
    expect(bench.failures).toEqual([]);
  });
});

/** A message that is published now arrives in time. */
async function deliversAgain(bench: SourceBench): Promise<void> {
  await bench.publish(['after']);
  await eventually(() => {
    expect(bench.receivedIds).toContain('after');
  });
}
