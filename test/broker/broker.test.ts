import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { eventually, expectStatus, ONCE, texts } from '../contract/pubsub-subject.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openBench } from './broker-bench.ts';

describe('a broker', () => {
  it('says what is the matter if its port is taken', async () => {
    const { broker } = await openBench();
    const second = startBroker({ port: broker.port });
    await expect(second).rejects.toMatchObject({
      code: 'LISTEN',
      message: `cannot listen on 127.0.0.1:${String(broker.port)}: another program listens there`,
    });
  });

  it('can be closed twice, and leaves its port to others', async () => {
    const broker = await startBroker();
    const { port } = broker;
    await broker.close();
    await broker.close();
    const next = await startBroker({ port });
    expect(next.port).toBe(port);
    await next.close();
  });

  it('pauses and resumes on the same port with all that it holds', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    const stream = await subject.stream({ subscription });
    await subject.publish(topic, 'a');
    await eventually(() => {
      expect(stream.received).toHaveLength(1);
    });
    await broker.pause();
    await expect(stream.ended).resolves.not.toBe('OK');
    await expectStatus(subject.publish(topic, 'b'), 'UNAVAILABLE');
    await broker.resume();
    await subject.publisher.publish({ topic, messages: [{ data: Buffer.from('b') }] });
    expect(texts(await subject.pull(subscription))).toEqual(['b']);
    expect(broker.subscriptionStats(subscription)).toMatchObject({ outstanding: 2, consumers: 0 });
    await subject.subscriber.acknowledge({ subscription, ackIds: stream.ackIds() }, ONCE);
    expect(broker.subscriptionStats(subscription)).toMatchObject({ outstanding: 1, acked: 1 });
  });

  it('takes nothing more for a topic that was closed, and delivers what it has', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    await subject.publish(topic, 'a');
    broker.closeTopic(topic, 'it ends');
    await expectStatus(subject.publish(topic, 'b'), 'UNAVAILABLE');
    expect(texts(await subject.pull(subscription))).toEqual(['a']);
  });

  it('gives a later broker what nobody acknowledged, delivered or not, with ids and times', async () => {
    const first = await openBench();
    for (const text of ['a', 'b', 'c', 'd']) await first.subject.publish(first.topic, text);
    const [a, b] = [
      await first.subject.pullOne(first.subscription),
      await first.subject.pullOne(first.subscription),
    ];
    await first.subject.ack(first.subscription, a);
    const left = first.broker.unacknowledged(first.subscription);
    const second = await openBench();
    second.broker.restore(second.subscription, left);
    const received = await second.subject.pull(second.subscription, 3);
    expect(texts(received)).toEqual(['b', 'c', 'd']);
    expect(received[0]?.message).toMatchObject({
      messageId: b.message?.messageId,
      publishTime: b.message?.publishTime,
    });
    expect(() => second.broker.unacknowledged(first.subscription)).toThrow('Resource not found');
  });

  it('has lost everything after a restart without memory', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    await subject.publish(topic, 'a');
    const old = await subject.pullOne(subscription);
    await broker.pause();
    await broker.resume('lost');
    expect(() => broker.subscriptionStats(subscription)).toThrow('Resource not found');
    const { publisher } = subject;
    await eventually(() => expectStatus(publisher.getTopic({ topic }, ONCE), 'NOT_FOUND'));
    await publisher.createTopic({ name: topic }, ONCE);
    await subject.subscriber.createSubscription({ name: subscription, topic }, ONCE);
    await subject.publish(topic, 'b');
    expect(texts(await subject.pull(subscription))).toEqual(['b']);
    await subject.ack(subscription, old);
    expect(broker.subscriptionStats(subscription)).toMatchObject({ acked: 0, outstanding: 1 });
  });

  it('answers UNIMPLEMENTED to what it does not have', async () => {
    const { subject, topic, subscription } = await openBench();
    const snapshot = 'projects/lms/snapshots/before';
    await expectStatus(subject.subscriber.seek({ subscription, snapshot }, ONCE), 'UNIMPLEMENTED');
    for (const fields of [
      { filter: 'attributes.a = "b"' },
      { retryPolicy: { minimumBackoff: { seconds: 1 } } },
    ]) {
      await expectStatus(subject.subscription(topic, fields), 'UNIMPLEMENTED');
    }
  });

  it('refuses a page token that is none of its own', async () => {
    const { subject } = await openBench();
    const request = { project: `projects/${subject.clients.projectId}`, pageToken: 'x' };
    await expectStatus(subject.publisher.listTopics(request, ONCE), 'INVALID_ARGUMENT');
  });
});

