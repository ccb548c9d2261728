import { status } from '@grpc/grpc-js';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { openLive } from '../../src/app/open-live.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { publishedJson } from '../../src/logs/entry-json.ts';
import type { PubSubClients } from '../../src/pubsub/client.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { openEntryReader, openStore } from '../../src/store/open.ts';
import { scratchDatabase } from '../cli/scratch-database.ts';
import { collected, type LiveSubject, liveTailsContract } from '../contract/live-tails.contract.ts';
import { numbered } from '../live/live-ground.ts';
import { brokerProject } from '../support/broker-project.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { freshProject } from '../support/topology.ts';

const settingsOf = (flags: Record<string, string>) =>
  loadSettings({ flags, env: {}, dotenvPath: undefined }).settings;

async function openDatabase() {
  const scratch = scratchDatabase();
  const { database } = settingsOf({ DATABASE_URL: scratch.url });
  const log = new RecordingLog();
  const store = await openStore(database, { log });
  await store.migrate();
  const reader = await openEntryReader(database, { log, connections: 1 });
  onTestFinished(async () => {
    await reader.close();
    await store.close();
    scratch[Symbol.dispose]();
  });
  return { url: scratch.url, store, reader };
}

async function onPubSub(
  clients: PubSubClients,
  emulatorHost: string,
  interrupt: () => Promise<void>,
): Promise<LiveSubject> {
  const { url, reader } = await openDatabase();
  onTestFinished(() => clients.close());
  const settings = settingsOf({
    DATABASE_URL: url,
    PUBSUB_EMULATOR_HOST: emulatorHost,
    PUBSUB_PROJECT_ID: clients.projectId,
  });
  const publisher = new TopicPublisher(clients, settings.topic);
  return {
    settings,
    reader: () => Promise.resolve(reader),
    interrupt,
    async publish(entries) {
      await publisher.publish(
        entries.map((entry) => ({ data: Buffer.from(publishedJson(entry)), attributes: {} })),
      );
    },
  };
}

async function onBroker() {
  const project = await brokerProject();
  onTestFinished(() => project[Symbol.asyncDispose]());
  const { broker, clients, env } = project;
  const subject = await onPubSub(clients, env['PUBSUB_EMULATOR_HOST'] ?? '', () => {
    broker.faults.refuseStreams({ code: status.UNAVAILABLE, details: 'try again' }, 2);
    // What was shown comes again, too.
    broker.faults.deliverTwice(10);
    broker.cutConnections();
    return Promise.resolve();
  });
  return { subject, broker, clients };
}

describe('on the embedded broker', () => {
  liveTailsContract(async () => (await onBroker()).subject);
});

describe('on the emulator of the run', () => {
  liveTailsContract(async () => {
    const emulatorHost = inject('emulatorHost');
    return onPubSub(await freshProject(emulatorHost), emulatorHost, () => Promise.resolve());
  });
});

describe('on the database', () => {
  liveTailsContract(async () => {
    const { url, store, reader } = await openDatabase();
    const state = { failures: 0 };
    return {
      settings: settingsOf({ DATABASE_URL: url, LMS_TAIL: 'poll' }),
      reader: () => {
        state.failures -= 1;
        return state.failures >= 0 ? Promise.reject(new Error('no connection')) : Promise.resolve(reader);
      },
      interrupt: () => {
        state.failures = 2;
        return Promise.resolve();
      },
      publish: async (entries) => {
        await store.write(entries);
      },
    };
  });
});

describe('the subscription of a live tail', () => {
  const open = async () => {
    const { subject, broker, clients } = await onBroker();
    const log = new RecordingLog();
    const live = openLive({ settings: subject.settings, reader: subject.reader, create: true, log });
    if (live === undefined) throw new Error('live tails are off');
    onTestFinished(() => live.close());
    const subscriptions = async () => {
      const [all] = await clients.subscriber().listSubscriptions({
        project: `projects/${clients.projectId}`,
      });
      return all.filter(({ name }) => name?.includes('-tail-'));
    };
    const publish = (entries: Parameters<LiveSubject['publish']>[0]) => subject.publish(entries);
    return { broker, live, clients, publish, subscriptions };
  };

  it('is made at the start, expires by itself, says whose it is, and is deleted at the end', async () => {
    const { live, subscriptions } = await open();
    await live.tails.warm();
    expect(await subscriptions()).toMatchObject([
      {
        name: expect.stringMatching(/\/log-sub-tail-[0-9a-f]{8}-[0-9a-f]{12}$/) as string,
        labels: { lms: 'tail' },
        expirationPolicy: { ttl: { seconds: '86400' } },
        messageRetentionDuration: { seconds: '600' },
      },
    ]);
    await live.close();
    expect(await subscriptions()).toEqual([]);
  });

  it('deleted by somebody, is made again, and what may be missing is said', async () => {
    const { live, subscriptions, clients, publish } = await open();
    const tail = await collected(live);
    await publish([numbered(1)]);
    await vi.waitFor(() => {
      expect(tail.ids()).toEqual(['e-1']);
    }, 10_000);
    const [made] = await subscriptions();
    await clients.subscriber().deleteSubscription({ subscription: made?.name ?? '' });
    await vi.waitFor(() => {
      expect(tail.events.some(({ kind }) => kind === 'gap')).toBe(true);
    }, 10_000);
    await publish([numbered(2)]);
    await vi.waitFor(() => {
      expect(tail.ids()).toEqual(['e-1', 'e-2']);
    }, 10_000);
    expect(await subscriptions()).toHaveLength(1);
  });

  it('that may not be made is said with its reason, and is tried again', async () => {
    const { live, broker } = await open();
    broker.faults.refuse('CreateSubscription', {
      code: status.PERMISSION_DENIED,
      details: 'User not authorized.',
    });
    await expect(live.tails.warm()).rejects.toMatchObject({ code: 'PUBSUB_DENIED' });
    const tail = await collected(live);
    await vi.waitFor(() => {
      expect(tail.events).toMatchObject([{ kind: 'heartbeat' }]);
    }, 10_000);
  });

  it('acknowledges what it has shown', async () => {
    const { live, broker, subscriptions, publish } = await open();
    await collected(live);
    await publish(Array.from({ length: 500 }, (_none, n) => numbered(n)));
    const [made] = await subscriptions();
    await vi.waitFor(() => {
      expect(broker.subscriptionStats(made?.name ?? '')).toMatchObject({ acked: 500, outstanding: 0 });
    }, 10_000);
  });
});
