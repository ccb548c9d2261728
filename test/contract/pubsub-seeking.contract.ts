import { describe, expect, it } from 'vitest';
import { expectStatus, ONCE, type PubSubServer, PubSubSubject, texts } from './pubsub-subject.ts';

type Received = Awaited<ReturnType<PubSubSubject['pullOne']>>;

const HOUR = { seconds: 3_600 };

/** Seeking a subscription to a time: what restoring a backup relies on. */
export function seekingContract(server: PubSubServer): void {
  describe('a subscription that is sought to a time', () => {
    it('has what was acknowledged again from there on, if it retains that', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair({ retainAckedMessages: true });
      const [, second] = await publishedApart(subject, topic, ['a', 'b', 'c']);
      const first = await subject.pull(subscription, 3);
      await subject.ack(subscription, ...first);
      await expect(subject.pullNow(subscription)).resolves.toEqual([]);
      await seek(subject, subscription, second!);
      const again = await subject.pull(subscription, 2);
      expect(texts(again).sort()).toEqual(['b', 'c']);
      // Id and time are those of the first delivery: a row that is there is met.
      const identity = ({ message }: Received) => [message?.messageId, message?.publishTime];
      expect(again.map(identity)).toEqual(expect.arrayContaining(first.slice(1).map(identity)));
      await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    });

    it('has it again if its topic retains it', async () => {
      const subject = await PubSubSubject.open(server);
      const topic = subject.newTopicName();
      await subject.publisher.createTopic({ name: topic, messageRetentionDuration: HOUR }, ONCE);
      const subscription = await subject.subscription(topic);
      const [, second] = await publishedApart(subject, topic, ['a', 'b']);
      await subject.ack(subscription, ...(await subject.pull(subscription, 2)));
      await seek(subject, subscription, second!);
      expect(texts(await subject.pull(subscription))).toEqual(['b']);
      await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    });

    it('does not have it again if nobody retains it', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const [first] = await publishedApart(subject, topic, ['a']);
      await subject.ack(subscription, await subject.pullOne(subscription));
      await seek(subject, subscription, first!);
      await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    });

    it('loses what nobody had acknowledged of the time before: it counts as acknowledged', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair({ retainAckedMessages: true });
      const [, second] = await publishedApart(subject, topic, ['a', 'b']);
      await seek(subject, subscription, second!);
      expect(texts(await subject.pull(subscription))).toEqual(['b']);
      await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    });

    it('is emptied by a time to come, and gets what is published from then on', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair({ retainAckedMessages: true });
      await subject.publish(topic, 'a');
      await seek(subject, subscription, Date.now() + 3_600_000);
      await expect(subject.pullNow(subscription)).resolves.toEqual([]);
      await subject.publish(topic, 'b');
      expect(texts(await subject.pull(subscription))).toEqual(['b']);
    });

    it('delivers on a stream that is open', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair({ retainAckedMessages: true });
      const [first] = await publishedApart(subject, topic, ['a']);
      await subject.ack(subscription, await subject.pullOne(subscription));
      const stream = await subject.stream({ subscription });
      await seek(subject, subscription, first!);
      await expect.poll(() => stream.texts, { timeout: 30_000 }).toEqual(['a']);
    });
  });

  it('is refused without a time, and for a subscription that does not exist', async () => {
    const subject = await PubSubSubject.open(server);
    const { subscription } = await subject.pair();
    await expectStatus(subject.subscriber.seek({ subscription }, ONCE), 'INVALID_ARGUMENT');
    await expectStatus(seek(subject, subject.newSubscriptionName(), Date.now()), 'NOT_FOUND');
  });
}

/**
 * Publishes each text in a millisecond of its own; resolves to their publish times, in milliseconds of Unix
 * time.
 */
async function publishedApart(
  subject: PubSubSubject,
  topic: string,
  messages: readonly string[],
): Promise<number[]> {
  const times: number[] = [];
  const witness = await subject.subscription(topic);
  for (const text of messages) {
    await expect.poll(() => Date.now(), { timeout: 30_000 }).toBeGreaterThan((times.at(-1) ?? 0) + 1);
    await subject.publish(topic, text);
    const received = await subject.pullOne(witness);
    await subject.ack(witness, received);
    const { seconds, nanos } = received.message!.publishTime!;
    times.push(Number(seconds) * 1_000 + Math.floor(Number(nanos) / 1e6));
  }
  return times;
}

async function seek(subject: PubSubSubject, subscription: string, timeMs: number): Promise<void> {
  const time = { seconds: Math.floor(timeMs / 1_000), nanos: (timeMs % 1_000) * 1e6 };
  await subject.subscriber.seek({ subscription, time }, ONCE);
}
