import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeWorker } from '../../app/compose.ts';
import { startBroker } from '../../broker/broker.ts';
import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { WorkerEvents } from '../../pipeline/status.ts';
import type { Worker } from '../../pipeline/worker.ts';
import { connectPubSub, type PubSubClients } from '../../pubsub/client.ts';
import { removeTopology } from '../../pubsub/topology.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';

/** Which parts are real; the others are embedded in the process and gone with it. */
export interface RealParts {
  readonly pubsub: boolean;
  readonly database: boolean;
}

/**
 * A place to try everything in: a database, Pub/Sub with a topic of its own, and a worker on them that was
 * not started yet.
 */
export interface Sandbox {
  readonly settings: Settings;
  readonly store: Store;
  readonly clients: PubSubClients;
  readonly worker: Worker;
  /** What it is made of, for a person. */
  readonly description: string;
  /**
   * Removes what was created for it, but rows in a real database, and closes everything. The worker must have
   * ended.
   */
  close(): Promise<void>;
}

/** Whom the worker of a sandbox tells what it does. */
export interface ToldOfWorker {
  readonly log: Log;
  readonly events?: WorkerEvents;
}

/** What a sandbox is made of. */
export interface SandboxParts {
  readonly settings: Settings;
  /** Topic and subscription are named after it. */
  readonly run: string;
  readonly real: RealParts;
  readonly told: ToldOfWorker;
  /** Whether an embedded database stays when the sandbox is closed; it goes if left out. */
  readonly keepsDatabase?: boolean;
}

/**
 * Opens a sandbox. Topic and subscription are its own, so that it takes no message that is meant for someone
 * else; in a real database, what it stores stays.
 */
export async function openSandbox(parts: SandboxParts): Promise<Sandbox> {
  const { settings, run, real, told, keepsDatabase = false } = parts;
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const [database, databaseText] = real.database
      ? [settings.database, 'the database of DATABASE_URL (its new rows stay)']
      : await embeddedDatabase(keepsDatabase ? undefined : undo);
    const [emulatorHost, pubsubText] = real.pubsub
      ? [settings.emulatorHost, 'the Pub/Sub of the settings']
      : await embeddedBroker(undo);
    const ours: Settings = {
      ...settings,
      ...namesOf(run),
      database,
      ...(real.database ? {} : { readDatabase: undefined }),
      ...(emulatorHost !== undefined && { emulatorHost }),
    };
    const store = await openStore(database, { log: told.log, connections: ours.flushesInFlight });
    undo.push(() => store.close());
    await store.migrate();
    const clients = await connectPubSub(ours);
    undo.push(() => clients.close());
    if (real.pubsub) undo.push(() => removeTopology(clients, ours));
    const worker = await composeWorker(ours, { ...told, store, clients, create: true });
    const description = `${pubsubText} and ${databaseText}`;
    return { settings: ours, store, clients, worker, description, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Undo = (() => Promise<unknown>)[];

/** In a new folder, which goes if it can be undone. */
async function embeddedDatabase(undo: Undo | undefined): Promise<[Settings['database'], string]> {
  const folder = await mkdtemp(join(tmpdir(), undo === undefined ? 'lms-demo-' : 'lms-'));
  undo?.push(() => rm(folder, { recursive: true, force: true }));
  return [{ kind: 'sqlite', path: join(folder, 'lms.sqlite') }, 'an SQLite file of its own'];
}

async function embeddedBroker(undo: Undo): Promise<[string, string]> {
  const broker = await startBroker();
  undo.push(() => broker.close());
  return [`${broker.host}:${String(broker.port)}`, 'the embedded broker'];
}

function namesOf(run: string) {
  return {
    topic: `log-topic-${run}`,
    subscription: `log-sub-${run}`,
    deadLetterTopic: `log-topic-dead-letter-${run}`,
    deadLetterSubscription: `log-sub-dead-letter-${run}`,
  };
}
