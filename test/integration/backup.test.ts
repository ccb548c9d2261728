import { PubSub } from '@google-cloud/pubsub';
import { describe, expect, inject, it } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { openBroker } from '../support/broker.ts';
import { copyDatabase } from '../support/database-copy.ts';
import { ids, malformedMessage, sampleMessage } from '../support/samples.ts';
import { NAMES } from '../support/topology.ts';
import { openSystemOn, type WorkerSystem } from '../support/worker-system.ts';

const PATIENCE = { timeout: 50_000, interval: 50 };

/** What was published of good messages, by the identity of their rows, and of bad ones. */
interface Published {
  readonly good: string[];
  readonly bad: string[];
}

describe('a database that is lost is restored from a snapshot, and the subscription sought back', () => {
  it('through the embedded broker: published = rows = counts', async () => {
    const broker = await openBroker();
    await rehearse(broker.address);
  });

  it('through the emulator: published = rows = counts', () => rehearse(inject('emulatorHost')));
});

async function rehearse(emulatorHost: string): Promise<void> {
  const system = await openSystemOn(emulatorHost, async (env, store) => {
    await store.migrate();
    await retainingTopology(env);
  });
  const published: Published = { good: [], bad: [] };
  const first = await system.startWorker();
  await publish(system, published, ids('stored-', 1_000));
  await rowsReach(system, published.good.length);
  const settledTo = await nextSecond();
  const settled = first.worker.ledger.received;

  const meanwhile = publishOn(system, published, 'meanwhile-');
  await rowsReach(system, 1_500);
  const copy = await copyDatabase(system.database, async () => {
    // More is committed while the snapshot is read: it must not have that.
    const { rows } = await system.store.totals();
    await publish(system, published, ids('within-', 500));
    await rowsReach(system, rows + 490);
  });
  await meanwhile;
  await publish(system, published, ids('after-', 500));
  await rowsReach(system, published.good.length);

  await system.database.drop();
  await publish(system, published, ids('lost-', 300));
  await expect.poll(() => first.worker.ledger.held, PATIENCE).toBeGreaterThan(0);
  await first.stop().catch(() => undefined);

  const restored = await system.withDatabase(copy);
  const missing = published.good.length - (await restored.store.totals()).rows;
  expect(missing).toBeGreaterThanOrEqual(490 + 490 + 294);
  await expect(restored.store.verify()).resolves.toMatchObject({ agree: true });
  await seek(restored, settledTo);
  const second = await restored.startWorker();
  await rowsReach(restored, published.good.length);
  await second.stop();

  await everythingIsThere(restored, published);
  const { received, stored, duplicates } = second.worker.ledger;
  expect(stored).toBe(missing);
  expect(duplicates).toBeGreaterThan(0);
  // What was stored before the time that was sought did not come again.
  expect(received).toBeLessThanOrEqual(published.good.length + published.bad.length - settled);
}

/** The next whole second, once it has begun: the client library seeks to no less. */
async function nextSecond(): Promise<Date> {
  const next = Math.floor(Date.now() / 1_000 + 1) * 1_000;
  await expect.poll(() => Date.now(), PATIENCE).toBeGreaterThanOrEqual(next);
  return new Date(next);
}

/** As docs/backup.md makes it with gcloud. */
async function retainingTopology(env: Environment): Promise<void> {
  const pubsub = libraryOf(env);
  const [topic] = await pubsub.createTopic({
    name: NAMES.topic,
    messageRetentionDuration: { seconds: 86_400 },
  });
  await topic.createSubscription(NAMES.subscription, { retainAckedMessages: true });
  await pubsub.close();
}

async function seek({ env }: WorkerSystem, to: Date): Promise<void> {
  const pubsub = libraryOf(env);
  await pubsub.subscription(NAMES.subscription).seek(to);
  await pubsub.close();
}

function libraryOf(env: Environment): PubSub {
  return new PubSub({
    projectId: env['PUBSUB_PROJECT_ID']!,
    apiEndpoint: env['PUBSUB_EMULATOR_HOST']!,
    emulatorMode: true,
  });
}

/** Publishes until enough of it is stored, a few at a time. */
async function publishOn(system: WorkerSystem, published: Published, prefix: string): Promise<void> {
  for (let part = 0; part < 40; part += 1) await publish(system, published, ids(`${prefix}${part}-`, 50));
}

/** Every 50th cannot be decoded; every other one has an identity of its publisher's, the rest those of Pub/Sub. */
async function publish(system: WorkerSystem, published: Published, named: readonly string[]): Promise<void> {
  const messages = named.map((id, index) => messageOf(id, index));
  const messageIds = await system.publish(messages);
  for (const [index, message] of messages.entries()) {
    const id = message.attributes['event_id'] ?? messageIds[index]!;
    (isBad(index) ? published.bad : published.good).push(id);
  }
}

function isBad(index: number): boolean {
  return index % 50 === 49;
}

function messageOf(id: string, index: number): OutgoingMessage {
  if (isBad(index)) return malformedMessage(id);
  const { data, attributes } = sampleMessage(id);
  return { data, attributes: index % 2 === 0 ? attributes : {} };
}

async function rowsReach(system: WorkerSystem, rows: number): Promise<void> {
  await expect.poll(async () => (await system.store.totals()).rows, PATIENCE).toBeGreaterThanOrEqual(rows);
}

async function everythingIsThere(system: WorkerSystem, { good, bad }: Published): Promise<void> {
  expect((await system.storedIds()).toSorted()).toEqual(good.toSorted());
  const { agree, total } = await system.store.verify();
  expect(agree).toBe(true);
  expect(total).toEqual({ rows: good.length, counted: good.length, countedByMinute: good.length });
  // Those of the time after the snapshot may be there twice.
  expect(await system.deadLetterIds(bad.length)).toEqual(new Set(bad));
}
