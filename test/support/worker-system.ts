import { createConnection } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import { composeWorker, type WorkerParts } from '../../src/app/compose.ts';
import { loadSettings, type Settings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/sources.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import type { Worker } from '../../src/pipeline/worker.ts';
import { connectPubSub, type PubSubClients } from '../../src/pubsub/client.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { freshDatabase, type TestDatabase } from './database.ts';
import { askProcessList } from './process-list.ts';
import { RecordingLog } from './recording-log.ts';
import { publishedId } from './stored-id.ts';
import { freshProject, receive } from './topology.ts';

/** A worker as `lms mon` composes it, with connections of its own. */
export interface RunningWorker {
  readonly worker: Worker;
  readonly log: RecordingLog;
  /** Stops it, and waits until it has drained. */
  readonly stop: () => Promise<void>;
}

/** Workers on a subscription and a database of one test's own. Ends with the test. */
export class WorkerSystem {
  readonly settings: Settings;
  /** The settings as the environment of a process. */
  readonly env: Environment;
  /** For the test to look at what is stored. */
  readonly store: Store;
  readonly clients: PubSubClients;
  readonly database: TestDatabase;
  readonly #publisher: TopicPublisher;

  constructor(
    env: Environment,
    settings: Settings,
    store: Store,
    clients: PubSubClients,
    database: TestDatabase,
  ) {
    this.env = env;
    this.settings = settings;
    this.store = store;
    this.clients = clients;
    this.database = database;
    this.#publisher = new TopicPublisher(clients, settings.topic);
  }

  /** Resolves to the ids that Pub/Sub gave them, in order. */
  publish(messages: readonly OutgoingMessage[]): Promise<string[]> {
    return this.#publisher.publish(messages);
  }

  async startWorker(parts: Pick<WorkerParts, 'clock' | 'watch'> = {}): Promise<RunningWorker> {
    const log = new RecordingLog();
    const clients = await connectPubSub(this.settings);
    const store = await openStore(this.settings.database, { log });
    const worker = await composeWorker(this.settings, { store, clients, log, create: true, ...parts });
    const stop = new AbortController();
    const running = worker.run(stop.signal).finally(() => Promise.all([store.close(), clients.close()]));
    onTestFinished(() => {
      stop.abort();
    });
    return {
      worker,
      log,
      stop: () => {
        stop.abort();
        return running;
      },
    };
  }

  /** Another database in the place of this one: its workers go on with the same subscription. */
  async withDatabase(database: TestDatabase): Promise<WorkerSystem> {
    const env = { ...this.env, DATABASE_URL: database.url };
    const { settings } = loadSettings({ flags: {}, env, dotenvPath: undefined });
    const store = await openStore(settings.database, { log: new RecordingLog() });
    onTestFinished(async () => {
      await store.close();
      await database.drop();
    });
    return new WorkerSystem(env, settings, store, this.clients, database);
  }

  /** Ends all connections to the database but the one that does it, as an operator or a failover would. */
  async killDatabaseConnections(): Promise<void> {
    const connection = await createConnection(this.database.url);
    const rows = await askProcessList(
      connection,
      'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    );
    // One that ended by itself in between is as good.
    for (const { id } of rows) await connection.query('KILL ?', [id]).catch(() => undefined);
    await connection.end();
  }

  /**
   * Event ids of the dead letters, once there are `count` different ones. A letter may be there twice: its
   * message was delivered twice, or the answer to its publish was lost.
   */
  async deadLetterIds(count: number): Promise<Set<string>> {
    const ids = new Set<string>();
    while (ids.size < count) {
      const letters = await receive(this.clients, this.settings.deadLetterSubscription, 1);
      for (const { attributes } of letters) ids.add(attributes?.['event_id'] ?? '');
    }
    return ids;
  }

  /** The `event_id` attributes of the messages that have a row, once for each row. */
  async storedIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { eventId } of this.store.entries()) ids.push(publishedId(eventId));
    return ids;
  }
}

/** Where a system is, as the environment of a process. */
type SystemEnv = Environment & { readonly DATABASE_URL: string };

/**
 * Topic, subscriptions and tables, all empty; no worker yet. Batches are small and often, so that much
 * happens. `changes` are settings that differ.
 */
export function openSystem(emulatorHost: string, changes: Environment = {}): Promise<WorkerSystem> {
  return openSystemOn(emulatorHost, (_env, store) => store.migrate(), changes);
}

/** The same, with tables that `prepare` makes. */
export async function openSystemOn(
  emulatorHost: string,
  prepare: (env: SystemEnv, store: Store) => Promise<unknown>,
  changes: Environment = {},
): Promise<WorkerSystem> {
  const database = await freshDatabase();
  const clients = await freshProject(emulatorHost);
  const env = {
    DATABASE_URL: database.url,
    PUBSUB_EMULATOR_HOST: emulatorHost,
    PUBSUB_PROJECT_ID: clients.projectId,
    BATCHSIZE: '500',
    FLUSHINTERVAL: '0.5',
    ACK_DEADLINE: '10',
    ...changes,
  };
  const { settings } = loadSettings({ flags: {}, env, dotenvPath: undefined });
  const store = await openStore(settings.database, { log: new RecordingLog() });
  onTestFinished(async () => {
    await Promise.all([store.close(), clients.close()]);
    await database.drop();
  });
  await prepare(env, store);
  await ensureTopology({ clients, names: settings, role: 'worker', create: true });
  return new WorkerSystem(env, settings, store, clients, database);
}
