import { describe, expect, it } from 'vitest';
import { eventually, ONCE, type PubSubServer, PubSubSubject, texts } from './pubsub-subject.ts';

const OVER = 'PERMANENT_FAILURE_INVALID_ACK_ID';
const TOO_EARLY = 'TRANSIENT_FAILURE_UNORDERED_ACK_ID';

/** Subscriptions that answer for each ack id, and those that keep an order. */
export function exactlyOnceContract(server: PubSubServer): void {
  describe('exactly-once delivery', () => {
    it('names the ack ids whose lease is over, and acknowledges the others', async () => {
      const { subject, subscription } = await opened({ enableExactlyOnceDelivery: true });
      const [first, second] = (await subject.pull(subscription, 3)).map(({ ackId }) => ackId);
      await subject.subscriber.acknowledge({ subscription, ackIds: [first!] }, ONCE);
      await expect(failures(subject, subscription, [first!, second!])).resolves.toEqual({ [first!]: OVER });
      await expect(failures(subject, subscription, [second!])).resolves.toEqual({ [second!]: OVER });
    });

    it('is told on the stream', async () => {
      const { subject, subscription } = await opened({ enableExactlyOnceDelivery: true });
      const stream = await subject.stream({ subscription });
      await eventually(() => {
        expect(stream.properties).toMatchObject({
          exactlyOnceDeliveryEnabled: true,
          messageOrderingEnabled: false,
        });
      });
    });

    it('with an order names the ack ids that come too early, until those before them are acknowledged', async () => {
      const { subject, subscription } = await opened({
        enableExactlyOnceDelivery: true,
        enableMessageOrdering: true,
      });
      const received = await subject.pull(subscription, 3);
      expect(texts(received)).toEqual(['a', 'b', 'c']);
      const [first, second, third] = received.map(({ ackId }) => ackId);
      await expect(failures(subject, subscription, [second!])).resolves.toEqual({ [second!]: TOO_EARLY });
      await expect(failures(subject, subscription, [first!, second!])).resolves.toBeUndefined();
      await expect(failures(subject, subscription, [third!])).resolves.toBeUndefined();
    });

    async function opened(fields: object) {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair(fields);
      const messages = ['a', 'b', 'c'].map((text) => ({ data: Buffer.from(text), orderingKey: 'key' }));
      await subject.publisher.publish({ topic, messages }, ONCE);
      return { subject, subscription };
    }
  });

  it('a subscription whose messages are pushed cannot be pulled', async () => {
    const subject = await PubSubSubject.open(server);
    const pushEndpoint = 'http://127.0.0.1:9/push';
    const { subscription } = await subject.pair({ pushConfig: { pushEndpoint } });
    const stream = await subject.stream({ subscription });
    await expect(stream.ended).resolves.toBe('FAILED_PRECONDITION');
  });
}

/** What the server says of single ack ids, as the client library reads it; undefined if it took them all. */
async function failures(
  { subscriber }: PubSubSubject,
  subscription: string,
  ackIds: string[],
): Promise<unknown> {
  try {
    await subscriber.acknowledge({ subscription, ackIds }, ONCE);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 3, reason: 'EXACTLY_ONCE_ACKID_FAILURE' });
    return (error as { errorInfoMetadata?: unknown }).errorInfoMetadata;
  }
}
