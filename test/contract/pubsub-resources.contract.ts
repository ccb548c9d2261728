import { describe, expect, it } from 'vitest';
import { expectStatus, ONCE, type PubSubServer, PubSubSubject } from './pubsub-subject.ts';

/** Creating, finding and deleting topics and subscriptions. */
export function resourcesContract(server: PubSubServer): void {
  describe('topics', () => {
    it('are found once they were created, and not any more once they were deleted', async () => {
      const subject = await PubSubSubject.open(server);
      const name = subject.newTopicName();
      await expectStatus(subject.publisher.getTopic({ topic: name }, ONCE), 'NOT_FOUND');
      await subject.publisher.createTopic({ name, labels: { team: 'logs' } }, ONCE);
      const [found] = await subject.publisher.getTopic({ topic: name }, ONCE);
      expect(found).toMatchObject({ name, labels: { team: 'logs' } });
      await subject.publisher.deleteTopic({ topic: name }, ONCE);
      await expectStatus(subject.publisher.getTopic({ topic: name }, ONCE), 'NOT_FOUND');
    });

    it('are created once', async () => {
      const subject = await PubSubSubject.open(server);
      const name = await subject.topic();
      await expectStatus(subject.publisher.createTopic({ name }, ONCE), 'ALREADY_EXISTS');
    });

    it.each(['x', 'projects/lms/topics/ab', 'projects/lms/topics/1st', 'projects/lms/topics/goog-logs'])(
      'are not created with the name %s',
      async (name) => {
        const subject = await PubSubSubject.open(server);
        await expectStatus(subject.publisher.createTopic({ name }, ONCE), 'INVALID_ARGUMENT');
      },
    );

    it('are listed by project, in pages', async () => {
      const subject = await PubSubSubject.open(server);
      const names = [await subject.topic(), await subject.topic(), await subject.topic()];
      const project = `projects/${subject.clients.projectId}`;
      const pages: string[][] = [];
      let pageToken = '';
      do {
        const request = { project, pageSize: 2, pageToken };
        const [topics, , response] = await subject.publisher.listTopics(request, {
          ...ONCE,
          autoPaginate: false,
        });
        pages.push(topics.map(({ name }) => name ?? ''));
        pageToken = response.nextPageToken ?? '';
      } while (pageToken !== '');
      // A project of Google Cloud has other topics too.
      expect(
        pages
          .flat()
          .filter((name) => names.includes(name))
          .sort(),
      ).toEqual(names.sort());
      expect(pages.length).toBeGreaterThanOrEqual(2);
      expect(Math.max(...pages.map(({ length }) => length))).toBe(2);
    });

    it('that do not exist are refused by everything that needs one', async () => {
      const subject = await PubSubSubject.open(server);
      const topic = subject.newTopicName();
      await expectStatus(subject.publisher.deleteTopic({ topic }, ONCE), 'NOT_FOUND');
      await expectStatus(subject.publish(topic, 'a'), 'NOT_FOUND');
      await expectStatus(subject.subscription(topic), 'NOT_FOUND');
    });

    it('know their subscriptions', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const [subscriptions] = await subject.publisher.listTopicSubscriptions({ topic }, ONCE);
      expect(subscriptions).toEqual([subscription]);
    });

    it('leave their subscriptions behind when they are deleted, with what they hold', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      await subject.publish(topic, 'a');
      await subject.publisher.deleteTopic({ topic }, ONCE);
      const [found] = await subject.subscriber.getSubscription({ subscription }, ONCE);
      expect(found.topic).toBe('_deleted-topic_');
      await expect(subject.pull(subscription)).resolves.toHaveLength(1);
    });
  });

  describe('subscriptions', () => subscriptionsContract(server));
}

function subscriptionsContract(server: PubSubServer): void {
  it('have an ack deadline of 10 s if none is given', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    const [found] = await subject.subscriber.getSubscription({ subscription }, ONCE);
    expect(found).toMatchObject({ name: subscription, topic, ackDeadlineSeconds: 10 });
    const other = await subject.subscription(topic, { ackDeadlineSeconds: 600 });
    const [otherFound] = await subject.subscriber.getSubscription({ subscription: other }, ONCE);
    expect(otherFound.ackDeadlineSeconds).toBe(600);
  });

  it('are listed by project, until they are deleted', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    const second = await subject.subscription(topic);
    const project = `projects/${subject.clients.projectId}`;
    const list = async () => {
      const [subscriptions] = await subject.subscriber.listSubscriptions({ project }, ONCE);
      const ours = [subscription, second];
      return subscriptions.flatMap(({ name }) => (ours.includes(name ?? '') ? [name] : [])).sort();
    };
    await expect(list()).resolves.toEqual([subscription, second].sort());
    await subject.subscriber.deleteSubscription({ subscription }, ONCE);
    await expect(list()).resolves.toEqual([second]);
  });

  it('are created once, with a name that is one', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription: name } = await subject.pair();
    await expectStatus(subject.subscriber.createSubscription({ name, topic }, ONCE), 'ALREADY_EXISTS');
    await expectStatus(subject.subscriber.createSubscription({ name: 'x', topic }, ONCE), 'INVALID_ARGUMENT');
  });

  it('that do not exist are refused by everything that needs one', async () => {
    const subject = await PubSubSubject.open(server);
    const subscription = subject.newSubscriptionName();
    const ackIds = ['1'];
    const { subscriber } = subject;
    await expectStatus(subscriber.getSubscription({ subscription }, ONCE), 'NOT_FOUND');
    await expectStatus(subscriber.deleteSubscription({ subscription }, ONCE), 'NOT_FOUND');
    await expectStatus(subject.pullNow(subscription), 'NOT_FOUND');
    await expectStatus(subscriber.acknowledge({ subscription, ackIds }, ONCE), 'NOT_FOUND');
    const request = { subscription, ackIds, ackDeadlineSeconds: 10 };
    await expectStatus(subscriber.modifyAckDeadline(request, ONCE), 'NOT_FOUND');
  });

  it('have ack deadlines from 10 to 600 s', async () => {
    const subject = await PubSubSubject.open(server);
    const topic = await subject.topic();
    await expectStatus(subject.subscription(topic, { ackDeadlineSeconds: 601 }), 'INVALID_ARGUMENT');
    const expected = server.quirks.shortAckDeadlines === 'refused' ? 'INVALID_ARGUMENT' : 'OK';
    await expectStatus(subject.subscription(topic, { ackDeadlineSeconds: 9 }), expected);
  });

  it('have dead-letter policies of 5 to 100 attempts, 5 if none is given, on a topic that exists', async () => {
    const subject = await PubSubSubject.open(server);
    const topic = await subject.topic();
    const policy = (deadLetterTopic: string, maxDeliveryAttempts = 0) => ({
      deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts },
    });
    const { attemptsOutOfRange } = server.quirks;
    await expectStatus(subject.subscription(topic, policy(topic, 4)), attemptsOutOfRange);
    await expectStatus(subject.subscription(topic, policy(topic, 101)), attemptsOutOfRange);
    await expectStatus(subject.subscription(topic, policy(subject.newTopicName())), 'NOT_FOUND');
    const subscription = await subject.subscription(topic, policy(topic));
    const [found] = await subject.subscriber.getSubscription({ subscription }, ONCE);
    expect(found.deadLetterPolicy).toEqual({ deadLetterTopic: topic, maxDeliveryAttempts: 5 });
  });
}
