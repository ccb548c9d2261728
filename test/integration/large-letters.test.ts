import { randomBytes } from 'node:crypto';
import { expect, inject, it, vi } from 'vitest';
import { openBroker } from '../support/broker.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { receive } from '../support/topology.ts';
import { openSystem, type WorkerSystem } from '../support/worker-system.ts';

/** It packs and moves 90 MB. */
const SLOW = { timeout: 120_000 };
const PATIENCE = { timeout: 50_000, interval: 50 };
/**
 * As large as a message may be, nearly, and noise: with a reason beside it, it fits no message, even packed.
 */
const HUGE_BYTES = 9_999_700;
/** More bytes than the worker may hold: it stands still until the first letters are published. */
const HUGE_MESSAGES = 3;
const HELD = { BATCHBYTES: '1000000', MAX_HELD_BYTES: '20000000' };

it(
  'letters that are too large for one message do not stop the intake: on the embedded broker',
  SLOW,
  async () => {
    const broker = await openBroker();
    await takesHugeLetters(await openSystem(broker.address, HELD));
  },
);

it('letters that are too large for one message do not stop the intake: on the emulator', SLOW, async () => {
  await takesHugeLetters(await openSystem(inject('emulatorHost'), HELD));
});

async function takesHugeLetters(system: WorkerSystem): Promise<void> {
  expect(HUGE_MESSAGES * HUGE_BYTES).toBeGreaterThan(system.settings.maxHeldBytes);
  const published = await publishHuge(system);
  await system.publish(ids('good', 20).map((id) => sampleMessage(id)));
  const { worker, stop } = await system.startWorker();
  await vi.waitFor(async () => {
    expect((await system.store.totals()).rows).toBe(20);
    expect(worker.ledger.deadLettered).toBeGreaterThanOrEqual(HUGE_MESSAGES);
  }, PATIENCE);
  await stop();
  expect((await system.storedIds()).toSorted()).toEqual(ids('good', 20).toSorted());

  const letters = await joinedLetters(system);
  expect([...letters.keys()].toSorted()).toEqual([...published.keys()].toSorted());
  for (const [id, data] of published) expect(letters.get(id)?.equals(data)).toBe(true);
}

/**
 * One by one, past our own publisher: it keeps a little more room than the service does. Returns the data by
 * message id.
 */
async function publishHuge({ clients, settings }: WorkerSystem): Promise<Map<string, Buffer>> {
  const published = new Map<string, Buffer>();
  for (let count = 0; count < HUGE_MESSAGES; count += 1) {
    const data = randomBytes(HUGE_BYTES);
    const request = { topic: clients.topicName(settings.topic), messages: [{ data }] };
    const [{ messageIds }] = await clients.publisher().publish(request);
    published.set(messageIds?.[0] ?? '', data);
  }
  return published;
}

/** The data of the letters by the id of the message, once all parts are there. A part may be there twice. */
async function joinedLetters({ clients, settings }: WorkerSystem): Promise<Map<string, Buffer>> {
  const halves = { '1/2': new Map<string, Buffer>(), '2/2': new Map<string, Buffer>() };
  while (Object.values(halves).some(({ size }) => size < HUGE_MESSAGES)) {
    for (const { data, attributes } of await receive(clients, settings.deadLetterSubscription, 1)) {
      expect(attributes?.['lms_code']).toBe('not_utf8');
      expect(attributes?.['lms_part']).toMatch(/^[12]\/2$/);
      const half = halves[attributes?.['lms_part'] === '1/2' ? '1/2' : '2/2'];
      half.set(attributes?.['original_message_id'] ?? '', Buffer.from(data ?? ''));
    }
  }
  return new Map(
    [...halves['1/2']].map(([id, first]) => [
      id,
      Buffer.concat([first, halves['2/2'].get(id) ?? Buffer.alloc(0)]),
    ]),
  );
}
