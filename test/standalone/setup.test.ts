import { describe, expect, inject, it } from 'vitest';
import { ensureTopology, type TopologyRole } from '../../src/pubsub/topology.ts';
import { freshProject, NAMES } from '../support/topology.ts';

const emulatorHost = inject('emulatorHost');

describe('setting up topics and subscriptions', () => {
  it('gives a worker all four, with subscriptions that never expire', async () => {
    await using clients = await freshProject(emulatorHost);
    await expect(ensureTopology({ clients, names: NAMES, role: 'worker', create: true })).resolves.toEqual(
      [],
    );

    const subscriber = clients.subscriber();
    const [main] = await subscriber.getSubscription({ subscription: clients.subscriptionName('log-sub') });
    expect(main).toMatchObject({ topic: clients.topicName('log-topic'), ackDeadlineSeconds: 60 });
    expect(main.expirationPolicy?.ttl ?? null).toBeNull();
    const [dead] = await subscriber.getSubscription({
      subscription: clients.subscriptionName('log-sub-dead-letter'),
    });
    expect(dead.topic).toBe(clients.topicName('log-topic-dead-letter'));
  });

  it('gives a publisher the subscription too, so that what it publishes before the first worker is kept', async () => {
    await using clients = await freshProject(emulatorHost);
    await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
    const [subscriptions] = await clients
      .subscriber()
      .listSubscriptions({ project: `projects/${clients.projectId}` });
    expect(subscriptions.map(({ name }) => name)).toEqual([clients.subscriptionName('log-sub')]);
  });

  it('changes nothing when it is repeated, and takes no harm from ten processes at once', async () => {
    await using clients = await freshProject(emulatorHost);
    const once = () => ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
    await Promise.all(Array.from({ length: 10 }, once));
    await expect(once()).resolves.toEqual([]);
    const [topics] = await clients.publisher().listTopics({ project: `projects/${clients.projectId}` });
    expect(topics).toHaveLength(2);
  });

  it.each<[TopologyRole, RegExp]>([
    ['publisher', /^topic projects\/[\w-]+\/topics\/log-topic does not exist$/],
    // It looks for both at once.
    ['replayer', /^(topic|subscription) projects\/[\w-]+\/\w+\/log-[\w-]+ does not exist$/],
  ])('creates nothing for a %s that may not, and says what is missing', async (role, message) => {
    await using clients = await freshProject(emulatorHost);
    await expect(ensureTopology({ clients, names: NAMES, role, create: false })).rejects.toMatchObject({
      code: 'PUBSUB_NOT_FOUND',
      message: expect.stringMatching(message) as string,
    });
    const [topics] = await clients.publisher().listTopics({ project: `projects/${clients.projectId}` });
    expect(topics).toEqual([]);
  });

  it('names the one subscription that a worker lacks', async () => {
    await using clients = await freshProject(emulatorHost);
    await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
    const subscription = clients.subscriptionName('log-sub-dead-letter');
    await clients.subscriber().deleteSubscription({ subscription });
    await expect(
      ensureTopology({ clients, names: NAMES, role: 'worker', create: false }),
    ).rejects.toMatchObject({
      code: 'PUBSUB_NOT_FOUND',
      message: `subscription ${subscription} does not exist`,
    });
  });

  it('refuses a subscription that reads from another topic', async () => {
    await using clients = await freshProject(emulatorHost);
    await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
    const names = { ...NAMES, topic: 'other-topic' };
    await expect(ensureTopology({ clients, names, role: 'publisher', create: true })).rejects.toMatchObject({
      code: 'SETTINGS',
      message: expect.stringContaining('log-sub reads from projects/') as string,
    });
  });

  it('never lets a publisher make a topic again whose subscription gets nothing of it: what is published would be lost', async () => {
    await using clients = await freshProject(emulatorHost);
    await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
    const topic = clients.topicName('log-topic');
    await clients.publisher().deleteTopic({ topic });
    const publisher = { clients, names: NAMES, role: 'publisher', create: true } as const;
    const deleted = `the topic of subscription ${clients.subscriptionName('log-sub')} was deleted`;
    await expect(ensureTopology(publisher)).rejects.toMatchObject({
      code: 'PUBSUB_NOT_FOUND',
      message: expect.stringContaining(`nothing would keep what is published: ${deleted}`) as string,
    });
    // A worker may take what is still there, is warned, and makes no topic that others would publish to.
    await expect(ensureTopology({ ...publisher, role: 'worker' })).resolves.toEqual([
      expect.stringContaining(deleted),
    ]);
    await expect(clients.publisher().getTopic({ topic })).rejects.toMatchObject({ code: 5 });
    // What the message says to do.
    await clients.subscriber().deleteSubscription({ subscription: clients.subscriptionName('log-sub') });
    await expect(ensureTopology(publisher)).resolves.toEqual([]);
  });

  it('refuses a topic without any subscription to a publisher that may not create one', async () => {
    await using clients = await freshProject(emulatorHost);
    await clients.publisher().createTopic({ name: clients.topicName('log-topic') });
    const publisher = { clients, names: NAMES, role: 'publisher', create: false } as const;
    await expect(ensureTopology(publisher)).rejects.toMatchObject({ code: 'PUBSUB_NOT_FOUND' });
    await clients.subscriber().createSubscription({
      name: clients.subscriptionName('of-another-name'),
      topic: clients.topicName('log-topic'),
    });
    await expect(ensureTopology(publisher)).resolves.toEqual([]);
  });

  it('says within 5 s that nobody answers', async () => {
    await using clients = await freshProject('127.0.0.1:1');
    const startedMs = performance.now();
    await expect(
      ensureTopology({ clients, names: NAMES, role: 'worker', create: true }),
    ).rejects.toMatchObject({
      code: 'PUBSUB_UNREACHABLE',
      message: expect.stringContaining('connect ECONNREFUSED 127.0.0.1:1') as string,
    });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
