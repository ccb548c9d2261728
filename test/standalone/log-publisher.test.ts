import { describe, expect, inject, it } from 'vitest';
import { createPublisher, type Entry } from '../../packages/log/src/index.ts';
import { decode } from '../../src/logs/decode.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { openBroker } from '../support/broker.ts';
import { type ArrivedEntry, startEntriesServer } from '../support/entries-server.ts';
import { runLogProgram } from '../support/log-program.ts';
import { freshProject, NAMES, receive } from '../support/topology.ts';

const quiet = () => {};

/** A project with topic and subscription, and what a publisher is told to send there. */
async function freshTarget(emulatorHost: string) {
  const clients = await freshProject(emulatorHost);
  await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
  const target = { topic: NAMES.topic, project: clients.projectId, emulatorHost, onNotice: quiet };
  return Object.assign(clients, { target });
}

function entry(n: number): Entry {
  return { payload: `entry ${n}`, service: 'cart', tags: { n } };
}

function textOf(message: { data?: unknown }): string {
  return Buffer.from(message.data as Uint8Array).toString();
}

describe.each(['the emulator', 'our broker'])('publishing to %s', (which) => {
  const address = async () =>
    which === 'our broker' ? (await openBroker()).address : inject('emulatorHost');

  it('what is confirmed is there, once each, as entries', async () => {
    await using clients = await freshTarget(await address());
    const publisher = createPublisher({ ...clients.target, batchEntries: 300 });
    for (let n = 0; n < 2_500; n += 1) expect(publisher.write(entry(n))).toBe(true);
    expect(await publisher.close(30_000)).toMatchObject({ taken: 2_500, confirmed: 2_500, unsent: 0 });
    expect(publisher.write(entry(0))).toBe(false);
    const messages = await receive(clients, NAMES.subscription, 2_500);
    const entries = messages.map((message) => JSON.parse(textOf(message)) as ArrivedEntry);
    expect(new Set(entries.map(({ tags }) => tags?.['n'])).size).toBe(2_500);
    const inOrder = entries
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .map(({ payload }) => payload);
    expect(inOrder).toEqual(Array.from({ length: 2_500 }, (_none, n) => `entry ${n}`));
  });

  it('entries wait for a topic that is not there yet', async () => {
    const emulatorHost = await address();
    await using clients = await freshProject(emulatorHost);
    const said: string[] = [];
    const place = { topic: NAMES.topic, project: clients.projectId, emulatorHost };
    const publisher = createPublisher({ ...place, onNotice: (line) => said.push(line) });
    publisher.write(entry(1));
    await expect
      .poll(() => said, { timeout: 30_000 })
      .toEqual([expect.stringContaining('the topic does not exist')]);
    expect(publisher.counts).toMatchObject({ held: 1, confirmed: 0 });
    await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
    expect(await publisher.close(30_000)).toMatchObject({ confirmed: 1, held: 0 });
  });
});

describe('an outage of Pub/Sub', () => {
  it('loses nothing: what was confirmed and what was lost on the way count once', async () => {
    const broker = await openBroker();
    await using clients = await freshTarget(broker.address);
    const publisher = createPublisher({ ...clients.target, batchEntries: 10, requestTimeoutMs: 500 });
    broker.faults.loseAnswers('Publish', { code: 14, details: 'cut' }, 3);
    broker.faults.delayAnswers('Publish', Infinity, 1);
    for (let n = 0; n < 100; n += 1) publisher.write(entry(n));
    await publisher.flush(20_000);
    await broker.pause();
    for (let n = 100; n < 200; n += 1) publisher.write(entry(n));
    await publisher.flush(200);
    expect(publisher.counts).toMatchObject({ taken: 200, confirmed: 100, held: 100 });
    await broker.resume();
    expect(await publisher.close(20_000)).toMatchObject({ confirmed: 200, unsent: 0 });

    const published = broker.published(clients.topicName(NAMES.topic));
    expect(published).toBeGreaterThanOrEqual(200 + 30);
    const messages = await receive(clients, NAMES.subscription, published);
    const keys = messages.map((message) => {
      const decoded = decode({
        ...NO_MESSAGE,
        messageId: message.messageId ?? '',
        data: Buffer.from(textOf(message)),
      });
      return 'eventId' in decoded ? `${decoded.timestamp} ${decoded.eventId}` : 'none';
    });
    expect(new Set(keys).size).toBe(200);
  });

  const NO_MESSAGE = { publishTime: { seconds: 0, nanos: 0 }, attributes: {} };
});

describe('a program that writes entries', () => {
  const program = (how: string, options: Readonly<Record<string, unknown>>, count: number) =>
    runLogProgram('publisher.ts', [how, JSON.stringify(options), String(count)], {
      LMS_SERVICE: 'by-environment',
    });

  it('and ends by itself has sent them', async () => {
    const { url, entries } = await startEntriesServer();
    expect(await program('', { url, batchWaitMs: 60_000 }, 100)).toMatchObject({ status: 0, stderr: '' });
    expect(entries).toHaveLength(100);
    expect(entries[0]).toMatchObject({ service_name: 'by-environment', severity: 'info', tags: { n: 0 } });
  });

  it('and sees back-pressure sends all of them through a small queue', async () => {
    const { url, entries } = await startEntriesServer();
    const outcome = await program('wait', { url, whenFull: 'wait', maxEntries: 7, batchWaitMs: 1 }, 100);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(
      entries.map(({ tags }) => tags?.['n']).toSorted((one, other) => Number(one) - Number(other)),
    ).toEqual(Array.from({ length: 100 }, (_none, n) => n));
  });

  it('and does not look drops what finds no room, and says so', async () => {
    const { url, entries } = await startEntriesServer();
    const { stderr } = await program('', { url, maxEntries: 7 }, 100);
    expect(entries).toHaveLength(7);
    expect(stderr).toContain(
      `lms-log: 93 entries for ${url}/api/v1/entries were dropped: the queue was full`,
    );
  });

  it('and calls process.exit says what was not sent; close() tells it', async () => {
    const nobody = { url: 'http://127.0.0.1:9999', closeTimeoutMs: 3_000 };
    const [exit, close, end] = await Promise.all(
      ['exit', 'close', ''].map((how) => program(how, nobody, 100)),
    );
    expect(exit!.stderr).toContain(
      'lms-log: 100 entries for http://127.0.0.1:9999/api/v1/entries were not sent',
    );
    expect(JSON.parse(close!.stdout)).toMatchObject({ taken: 100, confirmed: 0, unsent: 100, held: 0 });
    expect(end!.stderr).toContain('were not sent: connect ECONNREFUSED');
    for (const { status, seconds } of [exit!, close!, end!]) {
      expect(status).toBe(0);
      expect(seconds).toBeLessThan(9);
    }
  });
});
