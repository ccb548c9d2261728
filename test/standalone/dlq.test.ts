import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, inject, it } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { decode } from '../../src/logs/decode.ts';
import type { Message, OutgoingMessage } from '../../src/logs/message.ts';
import type { RejectionCode } from '../../src/logs/rejection.ts';
import type { Publisher } from '../../src/pipeline/ports.ts';
import type { PubSubClients } from '../../src/pubsub/client.ts';
import { DeadLetterInbox } from '../../src/pubsub/dead-letter-inbox.ts';
import { DeadLetterTopic } from '../../src/pubsub/dead-letter-topic.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { replay } from '../../src/pubsub/replay.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { Captured } from '../support/captured.ts';
import { freshProject, NAMES, receive } from '../support/topology.ts';

const emulatorHost = inject('emulatorHost');
const PUBLISH_TIME = { seconds: 1_794_000_000, nanos: 120_000_000 };
const ALL = { limit: Infinity, dryRun: false, signal: new AbortController().signal };
const JUST_NOW = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Nobody reads it.
}

function message(messageId: string, fields: object, attributes: Record<string, string> = {}): Message {
  const data = Buffer.from(JSON.stringify({ service_name: 'alpha', payload: 'hello', ...fields }));
  return { messageId, publishTime: PUBLISH_TIME, data, attributes };
}

/** A project whose dead-letter subscription holds these messages. */
async function projectWith(letters: readonly (readonly [Message, RejectionCode])[]) {
  const clients = await freshProject(emulatorHost);
  await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
  await reject(clients, letters);
  return clients;
}

async function reject(
  clients: PubSubClients,
  letters: readonly (readonly [Message, RejectionCode])[],
): Promise<void> {
  const topic = new DeadLetterTopic(clients, NAMES.deadLetterTopic, NAMES.subscription);
  await topic.publish(
    letters.map(([dead, code]) => ({
      delivery: { ...dead, receivedAtMs: 0, bytes: dead.data.length },
      rejection: { code, reason: `it is ${code}` },
    })),
  );
}

/** Runs `lms dlq …` as the command line does. */
async function dlq({ projectId }: PubSubClients, ...args: string[]) {
  const [stdout, stderr] = [new Captured(), new Captured()];
  const env = { PUBSUB_EMULATOR_HOST: emulatorHost, PUBSUB_PROJECT_ID: projectId };
  const context = { env, dotenvPath: '/no/such/file', stdin: Readable.from([]), stdout, stderr };
  const exitStatus = await run(['dlq', ...args], context);
  return { exitStatus, stdout: stdout.text, stderr: stderr.text };
}

async function listed(clients: PubSubClients): Promise<unknown> {
  const { exitStatus, stdout } = await dlq(clients, 'list', '--json');
  expect(exitStatus).toBe(0);
  return JSON.parse(stdout);
}

async function withInbox<T>(
  clients: PubSubClients,
  work: (inbox: DeadLetterInbox) => Promise<T>,
): Promise<T> {
  const inbox = new DeadLetterInbox(clients, NAMES.deadLetterSubscription, SILENT);
  return work(inbox).finally(() => inbox.close());
}

const BAD_SEVERITY = message('17', { severity: 'loud' }, { event_id: 'e-17' });
const HUGE = { ...message('21', {}), data: randomBytes(9_999_700) };
const NO_JSON = { ...message('18', {}), data: Buffer.from('no JSON') };

