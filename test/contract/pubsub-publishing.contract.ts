import { describe, expect, it } from 'vitest';
import { expectStatus, ONCE, type PubSubServer, PubSubSubject, texts } from './pubsub-subject.ts';

/** Publishing, and what arrives of it. */
export function publishingContract(server: PubSubServer): void {
  describe('publishing', () => {
    it('hands every message to every subscription, as it was published', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const second = await subject.subscription(topic);
      const data = Buffer.from([0, 255, 128, 10, 195, 40]);
      const attributes = { event_id: 'é 日本', empty: '' };
      const [messageId] = await subject.publish(topic, { data, attributes });
      for (const name of [subscription, second]) {
        const { message } = await subject.pullOne(name);
        expect(message).toMatchObject({ attributes, messageId });
        expect(Buffer.from(message?.data ?? '')).toEqual(data);
        expect(Math.abs(Number(message?.publishTime?.seconds) * 1_000 - Date.now())).toBeLessThan(60_000);
      }
    });

    it('gives messages ids that are numbers, unique, and in the order of the request', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const names = Array.from({ length: 1_000 }, (_, index) => String(index));
      const ids = await subject.publish(topic, ...names);
      expect(new Set(ids).size).toBe(1_000);
      for (const id of ids) expect(id).toMatch(/^\d+$/);
      const received = await subject.pull(subscription, 1_000);
      const idByText = new Map(
        texts(received).map((text, index) => [text, received[index]!.message?.messageId]),
      );
      expect(names.map((name) => idByText.get(name))).toEqual(ids);
    });

    it('takes attributes without data, and data without attributes', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      await subject.publish(topic, { attributes: { only: 'this' } }, 'only that');
      const received = await subject.pull(subscription, 2);
      expect(texts(received).sort()).toEqual(['', 'only that']);
    });

    it('sets message id and publish time, whatever the publisher put there', async () => {
      const subject = await PubSubSubject.open(server);
      const { topic, subscription } = await subject.pair();
      const [id] = await subject.publish(topic, {
        data: Buffer.from('a'),
        messageId: 'mine',
        publishTime: { seconds: 1, nanos: 2 },
      });
      const { message } = await subject.pullOne(subscription);
      expect(message?.messageId).toBe(id);
      expect(Number(message?.publishTime?.seconds)).toBeGreaterThan(1_000_000);
    });

    it('is too early for a subscription that does not exist yet', async () => {
      const subject = await PubSubSubject.open(server);
      const topic = await subject.topic();
      await subject.publish(topic, 'early');
      const subscription = await subject.subscription(topic);
      await subject.publish(topic, 'late');
      expect(texts(await subject.pull(subscription))).toEqual(['late']);
    });
  });

  describe('publishing is refused', () => limitsContract(server));
}

function limitsContract(server: PubSubServer): void {
  const many = (count: number) => Array.from({ length: count }, () => 'a');
  const attributes = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${String(index)}`, '']));

  it('without messages, and beyond 1,000 of them', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await expectStatus(subject.publish(topic), 'INVALID_ARGUMENT');
    await expectStatus(subject.publish(topic, ...many(1_001)), 'INVALID_ARGUMENT');
    await expect(subject.publish(topic, ...many(1_000))).resolves.toHaveLength(1_000);
    await expect(subject.pull(subscription, 1_000)).resolves.toHaveLength(1_000);
  });

  it('with a message of nothing, and the others of the request are not published either', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    await expectStatus(subject.publish(topic, 'a', {}, 'b'), 'INVALID_ARGUMENT');
    await subject.publish(topic, 'c');
    expect(texts(await subject.pull(subscription))).toEqual(['c']);
  });

  it.each([
    ['101 attributes', attributes(101)],
    ['a key of 257 bytes', { ['k'.repeat(257)]: '' }],
    ['a key of nothing', { '': 'a' }],
    ['a value of 1,025 bytes', { key: 'v'.repeat(1_025) }],
  ])('with %s', async (_name, tooMuch) => {
    const subject = await PubSubSubject.open(server);
    const topic = await subject.topic();
    const expected = server.quirks.attributeLimits === 'kept' ? 'INVALID_ARGUMENT' : 'OK';
    await expectStatus(subject.publish(topic, { attributes: tooMuch }), expected);
  });

  it('beyond 10 MB, and what is just below arrives', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    const large = Buffer.alloc(9.5 * 1000 * 1000, 'x');
    await subject.publish(topic, { data: large });
    const { message } = await subject.pullOne(subscription);
    expect(message?.data?.length).toBe(large.length);

    const request = { topic, messages: [{ data: Buffer.alloc(10.5 * 1024 * 1024) }] };
    const publishing = subject.publisher.publish(request, { ...ONCE, timeout: 3_000 });
    const expected = server.quirks.oversizedPublish === 'refused' ? 'INVALID_ARGUMENT' : 'DEADLINE_EXCEEDED';
    await expectStatus(publishing, expected);
  });

  it('not with as much of everything as is allowed', async () => {
    const subject = await PubSubSubject.open(server);
    const { topic, subscription } = await subject.pair();
    const full = { ...attributes(99), ['k'.repeat(256)]: 'v'.repeat(1_024) };
    await subject.publish(topic, { attributes: full });
    const { message } = await subject.pullOne(subscription);
    expect(message?.attributes).toEqual(full);
  });
}
