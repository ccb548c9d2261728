import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TcpProxy } from '../../chaos/tcp-proxy.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { MAIN } from '../cli/lms.ts';
import { brokerProject } from '../support/broker-project.ts';
import { freshDatabase } from '../support/database.ts';
import { numbersIn } from '../support/metrics-text.ts';
import { freePort } from '../support/ports.ts';
import { output } from '../support/program.ts';
import { ids, malformedMessage, sampleMessage } from '../support/samples.ts';
import { NAMES } from '../support/topology.ts';

const KILOBYTE = 1024;
const MEGABYTE = 1024 ** 2;
const LOOK_MS = 50;
/** Thousands of messages after which a worker's memory has the size that it works with. */
const WARM_UP = 40;
const PATIENCE = { timeout: 120_000, interval: 100 };

describe('bounded: a publisher that is faster than the database', { timeout: 180_000 }, () => {
  it('in messages: held stays at the limit while the database takes nothing, and all is stored in the end', async () => {
    const overloaded = await openWorker({ BATCHSIZE: '500', MAX_HELD_MESSAGES: '2000', FLUSHINTERVAL: '1' });
    const { database, most } = overloaded;
    database.silence();
    await overloaded.publish(Array.from({ length: 40_000 }, (_, index) => sampleMessage(String(index))));
    await overloaded.heldReaches('lms_held_messages', 2_000);
    // A thousand is what a response of the broker may hold.
    await overloaded.staysWithin('lms_held_messages', 3_000);
    const rss = most.rss;

    database.resume();
    await overloaded.everythingIsStored(40_000);
    expect(most.held.messages).toBeLessThanOrEqual(3_000);
    // What waits on the other side takes no memory on ours: there are 20 times as many messages as may be
    // held.
    expect(most.rss - rss).toBeLessThan(80);
  });

  it('in bytes: with messages of 10 MB, and a network that is slow', async () => {
    const limit = 64 * MEGABYTE;
    const overloaded = await openWorker({ MAX_HELD_BYTES: String(limit), FLUSHINTERVAL: '1' });
    const { database, most } = overloaded;
    const before = most.rss;
    database.silence();
    // Four times the limit.
    for (let index = 0; index < 25; index += 1) await overloaded.publish([largeMessage(String(index))]);
    await overloaded.heldReaches('lms_held_bytes', limit - 10 * MEGABYTE);
    database.delay(5);
    database.resume();
    await overloaded.everythingIsStored(25);
    // One message may go over the limit: else one that is larger than what is left would never come.
    expect(most.held.bytes).toBeLessThanOrEqual(limit + 10 * MEGABYTE);
    // A held message is there as bytes, as text, and while it is written as a statement.
    expect(most.rss - before).toBeLessThan((6 * limit) / MEGABYTE);
  });

  it('in what messages become: each of a few kilobytes, packed, is a row of a megabyte', async () => {
    const limit = 16 * MEGABYTE;
    const overloaded = await openWorker({
      MAX_HELD_BYTES: String(limit),
      BATCHBYTES: String(4 * MEGABYTE),
      FLUSHINTERVAL: '1',
    });
    const { database, most } = overloaded;
    await overloaded.publish(ids('warm-up', 20).map(packedMessage));
    await overloaded.everythingIsStored(20);
    const before = most.rss;
    database.silence();
    // All of them together are published in less than the limit, in one response or two.
    await overloaded.publish(ids('a', 300).map(packedMessage));
    await overloaded.heldReaches('lms_held_bytes', limit);
    await overloaded.staysWithin('lms_held_bytes', limit + 2 * MEGABYTE);
    database.resume();
    await overloaded.everythingIsStored(320);
    expect(most.held.bytes).toBeLessThanOrEqual(limit + 2 * MEGABYTE);
    expect(most.rss - before).toBeLessThan((6 * limit) / MEGABYTE);
  });

  it('in memory: letters that wait for a dead-letter topic keep their own bytes, not those of the messages around them', async () => {
    const overloaded = await openWorker({ FLUSHINTERVAL: '1' });
    await overloaded.deleteDeadLetterTopic();
    await overloaded.publishWithMalformed(WARM_UP);
    const before = overloaded.most.rss;
    await overloaded.publishWithMalformed(WARM_UP + 150);
    // The responses that brought these messages had 125 MB, and there are letters of each.
    await overloaded.onlyLettersAreHeld(5 * (WARM_UP + 150));
    expect(overloaded.most.rss - before).toBeLessThan(60);
  });
});

