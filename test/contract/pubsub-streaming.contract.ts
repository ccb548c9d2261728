import { describe, expect, it } from 'vitest';
import { eventually, expectStatus, ONCE, type PubSubServer, PubSubSubject, texts } from './pubsub-subject.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${String(index)}`);

/** StreamingPull. */
export function streamingContract(server: PubSubServer): void {
  describe('a stream', () => {
    it('hands out what waits and what is published later', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      await subject.publish(topic, ...names(1_000));
      const stream = await subject.stream({ subscription });
      await eventually(() => {
        expect(stream.received).toHaveLength(1_000);
      });
      await subject.publish(topic, 'later');
      await eventually(() => {
        expect(stream.received).toHaveLength(1_001);
      });
      expect(stream.texts.sort()).toEqual([...names(1_000), 'later'].sort());
    });

    it('answers keepalives', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const stream = await subject.stream({ subscription, protocolVersion: 1 });
      await subject.publish(topic, 'before');
      await eventually(() => {
        expect(stream.texts).toEqual(['before']);
      });
      const empty = stream.emptyResponses;
      stream.write({});
      // What is answered is answered before this comes.
      await subject.publish(topic, 'after');
      await eventually(() => {
        expect(stream.texts).toEqual(['before', 'after']);
      });
      expect(stream.emptyResponses - empty).toBe(server.quirks.keepAlives === 'answered' ? 1 : 0);
    });

    it('settles what its requests say', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      await subject.publish(topic, 'a', 'b');
      const stream = await subject.stream({ subscription });
      await eventually(() => {
        expect(stream.received).toHaveLength(2);
      });
      const acked = stream.texts[0]!;
      stream.write({
        ackIds: stream.ackIds(0, 1),
        modifyDeadlineAckIds: stream.ackIds(1, 2),
        modifyDeadlineSeconds: [0],
      });
      await eventually(() => {
        expect(stream.received).toHaveLength(3);
      });
      expect(stream.texts[2]).not.toBe(acked);
    });

    it(
      'leases for as long as its deadline says, and the leases outlast it',
      { timeout: 40_000 },
      async () => {
        const subject = await PubSubSubject.open(server);
        const { topic, subscription } = await subject.pair({ ackDeadlineSeconds: 600 });
        await subject.publish(topic, 'a');
        const stream = await subject.stream({ subscription, streamAckDeadlineSeconds: 10 });
        await eventually(() => {
          expect(stream.received).toHaveLength(1);
        });
        stream.cancel();
        await stream.ended;
        await expect(subject.pullNow(subscription)).resolves.toEqual([]);
        expect(texts(await subject.pull(subscription))).toEqual(['a']);
      },
    );

    it('keeps to its outstanding limits', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      await subject.publish(topic, ...names(30));
      const stream = await subject.stream({ subscription, maxOutstandingMessages: 10 });
      if (server.quirks.outstandingLimits === 'ignored') {
        await eventually(() => {
          expect(stream.received).toHaveLength(30);
        });
        return;
      }
      await eventually(() => {
        expect(stream.received).toHaveLength(10);
      });
      await expect(subject.pull(subscription, 1)).resolves.toHaveLength(1);
      expect(stream.received).toHaveLength(10);
      await subject.subscriber.acknowledge({ subscription, ackIds: stream.ackIds(0, 4) }, ONCE);
      await eventually(() => {
        expect(stream.received).toHaveLength(14);
      });
    });

    it('shares the load with the others of its subscription', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const streams = [await subject.stream({ subscription }), await subject.stream({ subscription })];
      await Promise.all(names(200).map((name) => subject.publish(topic, name)));
      await eventually(() => {
        expect(streams.flatMap(({ texts }) => texts).sort()).toEqual(names(200).sort());
      });
      for (const { received } of streams) expect(received.length).toBeGreaterThan(0);
    });
  });

  describe('a stream ends', () => endingContract(server));
}

function endingContract(server: PubSubServer): void {
  it('NOT_FOUND if the subscription does not exist, or does not any more', async () => {
    const subject = await PubSubSubject.open(server);
    const missing = await subject.stream({ subscription: subject.newSubscriptionName() });
    await expect(missing.ended).resolves.toBe('NOT_FOUND');
    const { topic, subscription } = await subject.pair();
    const stream = await subject.stream({ subscription });
    await subject.publish(topic, 'a');
    await eventually(() => {
      expect(stream.received).toHaveLength(1);
    });
    await subject.subscriber.deleteSubscription({ subscription }, ONCE);
    await expect(stream.ended).resolves.toBe('NOT_FOUND');
  });

  it.each([0, 9, 601])('INVALID_ARGUMENT with a deadline of %i s', async (streamAckDeadlineSeconds) => {
    const subject = await PubSubSubject.open(server);
    const { subscription } = await subject.pair();
    const stream = await subject.stream({ subscription, streamAckDeadlineSeconds });
    await expect(stream.ended).resolves.toBe('INVALID_ARGUMENT');
  });

  it.each([
    ['a subscription in a later request', { subscription: 'projects/lms/subscriptions/other' }],
    [
      'deadlines for other ids than there are',
      { modifyDeadlineAckIds: ['1', '2'], modifyDeadlineSeconds: [10] },
    ],
  ])('INVALID_ARGUMENT for %s', async (_name, request) => {
    const subject = await PubSubSubject.open(server);
    const { subscription } = await subject.pair();
    const stream = await subject.stream({ subscription });
    stream.write(request);
    await expect(stream.ended).resolves.toBe('INVALID_ARGUMENT');
  });

  it('INVALID_ARGUMENT without a subscription', async () => {
    const subject = await PubSubSubject.open(server);
    const stream = await subject.stream({});
    await expect(stream.ended).resolves.toBe('INVALID_ARGUMENT');
  });

  it('INVALID_ARGUMENT for outstanding limits in a later request', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    const stream = await subject.stream({ subscription });
    stream.write({ maxOutstandingMessages: 5 });
    if (server.quirks.laterOutstandingLimits === 'refused') {
      await expect(stream.ended).resolves.toBe('INVALID_ARGUMENT');
      return;
    }
    await subject.publish(topic, 'a');
    await eventually(() => {
      expect(stream.received).toHaveLength(1);
    });
  });

  it('OK when the client has no more requests', async () => {
    const subject = await PubSubSubject.open(server);
    const { subscription } = await subject.pair();
    const stream = await subject.stream({ subscription });
    stream.halfClose();
    await expect(stream.ended).resolves.toBe('OK');
    await expectStatus(subject.subscription(subject.newTopicName()), 'NOT_FOUND');
  });
}
