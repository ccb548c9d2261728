import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import type { PubSubClients } from '../../src/pubsub/client.ts';
import { DeadLetterInbox } from '../../src/pubsub/dead-letter-inbox.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { replay } from '../../src/pubsub/replay.ts';
import { ensureTopology, type TopologyRole } from '../../src/pubsub/topology.ts';
import { freshProject, NAMES } from '../support/topology.ts';

const UNAVAILABLE = { code: status.UNAVAILABLE, details: 'try later' };
const DENIED = { code: status.PERMISSION_DENIED, details: 'not you' };
const ALL = { limit: Infinity, dryRun: false, signal: new AbortController().signal };
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Nobody reads it.
}

function messagesOf(count: number) {
  return Array.from({ length: count }, (_, seq) => ({ data: Buffer.from(`message ${seq}`), attributes: {} }));
}

let broker: Broker;
let clients: PubSubClients;

beforeEach(async () => {
  broker = await startBroker();
  clients = await freshProject(`${broker.host}:${broker.port}`);
});

afterEach(async () => {
  await clients.close();
  await broker.close();
});

function setUp(role: TopologyRole, create: boolean) {
  return ensureTopology({ clients, names: NAMES, role, create });
}

describe('publishing through faults', () => {
  beforeEach(async () => {
    await setUp('worker', true);
  });

  it.each([status.UNAVAILABLE, status.INTERNAL, status.ABORTED, status.RESOURCE_EXHAUSTED])(
    'makes requests again that failed with status %i',
    async (code) => {
      broker.faults.refuse('Publish', { code, details: 'try later' }, 2);
      const ids = await new TopicPublisher(clients, NAMES.topic).publish(messagesOf(3));
      expect(ids).toHaveLength(3);
      expect(broker.published(clients.topicName(NAMES.topic))).toBe(3);
    },
  );

  it('publishes twice rather than not at all when the answer is lost', async () => {
    broker.faults.loseAnswers('Publish', UNAVAILABLE);
    await new TopicPublisher(clients, NAMES.topic).publish(messagesOf(3));
    expect(broker.published(clients.topicName(NAMES.topic))).toBe(6);
  });

  it('gives up at once where no retry helps', async () => {
    broker.faults.refuse('Publish', DENIED);
    await expect(new TopicPublisher(clients, NAMES.topic).publish(messagesOf(1))).rejects.toMatchObject({
      code: 'PUBSUB_DENIED',
      message: `cannot publish to ${clients.topicName(NAMES.topic)}: not you`,
    });
    expect(broker.published(clients.topicName(NAMES.topic))).toBe(0);
  });

  it('begins no further request after one has failed', async () => {
    broker.faults.refuse('Publish', DENIED);
    await expect(new TopicPublisher(clients, NAMES.topic).publish(messagesOf(20_000))).rejects.toMatchObject({
      code: 'PUBSUB_DENIED',
    });
    expect(broker.published(clients.topicName(NAMES.topic))).toBeLessThan(20_000);
  });

  it('goes on when a server comes back that was away', async () => {
    await broker.pause();
    const outcome = new TopicPublisher(clients, NAMES.topic).publish(messagesOf(1));
    await broker.resume();
    await expect(outcome).resolves.toHaveLength(1);
  });
});

describe('setting up through faults', () => {
  it('makes calls again that failed transiently', async () => {
    broker.faults.refuse('GetTopic', UNAVAILABLE, 2);
    broker.faults.refuse('CreateSubscription', UNAVAILABLE, 2);
    await expect(setUp('worker', true)).resolves.toEqual([]);
  });

  it('takes it for created when the answer to that was lost', async () => {
    broker.faults.loseAnswers('CreateTopic', UNAVAILABLE);
    broker.faults.loseAnswers('CreateSubscription', UNAVAILABLE);
    await expect(setUp('worker', true)).resolves.toEqual([]);
  });

  it('believes a role without the right to look that everything is there', async () => {
    broker.faults.refuse('GetTopic', DENIED, Infinity);
    broker.faults.refuse('GetSubscription', DENIED, Infinity);
    await expect(setUp('worker', false)).resolves.toEqual([]);
  });

  it('says what it may not create', async () => {
    broker.faults.refuse('CreateTopic', DENIED, Infinity);
    await expect(setUp('publisher', true)).rejects.toMatchObject({
      code: 'PUBSUB_DENIED',
      message: `cannot create topic ${clients.topicName(NAMES.topic)}: not you`,
    });
  });
});

describe('replaying through faults', () => {
  const letters = (count: number) =>
    new TopicPublisher(clients, NAMES.deadLetterTopic).publish(messagesOf(count));
  const replayAll = async () => {
    const inbox = new DeadLetterInbox(clients, NAMES.deadLetterSubscription, SILENT);
    return replay(inbox, new TopicPublisher(clients, NAMES.topic), ALL).finally(() => inbox.close());
  };
  const left = () => {
    const { waiting, outstanding } = broker.subscriptionStats(
      clients.subscriptionName(NAMES.deadLetterSubscription),
    );
    return { waiting, outstanding };
  };

  beforeEach(async () => {
    await setUp('worker', true);
  });

  it('removes no letter before its publish is confirmed', async () => {
    await letters(5);
    broker.faults.loseAnswers('Publish', DENIED);
    await expect(replayAll()).rejects.toMatchObject({ code: 'PUBSUB_DENIED' });
    expect(left()).toEqual({ waiting: 5, outstanding: 0 });
  });

  it('says how many letters were not confirmed as removed', async () => {
    await letters(5);
    broker.faults.refuse('Acknowledge', DENIED);
    await expect(replayAll()).resolves.toMatchObject({ replayed: 5, unconfirmed: 5 });
  });

  it('takes up many pages, and leaves nothing behind', async () => {
    await letters(1_700);
    await expect(replayAll()).resolves.toMatchObject({ replayed: 1_700, unconfirmed: 0 });
    expect(broker.published(clients.topicName(NAMES.topic))).toBe(1_700);
    expect(left()).toEqual({ waiting: 0, outstanding: 0 });
  });
});

it('keeps messages of the subscriptions that it creates for as long as the service allows', async () => {
  await setUp('worker', true);
  for (const name of [NAMES.subscription, NAMES.deadLetterSubscription]) {
    const [found] = await clients
      .subscriber()
      .getSubscription({ subscription: clients.subscriptionName(name) });
    expect(Number(found.messageRetentionDuration?.seconds)).toBe(31 * 24 * 60 * 60);
    expect(found.expirationPolicy?.ttl ?? null).toBeNull();
  }
});
