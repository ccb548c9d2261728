import { afterEach, describe, expect, it, vi } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { connectPubSub } from '../../src/pubsub/client.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('connecting to Pub/Sub', () => {
  it('uses the emulator that it is told, whatever the environment says', async () => {
    vi.stubEnv('PUBSUB_EMULATOR_HOST', '127.0.0.1:1');
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/no/such/file');
    const broker = await startBroker();
    const clients = await connectPubSub({ projectId: 'lms', emulatorHost: `localhost:${broker.port}` });
    const name = clients.topicName('log-topic');
    const [topic] = await clients.publisher().createTopic({ name });
    expect(topic.name).toBe('projects/lms/topics/log-topic');
    await clients.close();
    await broker.close();
  });

  it('opens one connection for publishing and one for subscribing, when they are asked for', async () => {
    const clients = await connectPubSub({ projectId: 'lms', emulatorHost: '127.0.0.1:1' });
    expect(clients.publisher()).toBe(clients.publisher());
    expect(clients.subscriber()).toBe(clients.subscriber());
    await clients.close();
  });

  it('pings no more often than the official client: a server that allows fewer pings cuts the connection', async () => {
    const clients = await connectPubSub({ projectId: 'lms', emulatorHost: '127.0.0.1:1' });
    for (const client of [clients.publisher(), clients.subscriber()]) {
      expect(client).toHaveProperty(['_opts', 'grpc.keepalive_time_ms'], 300_000);
      expect(client).toHaveProperty(['_opts', 'grpc.keepalive_timeout_ms'], 20_000);
    }
    await clients.close();
  });

  it('gives up a connection that does not answer, once, and none that was made after it', async () => {
    const clients = await connectPubSub({ projectId: 'lms', emulatorHost: '127.0.0.1:1' });
    const stub = await clients.subscriberStub();
    clients.reconnectSubscriber(stub);
    const next = await clients.subscriberStub();
    expect(next).not.toBe(stub);
    clients.reconnectSubscriber(stub);
    await expect(clients.subscriberStub()).resolves.toBe(next);
    const publisher = clients.publisher();
    clients.reconnectPublisher(publisher);
    const nextPublisher = clients.publisher();
    expect(nextPublisher).not.toBe(publisher);
    clients.reconnectPublisher(publisher);
    expect(clients.publisher()).toBe(nextPublisher);
    await clients.close();
  });

  it('gives the streaming call itself', async () => {
    const clients = await connectPubSub({ projectId: 'lms', emulatorHost: '127.0.0.1:1' });
    const stream = (await clients.subscriberStub()).streamingPull();
    const failed = new Promise((resolve) => stream.once('error', resolve));
    await expect(failed).resolves.toMatchObject({ code: 14 });
    await clients.close();
  });

  it('closes as often as it is asked to, used or not', async () => {
    const clients = await connectPubSub({ projectId: 'lms', emulatorHost: '127.0.0.1:1' });
    await clients.subscriberStub();
    await Promise.all([clients.close(), clients.close()]);
    await expect(clients.close()).resolves.toBeUndefined();
  });

  it('says at once that there are no credentials for Google Cloud', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/no/such/file');
    await expect(connectPubSub({ projectId: 'lms' })).rejects.toMatchObject({
      code: 'PUBSUB_DENIED',
      message: expect.stringContaining('/no/such/file') as string,
    });
  });

  it('refuses an address that is none', async () => {
    await expect(connectPubSub({ projectId: 'lms', emulatorHost: 'nowhere' })).rejects.toMatchObject({
      code: 'SETTINGS',
    });
  });
});