describe('leases', () => {
  it('run out when the clock says so: one timer a subscription', async () => {
    const clock = new FakeClock();
    const { broker, subject, topic, subscription } = await openBench({ clock });
    await subject.publish(topic, 'a', 'b', 'c');
    const stream = await subject.stream({
      subscription,
      streamAckDeadlineSeconds: 600,
      maxOutstandingMessages: 3,
    });
    await eventually(() => {
      expect(stream.received).toHaveLength(3);
    });
    expect(clock.timers).toBe(1);
    stream.write({ modifyDeadlineAckIds: stream.ackIds(0, 1), modifyDeadlineSeconds: [10] });
    await subject.subscriber.acknowledge({ subscription, ackIds: stream.ackIds(1, 2) }, ONCE);
    await clock.advance(9_999);
    expect(broker.subscriptionStats(subscription)).toMatchObject({ expired: 0, outstanding: 2 });
    await clock.advance(1);
    expect(broker.subscriptionStats(subscription).expired).toBe(1);
    await eventually(() => {
      expect(stream.received).toHaveLength(4);
    });
    await clock.advance(590_000);
    expect(broker.subscriptionStats(subscription).expired).toBe(2);
  });

  it('of a Pull run for the deadline of the subscription', async () => {
    const clock = new FakeClock();
    const { broker, subject, topic } = await openBench({ clock });
    const subscription = await subject.subscription(topic, { ackDeadlineSeconds: 30 });
    await subject.publish(topic, 'a');
    await subject.pullOne(subscription);
    await clock.advance(29_999);
    expect(broker.subscriptionStats(subscription).outstanding).toBe(1);
    await clock.advance(1);
    expect(broker.subscriptionStats(subscription)).toMatchObject({ outstanding: 0, waiting: 1 });
  });

  it('run for the deadline that the stream was given last', async () => {
    const clock = new FakeClock();
    const { broker, subject, topic, subscription } = await openBench({ clock });
    const stream = await subject.stream({ subscription, streamAckDeadlineSeconds: 600 });
    await subject.publish(topic, 'a');
    await eventually(() => {
      expect(stream.received).toHaveLength(1);
    });
    stream.write({ streamAckDeadlineSeconds: 20, ackIds: stream.ackIds() });
    await eventually(() => {
      expect(broker.subscriptionStats(subscription).acked).toBe(1);
    });
    await subject.publish(topic, 'b');
    await eventually(() => {
      expect(stream.received).toHaveLength(2);
    });
    await clock.advance(20_000);
    expect(broker.subscriptionStats(subscription).expired).toBe(1);
  });
});

describe('limits in bytes', () => {
  it('are kept by a stream, but for a message that alone is larger', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    const stream = await subject.stream({ subscription, maxOutstandingBytes: 1_000 });
    await subject.publish(topic, 'x'.repeat(2_000), 'y');
    await eventually(() => {
      expect(stream.received).toHaveLength(1);
    });
    expect(broker.subscriptionStats(subscription)).toMatchObject({ outstanding: 1, waiting: 1 });
    stream.write({ ackIds: stream.ackIds() });
    await eventually(() => {
      expect(stream.texts[1]).toBe('y');
    });
  });
});

it('a waiting Pull ends when its subscription is deleted', async () => {
  const { broker, subject, subscription } = await openBench();
  const pulling = expectStatus(subject.pull(subscription), 'NOT_FOUND');
  await eventually(() => {
    expect(broker.subscriptionStats(subscription).consumers).toBe(1);
  });
  await subject.subscriber.deleteSubscription({ subscription }, ONCE);
  await pulling;
});
