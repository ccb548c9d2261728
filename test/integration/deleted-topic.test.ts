import { expect, it, onTestFinished, vi } from 'vitest';
import { openHealth } from '../../src/app/health.ts';
import { openBroker } from '../support/broker.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { freePort } from '../support/ports.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { sampleMessage } from '../support/samples.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

const SOON = { timeout: 20_000, interval: 50 };
/** Longer than a worker goes without looking at its subscription. */
const MINUTE_MS = 60_000;
const DELETED =
  /^the topic of the subscription was deleted since 20\S+Z: it gets no new messages, even if there is a topic of that name again; /;

it('/readyz says that the topic was deleted, until the worker has made topic and subscription again', async () => {
  const system = await openSystem((await openBroker()).address);
  const clock = new FakeClock();
  const port = await freePort();
  const worker = await startWorker(system, port, clock);
  await vi.waitFor(async () => {
    expect(await readyz(port)).toEqual({ status: 200, problems: [] });
  }, SOON);
  await storesAMessage(system, clock, 'before');

  const { clients, settings } = system;
  await clients.publisher().deleteTopic({ topic: clients.topicName(settings.topic) });
  await vi.waitFor(async () => {
    await clock.advance(MINUTE_MS);
    expect(await readyz(port)).toEqual({ status: 503, problems: [expect.stringMatching(DELETED)] });
  }, SOON);

  const subscription = clients.subscriptionName(settings.subscription);
  await clients.subscriber().deleteSubscription({ subscription });
  await vi.waitFor(async () => {
    await clock.advance(MINUTE_MS);
    expect(await readyz(port)).toEqual({ status: 200, problems: [] });
  }, SOON);
  await storesAMessage(system, clock, 'after');
  await worker.stop();
  expect((await system.storedIds()).toSorted()).toEqual(['after', 'before']);
});

/** A worker whose time the test lets pass, with its health pages. */
async function startWorker(system: WorkerSystem, port: number, clock: FakeClock) {
  const settings = { ...system.settings, healthHost: '127.0.0.1', healthPort: port };
  const health = await openHealth(settings, new RecordingLog());
  onTestFinished(() => health?.close());
  return system.startWorker({ clock, ...(health && { watch: health.watch }) });
}

async function readyz(port: number): Promise<{ status: number; problems: string[] }> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/readyz`);
  const { problems } = (await response.json()) as { problems: string[] };
  return { status: response.status, problems };
}

async function storesAMessage(system: WorkerSystem, clock: FakeClock, id: string): Promise<void> {
  await system.publish([sampleMessage(id)]);
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    expect(await system.storedIds()).toContain(id);
  }, SOON);
}
