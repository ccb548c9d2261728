import type { Message, PubSub } from '@google-cloud/pubsub';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, type PubSubServer } from './pubsub-subject.ts';

/** Google's client library as people use it. */
export function libraryContract(server: PubSubServer): void {
  describe("Google's client library", () => {
    it('creates, publishes, receives, acknowledges and deletes', async () => {
      const pubsub = openLibrary(server);
      const [topic] = await pubsub.createTopic(server.uniqueName('topic'));
      const [subscription] = await topic.createSubscription(server.uniqueName('subscription'));
      const ids = await Promise.all(
        ['a', 'b', 'c'].map((text) =>
          topic.publishMessage({ data: Buffer.from(text), attributes: { text } }),
        ),
      );
      const received: Message[] = [];
      subscription.on('message', (message: Message) => {
        received.push(message);
        message.ack();
      });
      await eventually(() => {
        expect(received.map(({ id }) => id).sort()).toEqual(ids.sort());
      });
      for (const message of received) expect(message.attributes).toEqual({ text: message.data.toString() });
      await subscription.close();
      await subscription.delete();
      await expect(subscription.exists()).resolves.toEqual([false]);
    });

    it('gets a message again that it gave back', async () => {
      const pubsub = openLibrary(server);
      const [topic] = await pubsub.createTopic(server.uniqueName('topic'));
      const [subscription] = await topic.createSubscription(server.uniqueName('subscription'));
      const received: string[] = [];
      subscription.on('message', (message: Message) => {
        received.push(message.id);
        if (received.length === 1) message.nack();
        else message.ack();
      });
      const id = await topic.publishMessage({ data: Buffer.from('a') });
      await eventually(() => {
        expect(received).toEqual([id, id]);
      });
      await subscription.close();
    });
  });
}

function openLibrary(server: PubSubServer): PubSub {
  const pubsub = server.library();
  onTestFinished(() => pubsub.close());
  return pubsub;
}
