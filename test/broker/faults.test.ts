import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { eventually, expectStatus, ONCE, texts } from '../contract/pubsub-subject.ts';
import { openBench } from './broker-bench.ts';

const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'try again' };
const DENIED = { code: status.PERMISSION_DENIED, details: 'not you' };

describe('a call', () => {
  it('is refused as often as was planned, before anything was done', async () => {
    const { broker, subject, topic } = await openBench();
    broker.faults.refuse('Publish', UNAVAILABLE, 2);
    broker.faults.refuse('Publish', DENIED);
    await expectStatus(subject.publish(topic, 'a'), 'UNAVAILABLE');
    await expectStatus(subject.publish(topic, 'a'), 'UNAVAILABLE');
    await expectStatus(subject.publish(topic, 'a'), 'PERMISSION_DENIED');
    expect(broker.published(topic)).toBe(0);
    await subject.publish(topic, 'a');
    expect(broker.published(topic)).toBe(1);
  });

  it('is refused until the fault is cleared', async () => {
    const { broker, subject, topic } = await openBench();
    broker.faults.refuse('GetTopic', DENIED, Infinity);
    for (let call = 0; call < 3; call += 1) {
      await expectStatus(subject.publisher.getTopic({ topic }, ONCE), 'PERMISSION_DENIED');
    }
    broker.faults.clear();
    await expectStatus(subject.publisher.getTopic({ topic }, ONCE), 'OK');
  });

  it('is done although its answer is lost', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    broker.faults.loseAnswers('Publish', UNAVAILABLE);
    await expectStatus(subject.publish(topic, 'a'), 'UNAVAILABLE');
    broker.faults.loseAnswers('Acknowledge', UNAVAILABLE);
    await expectStatus(subject.ack(subscription, await subject.pullOne(subscription)), 'UNAVAILABLE');
    expect(broker.subscriptionStats(subscription)).toMatchObject({ acked: 1, outstanding: 0, waiting: 0 });
  });

  it('is answered late, or never', async () => {
    const { broker, subject, topic } = await openBench();
    const short = { ...ONCE, timeout: 200 };
    broker.faults.delayAnswers('GetTopic', 400);
    broker.faults.delayAnswers('GetTopic', Infinity);
    await expectStatus(subject.publisher.getTopic({ topic }, short), 'DEADLINE_EXCEEDED');
    await expectStatus(subject.publisher.getTopic({ topic }, short), 'DEADLINE_EXCEEDED');
    broker.faults.delayAnswers('GetTopic', 1);
    await expectStatus(subject.publisher.getTopic({ topic }, ONCE), 'OK');
  });
});

describe('an ack', () => {
  it('is swallowed: answered, and the message comes again', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    await subject.publish(topic, 'a');
    broker.faults.swallowAcks();
    await subject.ack(subscription, await subject.pullOne(subscription));
    broker.expireLeases(subscription);
    await subject.ack(subscription, await subject.pullOne(subscription));
    expect(broker.subscriptionStats(subscription)).toMatchObject({ acked: 1, expired: 1, delivered: 2 });
  });
});

describe('a stream', () => {
  it('is refused', async () => {
    const { broker, subject, subscription } = await openBench();
    broker.faults.refuse('StreamingPull', DENIED);
    await expect((await subject.stream({ subscription })).ended).resolves.toBe('PERMISSION_DENIED');
  });

  it('ends with any status, alone or with all others; what it held stays leased', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    const other = await subject.subscription(topic);
    const [stream, otherStream] = [
      await subject.stream({ subscription }),
      await subject.stream({ subscription: other }),
    ];
    await subject.publish(topic, 'a');
    await eventually(() => {
      expect([stream.received.length, otherStream.received.length]).toEqual([1, 1]);
    });
    expect(broker.endStreams(DENIED, subscription)).toBe(1);
    await expect(stream.ended).resolves.toBe('PERMISSION_DENIED');
    expect(broker.subscriptionStats(subscription)).toMatchObject({ outstanding: 1, consumers: 0 });
    expect(broker.endStreams(UNAVAILABLE)).toBe(1);
    await expect(otherStream.ended).resolves.toBe('UNAVAILABLE');
  });

  it('is cut off together with its connection', async () => {
    const { broker, subject, subscription } = await openBench();
    const stream = await subject.stream({ subscription });
    await eventually(() => {
      expect(broker.subscriptionStats(subscription).consumers).toBe(1);
    });
    broker.cutConnections();
    await expect(stream.ended).resolves.not.toBe('OK');
    await eventually(() => {
      expect(broker.subscriptionStats(subscription).consumers).toBe(0);
    });
  });
});

describe('deliveries', () => {
  it('come twice: the same message, two ack ids', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    broker.faults.deliverTwice(1);
    await subject.publish(topic, 'a', 'b');
    const received = await subject.pull(subscription, 3);
    expect(texts(received).sort()).toEqual(['a', 'a', 'b']);
    expect(new Set(received.map(({ ackId }) => ackId)).size).toBe(3);
    expect(new Set(received.map(({ message }) => message?.messageId)).size).toBe(2);
  });

  it('are held back and let go', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    broker.faults.holdDeliveries();
    const stream = await subject.stream({ subscription });
    await subject.publish(topic, 'a');
    await expect(subject.pullNow(subscription)).resolves.toEqual([]);
    expect(broker.subscriptionStats(subscription)).toMatchObject({ waiting: 1, delivered: 0, consumers: 1 });
    broker.faults.releaseDeliveries();
    await eventually(() => {
      expect(stream.texts).toEqual(['a']);
    });
  });

  it('are late, while their lease runs', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    broker.faults.deliveryDelayMs = 300;
    const stream = await subject.stream({ subscription });
    await subject.publish(topic, 'a');
    await eventually(() => {
      expect(broker.subscriptionStats(subscription).outstanding).toBe(1);
    });
    expect(stream.received).toEqual([]);
    await eventually(() => {
      expect(stream.received).toHaveLength(1);
    });
  });

  it('are late without end for a stream that ends meanwhile', async () => {
    const { broker, subject, topic, subscription } = await openBench();
    broker.faults.deliveryDelayMs = 50;
    const stream = await subject.stream({ subscription });
    await subject.publish(topic, 'a');
    await eventually(() => {
      expect(broker.subscriptionStats(subscription).outstanding).toBe(1);
    });
    broker.endStreams(UNAVAILABLE);
    await stream.ended;
    broker.expireLeases(subscription);
    expect(texts(await subject.pull(subscription))).toEqual(['a']);
    expect(stream.received).toEqual([]);
  });
});