describe.concurrent('lms dlq list', () => {
  it('shows what is there, and leaves it there', async () => {
    await using clients = await projectWith([
      [BAD_SEVERITY, 'unknown_severity'],
      [NO_JSON, 'not_json'],
    ]);
    const publishTime = '2026-11-06T21:20:00.120000000Z';
    const expected = expect.arrayContaining([
      {
        messageId: '17',
        publishTime,
        deadLetteredAt: JUST_NOW,
        code: 'unknown_severity',
        reason: 'it is unknown_severity',
        service: 'alpha',
        bytes: BAD_SEVERITY.data.length,
        part: null,
      },
      {
        messageId: '18',
        publishTime,
        deadLetteredAt: JUST_NOW,
        code: 'not_json',
        reason: 'it is not_json',
        service: null,
        bytes: 7,
        part: null,
      },
    ]) as unknown;
    expect(await listed(clients)).toEqual(expected);
    expect(await listed(clients)).toEqual(expected);
  });

  it('prints a table, as long as it may be', async () => {
    await using clients = await projectWith([
      [BAD_SEVERITY, 'unknown_severity'],
      [NO_JSON, 'not_json'],
    ]);
    const { stdout, stderr } = await dlq(clients, 'list', '--limit', '1');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^message +published +code +service +bytes +reason$/),
      expect.stringMatching(/^1[78] +2026-11-06T21:20:00.120000000Z +/),
      '',
      expect.stringMatching(
        /^The oldest is here for \d+ s; the subscription keeps a letter for 7 d, then it is gone\.$/,
      ),
      '',
    ]);
    expect(stderr).toBe('There may be more: --limit shows them.\n');
  });

  it('shows the parts of a letter that was too large for one message', async () => {
    await using clients = await projectWith([[HUGE, 'not_utf8']]);
    const letters = await listed(clients);
    expect(letters).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ messageId: '21', part: '1/2', bytes: 5_000_000 }),
        expect.objectContaining({ messageId: '21', part: '2/2', bytes: 4_999_700 }),
      ]),
    );
    expect(letters).toHaveLength(2);
    const { stdout } = await dlq(clients, 'list');
    expect(stdout).toMatch(/^21 .* 5,000,000 \(part 1\/2\) +it is not_utf8$/m);
  });

  it('lets nothing of a stranger act on the terminal, and keeps its meaning as JSON', async () => {
    const service = 'a\u202e\u009b2Jb';
    await using clients = await projectWith([
      [message('22', { service_name: service, severity: 'loud' }), 'unknown_severity'],
    ]);
    const json = (await dlq(clients, 'list', '--json')).stdout;
    expect(json).toContain('"a\\u202e\\u009b2Jb"');
    expect(JSON.parse(json)).toMatchObject([{ service }]);
  });

  it('says that there is nothing', async () => {
    await using clients = await projectWith([]);
    expect((await dlq(clients, 'list')).stdout).toBe('There are no dead letters.\n');
  });

  it('says in one line that the subscription does not exist', async () => {
    await using clients = await freshProject(emulatorHost);
    await ensureTopology({ clients, names: NAMES, role: 'publisher', create: true });
    const { exitStatus, stderr } = await dlq(clients, 'list');
    expect(exitStatus).toBe(10);
    expect(stderr).toContain(
      `lms: subscription ${clients.subscriptionName('log-sub-dead-letter')} does not exist\n`,
    );
  });

  it.each(['0', '-1', 'many'])('refuses a limit of %s', async (limit) => {
    await using clients = await freshProject(emulatorHost);
    expect(await dlq(clients, 'list', '--limit', limit)).toMatchObject({ exitStatus: 1, stdout: '' });
  });
});

