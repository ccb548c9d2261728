import { Readable } from 'node:stream';
import { expect, inject, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import type { PubSubClients } from '../../src/pubsub/client.ts';
import { DeadLetterTopic } from '../../src/pubsub/dead-letter-topic.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { Captured } from '../support/captured.ts';
import { freshProject, receive } from '../support/topology.ts';

const emulatorHost = inject('emulatorHost');

const NAMES = {
  topic: 'other-topic',
  subscription: 'other-sub',
  deadLetterTopic: 'other-dead',
  deadLetterSubscription: 'other-dead-sub',
};
/** Leads nowhere: flags go before it. */
const WRONG_ENV = {
  PUBSUB_EMULATOR_HOST: '127.0.0.1:9',
  PUBSUB_PROJECT_ID: 'wrong-project',
  PUBSUB_TOPIC: 'wrong-topic',
  PUBSUB_SUBSCRIPTION: 'wrong-sub',
  DEAD_LETTER_TOPIC: 'wrong-dead',
  DEAD_LETTER_SUBSCRIPTION: 'wrong-dead-sub',
  DEFAULT_SERVICE: 'wrong-service',
};

it.concurrent('lms dlq list shows the letters, and the service, that its flags name', async () => {
  await using clients = await projectWithLetter();
  const listed = await dlq('list', '--json', ...flagsFor(clients), '--default-service', 'nameless');
  expect(listed).toMatchObject({ exitStatus: 0 });
  expect(JSON.parse(listed.stdout)).toMatchObject([{ messageId: '23', service: 'nameless' }]);
});

it.concurrent('lms dlq replay publishes to the topic that its flags name', async () => {
  await using clients = await projectWithLetter();
  const topic = ['--topic', NAMES.topic, '--subscription', NAMES.subscription];
  const replayed = await dlq('replay', ...flagsFor(clients), ...topic);
  expect(replayed).toMatchObject({ exitStatus: 0, stdout: '1 published again\n' });
  const [again] = await receive(clients, NAMES.subscription, 1);
  expect(again?.attributes).toMatchObject({ original_message_id: '23' });
  const { stdout } = await dlq('list', '--json', ...flagsFor(clients));
  expect(JSON.parse(stdout)).toEqual([]);
});

/** A project where everything has another name than usual, with a letter that names no service. */
async function projectWithLetter() {
  const clients = await freshProject(emulatorHost);
  await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
  const data = Buffer.from('{"payload":"hello","severity":"loud"}');
  const dead = { messageId: '23', publishTime: { seconds: 1_794_000_000, nanos: 0 }, data, attributes: {} };
  const rejection = { code: 'unknown_severity', reason: 'it is loud' } as const;
  const delivery = { ...dead, receivedAtMs: 0, bytes: data.length };
  const topic = new DeadLetterTopic(clients, NAMES.deadLetterTopic, NAMES.subscription);
  await topic.publish([{ delivery, rejection }]);
  return clients;
}

function flagsFor({ projectId }: PubSubClients): string[] {
  const letters = ['--dead-letter-topic', NAMES.deadLetterTopic];
  return [
    ...['--emulator-host', emulatorHost, '--project', projectId],
    ...[...letters, '--dead-letter-subscription', NAMES.deadLetterSubscription],
  ];
}

/** Runs `lms dlq …` as the command line does, in an environment that leads nowhere. */
async function dlq(...args: string[]) {
  const [stdout, stderr] = [new Captured(), new Captured()];
  const context = { env: WRONG_ENV, dotenvPath: '/no/such/file', stdin: Readable.from([]), stdout, stderr };
  const exitStatus = await run(['dlq', ...args], context);
  return { exitStatus, stdout: stdout.text, stderr: stderr.text };
}