/** With its JSON and attributes it stays just under the service's limit of 10,000,000 bytes. */
function largeMessage(id: string): OutgoingMessage {
  return sampleMessage(id, id.padEnd(9_900_000, 'x'));
}

/** A row of a megabyte, in a kilobyte. */
function packedMessage(id: string): OutgoingMessage {
  const { data, attributes } = sampleMessage(id, id.padEnd(MEGABYTE, 'x'));
  return { data: gzipSync(data), attributes };
}

/** A request of a thousand messages, of which five cannot be decoded. */
function thousandWithMalformed(request: number): OutgoingMessage[] {
  return ids(`${String(request)}-`, 1_000).map((id, index) =>
    index % 200 === 0 ? malformedMessage(id) : sampleMessage(id, id.padEnd(600, 'x')),
  );
}

/**
 * A worker process whose database is behind a network that can be slow or silent, and the most that it ever
 * took.
 */
async function openWorker(settings: Readonly<Record<string, string>>) {
  const project = await brokerProject();
  const database = await freshDatabase();
  const { hostname, port } = new URL(database.url);
  const network = await TcpProxy.start(hostname, Number(port));
  const behind = new URL(database.url);
  behind.port = String(network.port);
  behind.hostname = '127.0.0.1';
  const healthPort = await freePort();
  const child = spawn(process.execPath, [MAIN, 'mon', '--health-port', String(healthPort)], {
    env: {
      ...project.env,
      ...settings,
      DATABASE_URL: `${behind.toString()}?ssl-mode=disabled`,
      LOG_LEVEL: 'silent',
      METADATA_SERVER_DETECTION: 'none',
    },
    cwd: '/',
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    await network[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
    await database.drop();
  });
  const metrics = async () =>
    numbersIn(await (await fetch(`http://127.0.0.1:${String(healthPort)}/metrics`)).text());
  await vi.waitFor(async () => {
    expect((await metrics()).get('lms_ready')).toBe(1);
  }, PATIENCE);
  const most = { held: { messages: 0, bytes: 0 }, rss: 0 };
  const look = async () => {
    const numbers = await metrics();
    const rss = Number(await output('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024;
    most.held.messages = Math.max(most.held.messages, numbers.get('lms_held_messages') ?? 0);
    most.held.bytes = Math.max(most.held.bytes, numbers.get('lms_held_bytes') ?? 0);
    most.rss = Math.max(most.rss, rss);
    return numbers;
  };
  await look();
  const publisher = new TopicPublisher(project.clients, NAMES.topic);
  const storedReach = (count: number) =>
    vi.waitFor(async () => {
      expect((await look()).get('lms_entries_stored_total')).toBe(count);
    }, PATIENCE);
  let requests = 0;
  return {
    database: network,
    most,
    publish: (messages: readonly OutgoingMessage[]) => publisher.publish(messages),
    deleteDeadLetterTopic: () =>
      project.clients.publisher().deleteTopic({ topic: project.clients.topicName(NAMES.deadLetterTopic) }),
    /**
     * Publishes thousands of messages, until there were so many, and waits until they are stored but for
     * those that cannot be.
     */
    publishWithMalformed: async (thousands: number) => {
      for (; requests < thousands; requests += 1) await publisher.publish(thousandWithMalformed(requests));
      await storedReach(995 * thousands);
    },
    heldReaches: (metric: string, value: number) =>
      vi.waitFor(async () => {
        expect((await look()).get(metric)).toBeGreaterThanOrEqual(value);
      }, PATIENCE),
    onlyLettersAreHeld: (count: number) =>
      vi.waitFor(async () => {
        const numbers = await look();
        expect(numbers.get('lms_held_messages')).toBe(count);
        expect(numbers.get('lms_held_bytes')).toBeLessThan(count * KILOBYTE);
      }, PATIENCE),
    /** Looks on for two seconds. */
    staysWithin: async (metric: string, value: number) => {
      for (let looks = 0; looks < 2_000 / LOOK_MS; looks += 1) {
        expect((await look()).get(metric)).toBeLessThanOrEqual(value);
        await delay(LOOK_MS);
      }
    },
    everythingIsStored: storedReach,
  };
}
