import { describe, expect, it } from 'vitest';
import { expectStatus, ONCE, type PubSubServer, PubSubSubject, texts } from './pubsub-subject.ts';

/** Pull, acknowledge, deadlines and dead letters. */
export function pullingContract(server: PubSubServer): void {
  describe('pulling', () => {
    it('hands out no more than was asked for, and nothing twice', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      await subject.publish(topic, 'a', 'b', 'c', 'd', 'e');
      const first = await subject.pull(subscription, 3);
      expect(first).toHaveLength(3);
      const second = await subject.pull(subscription, 2);
      expect(texts([...first, ...second]).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
      await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    });

    it('waits for a message that is published later', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const [response] = await Promise.all([
        subject.subscriber.pull({ subscription, maxMessages: 10 }, ONCE),
        subject.pullNow(subscription).then(() => subject.publish(topic, 'a')),
      ]);
      expect(response[0].receivedMessages).toHaveLength(1);
    });

    it('answers with nothing if nothing comes', async () => {
      const subject = await PubSubSubject.open(server);
      const { subscription } = await subject.pair();
      // The emulator waits for nearly as long as the client does.
      const options = { ...ONCE, timeout: 4_000 };
      const [response] = await subject.subscriber.pull({ subscription, maxMessages: 10 }, options);
      expect(response.receivedMessages).toEqual([]);
    });

    it('is refused without a number of messages', async () => {
      const subject = await PubSubSubject.open(server);
      const { subscription } = await subject.pair();
      await expectStatus(subject.pullNow(subscription, 0), 'INVALID_ARGUMENT');
    });
  });

  describe('a message', () => leaseContract(server));
  describe('acknowledging', () => acknowledgeContract(server));
  describe('dead letters', () => deadLetterContract(server));
}

function leaseContract(server: PubSubServer): void {
  it('comes again once its deadline has passed: the same message with another ack id', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await subject.publish(topic, 'a');
    const first = await subject.pullOne(subscription);
    await subject.extend(subscription, first, 1);
    await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    const second = await subject.pullOne(subscription);
    expect(second.message).toEqual(first.message);
    expect(second.ackId).not.toBe(first.ackId);
    expect([first.deliveryAttempt, second.deliveryAttempt]).toEqual([0, 0]);
  });

  it('comes again at once when it is nacked', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await subject.publish(topic, 'a');
    const first = await subject.pullOne(subscription);
    await subject.extend(subscription, first, 0);
    const second = await subject.pullOne(subscription);
    expect(second.message).toEqual(first.message);
  });

  it('stays leased when its deadline is moved, and does not come again once it is acknowledged', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await subject.publish(topic, 'kept', 'acked', 'expired');
    for (const received of await subject.pull(subscription, 3)) {
      await subject.extend(subscription, received, 1);
      const [text] = texts([received]);
      if (text === 'kept') await subject.extend(subscription, received, 60);
      if (text === 'acked') await subject.ack(subscription, received);
    }
    expect(texts(await subject.pull(subscription))).toEqual(['expired']);
    await expect(subject.pullNow(subscription)).resolves.toEqual([]);
  });

  it('of one subscription is not acknowledged by another', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    const second = await subject.subscription(topic);
    await subject.publish(topic, 'a');
    await subject.ack(subscription, await subject.pullOne(subscription));
    expect(texts(await subject.pull(second))).toEqual(['a']);
  });
}

function acknowledgeContract(server: PubSubServer): void {
  it('an unknown ack id does nothing', async () => {
    const subject = await PubSubSubject.open(server);
    const { subscription } = await subject.pair();
    const request = { subscription, ackIds: ['unknown'] };
    const { subscriber } = subject;
    const expected = server.quirks.unknownAckIds === 'passed over' ? 'OK' : 'INVALID_ARGUMENT';
    await expectStatus(subscriber.acknowledge(request, ONCE), expected);
    await expectStatus(subscriber.modifyAckDeadline({ ...request, ackDeadlineSeconds: 10 }, ONCE), expected);
  });

  it('twice is no error', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await subject.publish(topic, 'a');
    const received = await subject.pullOne(subscription);
    await subject.ack(subscription, received);
    await subject.ack(subscription, received);
  });

  it('after the message came again is too late', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await subject.publish(topic, 'a');
    const first = await subject.pullOne(subscription);
    await subject.extend(subscription, first, 0);
    const second = await subject.pullOne(subscription);
    await subject.ack(subscription, first);
    await subject.extend(subscription, second, 0);
    expect(texts(await subject.pull(subscription))).toEqual(['a']);
  });

  it('is refused without ack ids, and beyond 512 KiB of them', async () => {
    const subject = await PubSubSubject.open(server);
    const { subscription } = await subject.pair();
    const acknowledge = (ackIds: string[]) => subject.subscriber.acknowledge({ subscription, ackIds }, ONCE);
    await expectStatus(acknowledge([]), 'INVALID_ARGUMENT');
    await expectStatus(acknowledge(Array.from({ length: 3_000 }, () => 'x'.repeat(176))), 'INVALID_ARGUMENT');
  });

  it('1,000 messages in one request is possible', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await subject.publish(topic, ...Array.from({ length: 1_000 }, () => 'a'));
    const received = await subject.pull(subscription, 1_000);
    await subject.ack(subscription, ...received);
    await expect(subject.pullNow(subscription)).resolves.toEqual([]);
  });

  it('deadlines lie between 0 and 600 s', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await subject.publish(topic, 'a');
    const received = await subject.pullOne(subscription);
    const expected = server.quirks.longDeadlines === 'refused' ? 'INVALID_ARGUMENT' : 'OK';
    await expectStatus(subject.extend(subscription, received, 601), expected);
    await expectStatus(subject.extend(subscription, received, -1), 'INVALID_ARGUMENT');
    await expectStatus(subject.extend(subscription, received, 600), 'OK');
  });
}

function deadLetterContract(server: PubSubServer): void {
  it('are forwarded after the last attempt, and say where they come from', async () => {
    const subject = await PubSubSubject.open(server);
    const [topic, deadLetterTopic] = [await subject.topic(), await subject.topic()];
    const policy = { deadLetterTopic, maxDeliveryAttempts: 5 };
    const subscription = await subject.subscription(topic, { deadLetterPolicy: policy });
    const deadLetters = await subject.subscription(deadLetterTopic);
    await subject.publish(topic, { data: Buffer.from('a'), attributes: { event_id: '1' } });
    const attempts: number[] = [];
    let messageId: unknown;
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const received = await subject.pullOne(subscription);
      attempts.push(received.deliveryAttempt);
      messageId = received.message?.messageId;
      await subject.extend(subscription, received, 0);
    }
    expect(attempts).toEqual([1, 2, 3, 4, 5]);
    // The emulator forwards when the subscription is pulled the next time.
    await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    const { message } = await subject.pullOne(deadLetters);
    expect(Buffer.from(message?.data ?? '').toString()).toBe('a');
    expect(message?.messageId).not.toBe(messageId);
    expect(message?.attributes).toEqual({
      event_id: '1',
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
      CloudPubSubDeadLetterSourceSubscription: subscription.split('/').at(-1),
      CloudPubSubDeadLetterSourceSubscriptionProject: subject.clients.projectId,
      CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
      ) as string,
    });
  });
}
