import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { keepUndelivered, restoreUndelivered } from '../../../src/cli/dev/undelivered.ts';
import { openBench } from '../../broker/broker-bench.ts';

let path: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lms-test-undelivered-'));
  path = join(folder, 'undelivered');
  return () => rm(folder, { recursive: true });
});

/** A broker with a subscription for messages and one for dead letters. */
async function openBroker() {
  const { broker, subject, topic, subscription: messages } = await openBench();
  const letters = await subject.pair();
  return { broker, subject, topic, letters, kept: { messages, deadLetters: letters.subscription } };
}

it('keeps messages and dead letters apart, whatever bytes they are, until they are written again', async () => {
  const first = await openBroker();
  const odd = { data: Buffer.from([0, 10, 13, 255]), attributes: { 'a\nb': 'größe 😀' } };
  await first.subject.publish(first.topic, odd, 'second');
  await first.subject.publish(first.letters.topic, 'letter');
  expect(await keepUndelivered(path, first.broker, first.kept)).toEqual({ messages: 2, deadLetters: 1 });

  const next = await openBroker();
  expect(await restoreUndelivered(path, next.broker, next.kept)).toEqual({ messages: 2, deadLetters: 1 });
  const received = await next.subject.pull(next.kept.messages, 2);
  expect(received[0]?.message).toMatchObject(odd);
  await next.subject.ack(next.kept.messages, ...received);
  const [letter] = await next.subject.pull(next.kept.deadLetters);
  expect(Buffer.from(letter!.message!.data ?? '').toString()).toBe('letter');
  await next.subject.ack(next.kept.deadLetters, letter!);

  expect(existsSync(path)).toBe(true);
  expect(await keepUndelivered(path, next.broker, next.kept)).toEqual({ messages: 0, deadLetters: 0 });
  expect(existsSync(path)).toBe(false);
});

it('finds nothing where nothing was kept, or where somebody deleted the subscription', async () => {
  const { broker, subject, kept } = await openBroker();
  expect(await restoreUndelivered(path, broker, kept)).toEqual({ messages: 0, deadLetters: 0 });
  await subject.subscriber.deleteSubscription({ subscription: kept.messages });
  expect(await keepUndelivered(path, broker, kept)).toEqual({ messages: 0, deadLetters: 0 });
});

it.each(['my notes\n', 'messages \n', 'messages !!!!\n', 'letters AAAA\n'])(
  'refuses a file that it has not written, and leaves it alone: %j',
  async (text) => {
    const { broker, kept } = await openBroker();
    writeFileSync(path, text);
    await expect(restoreUndelivered(path, broker, kept)).rejects.toMatchObject({ code: 'INPUT' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);
