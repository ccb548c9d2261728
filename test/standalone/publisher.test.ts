import { describe, expect, inject, it } from 'vitest';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { freshProject, NAMES, receive } from '../support/topology.ts';

const emulatorHost = inject('emulatorHost');

function messagesOf(count: number, bytes = 20) {
  return Array.from({ length: count }, (_, seq) => ({
    data: Buffer.alloc(bytes, `message ${seq} `),
    attributes: { seq: String(seq) },
  }));
}

async function freshTopic() {
  const clients = await freshProject(emulatorHost);
  await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
  return clients;
}

describe('publishing to a topic', () => {
  it('confirms each message by its id, in order, over several requests', async () => {
    await using clients = await freshTopic();
    const sent = messagesOf(2_500);
    const ids = await new TopicPublisher(clients, NAMES.topic).publish(sent);
    expect(new Set(ids).size).toBe(2_500);

    const received = await receive(clients, NAMES.subscription, 2_500);
    const bySeq = new Map(received.map((message) => [message.attributes?.['seq'], message]));
    for (const [seq, { data }] of sent.entries()) {
      const message = bySeq.get(String(seq));
      expect(message?.messageId).toBe(ids[seq]);
      expect(data.equals(Buffer.from(message?.data ?? ''))).toBe(true);
    }
  });

  it('sends more bytes than one request may have', async () => {
    await using clients = await freshTopic();
    const ids = await new TopicPublisher(clients, NAMES.topic).publish(messagesOf(5, 4_000_000));
    expect(ids).toHaveLength(5);
  });

  it('has nothing to do for no messages', async () => {
    await using clients = await freshProject(emulatorHost);
    await expect(new TopicPublisher(clients, 'no-such-topic').publish([])).resolves.toEqual([]);
  });

  it('names the topic that does not exist', async () => {
    await using clients = await freshProject(emulatorHost);
    await expect(new TopicPublisher(clients, 'no-such-topic').publish(messagesOf(1))).rejects.toMatchObject({
      code: 'PUBSUB_NOT_FOUND',
      message: `topic ${clients.topicName('no-such-topic')} does not exist`,
    });
  });

  it('publishes none of the messages if one of them is too large', async () => {
    await using clients = await freshTopic();
    const publisher = new TopicPublisher(clients, NAMES.topic);
    await expect(publisher.publish([...messagesOf(3), ...messagesOf(1, 10_000_000)])).rejects.toMatchObject({
      code: 'INPUT',
    });
    await publisher.publish([{ data: Buffer.from('the only one'), attributes: {} }]);
    const [first] = await receive(clients, NAMES.subscription, 1);
    expect(Buffer.from(first?.data ?? '').toString()).toBe('the only one');
  });

  it('gives up on a server that does not answer when its time is over', async () => {
    await using clients = await freshProject('127.0.0.1:1');
    const publisher = new TopicPublisher(clients, NAMES.topic, { totalMs: 500 });
    await expect(publisher.publish(messagesOf(1))).rejects.toMatchObject({ code: 'PUBSUB_UNREACHABLE' });
  });

  it('gives up at once when it is closed', async () => {
    await using clients = await freshProject('127.0.0.1:1');
    const publisher = new TopicPublisher(clients, NAMES.topic);
    const outcome = publisher.publish(messagesOf(1));
    await publisher.close();
    await expect(outcome).rejects.toMatchObject({ code: 'PUBSUB_UNREACHABLE' });
  });
});