describe.concurrent('lms dlq replay', () => {
  it('publishes what was rejected again, as the same event, and then removes it', async () => {
    const timeless = message('19', { severity: 'info' });
    await using clients = await projectWith([
      [BAD_SEVERITY, 'unknown_severity'],
      [timeless, 'row_refused'],
    ]);
    expect(await dlq(clients, 'replay')).toMatchObject({ exitStatus: 0, stdout: '2 published again\n' });

    const received = await receive(clients, NAMES.subscription, 2);
    const bySize = received.map(({ data, attributes }) => ({ data: Buffer.from(data ?? ''), attributes }));
    const again = bySize.find(({ data }) => data.equals(timeless.data));
    const later = { messageId: 'new', publishTime: { seconds: 1_799_000_000, nanos: 0 } };
    expect(decode({ ...later, data: timeless.data, attributes: again?.attributes ?? {} })).toEqual(
      decode(timeless),
    );
    const mended = bySize.find(({ data }) => data.equals(BAD_SEVERITY.data));
    expect(mended?.attributes).toMatchObject({ event_id: 'e-17', original_message_id: '17' });
    expect(await listed(clients)).toEqual([]);
  });

  it('leaves letters with another code where they are', async () => {
    await using clients = await projectWith([
      [BAD_SEVERITY, 'unknown_severity'],
      [NO_JSON, 'not_json'],
    ]);
    const { stdout } = await dlq(clients, 'replay', '--code', 'not_json');
    expect(stdout).toBe('1 published again\n1 left alone: another code\n');
    expect(await listed(clients)).toMatchObject([{ messageId: '17' }]);
  });

  it('leaves parts where they are, and says what to do with them', async () => {
    await using clients = await projectWith([
      [HUGE, 'not_utf8'],
      [NO_JSON, 'not_json'],
    ]);
    const { stdout } = await dlq(clients, 'replay');
    expect(stdout).toBe(
      '1 published again\n' +
        '2 left alone: parts of messages that are too large; docs/operations.md says how to join them\n',
    );
    expect(await listed(clients)).toMatchObject([{ messageId: '21' }, { messageId: '21' }]);
  });

  it('does nothing in a dry run but count', async () => {
    await using clients = await projectWith([
      [BAD_SEVERITY, 'unknown_severity'],
      [NO_JSON, 'not_json'],
    ]);
    expect((await dlq(clients, 'replay', '--dry-run')).stdout).toBe('2 to publish again\n');
    expect(await listed(clients)).toHaveLength(2);
  });

  it('replays no more than it is asked to', async () => {
    await using clients = await projectWith([
      [BAD_SEVERITY, 'unknown_severity'],
      [NO_JSON, 'not_json'],
    ]);
    expect((await dlq(clients, 'replay', '--limit', '1')).stdout).toBe('1 published again\n');
    expect(await listed(clients)).toHaveLength(1);
  });
});

describe.concurrent('replaying', () => {
  it('ends, although what it replays is rejected again and again', async () => {
    await using clients = await projectWith([[NO_JSON, 'not_json']]);
    const topic: Publisher = {
      async publish(messages: readonly OutgoingMessage[]) {
        await reject(
          clients,
          messages.map((again) => [{ ...NO_JSON, ...again, messageId: 'new' }, 'not_json']),
        );
        return messages.map(() => 'new');
      },
      close: () => Promise.resolve(),
    };
    const counts = await withInbox(clients, (inbox) => replay(inbox, topic, ALL));
    expect(counts).toEqual({ replayed: 1, unconfirmed: 0, notAskedFor: 0, cameBack: 1, unfit: 0, parts: 0 });
    expect(await listed(clients)).toMatchObject([{ messageId: '18' }]);
  });

  it('loses no letter when the topic does not take it', async () => {
    await using clients = await projectWith([[NO_JSON, 'not_json']]);
    const nowhere = new TopicPublisher(clients, 'no-such-topic');
    const outcome = withInbox(clients, (inbox) => replay(inbox, nowhere, ALL));
    await expect(outcome).rejects.toMatchObject({ code: 'PUBSUB_NOT_FOUND' });
    expect(await listed(clients)).toMatchObject([{ messageId: '18' }]);
  });

  it('leaves alone what has no room for its identity', async () => {
    const full = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key-${index}`, 'x']));
    await using clients = await projectWith([[message('20', {}, full), 'unknown_severity']]);
    const topic = new TopicPublisher(clients, NAMES.topic);
    expect(await withInbox(clients, (inbox) => replay(inbox, topic, ALL))).toMatchObject({
      replayed: 0,
      unfit: 1,
    });
    expect(await listed(clients)).toMatchObject([{ messageId: '20', service: 'alpha' }]);
  });
});
