import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { startLms } from '../lms-process.ts';
import { measured } from '../measure.ts';
import { line } from '../messages.ts';
import type { Case, Sample, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { until } from '../waiting.ts';

const PROGRAM = fileURLToPath(new URL('../processes/publish.ts', import.meta.url));
/** Name of the case that only publishes. */
export const PUBLISHING_LIMIT = 'limit of publishing, 200 B';
const TARGETS: readonly Target[] = [{ column: 'cpuMicros', atMost: 6 }];

/** Publishing 200-byte messages to a topic that has no subscription: the broker only takes them in. */
export function publisherCases(stage: Stage, messages: number): Case[] {
  const common = { group: 'publisher', unit: 'messages/s' } as const;
  const file = join(stage.directory, 'lines.jsonl');
  return [
    { ...common, name: PUBLISHING_LIMIT, against: [], run: () => publishReady(stage, messages) },
    {
      ...common,
      name: 'lms pub --file',
      against: [PUBLISHING_LIMIT],
      targets: TARGETS,
      run: async () => {
        await writeLines(file, messages);
        return publishWith(stage, ['pub', '--file', file], messages);
      },
    },
    {
      ...common,
      name: 'lms sim --rate 0',
      against: [PUBLISHING_LIMIT],
      targets: TARGETS,
      run: () => publishWith(stage, ['sim', '--rate', '0', '--count', String(messages)], messages),
    },
  ];
}

async function publishReady(stage: Stage, messages: number): Promise<Sample> {
  const topic = await freshTopic(stage);
  const child = fork(PROGRAM, [stage.broker.address, topic.projectId, 'log-topic', String(messages)]);
  await once(child, 'message');
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages,
    begin: () => {
      child.send('go');
      return Promise.resolve();
    },
    done: () => stage.broker.published(topic.name),
  });
  child.kill();
  await once(child, 'exit');
  // Its memory is that of the messages it was given.
  return { value: sample.value, cpuMicros: sample.cpuMicros ?? 0 };
}

/** From its first request on: how long it takes to start is measured elsewhere. */
async function publishWith(stage: Stage, command: readonly string[], messages: number): Promise<Sample> {
  const topic = await freshTopic(stage);
  const env = { PUBSUB_EMULATOR_HOST: stage.broker.address, PUBSUB_PROJECT_ID: topic.projectId };
  const publisher = startLms([...command, '--no-create'], { env, directory: stage.directory });
  const published = () => stage.broker.published(topic.name);
  await until('the first message', async () => (await published()) > 0, 2);
  const before = await published();
  const sample = await measured({
    pids: [publisher.pid],
    messages: messages - before,
    begin: () => Promise.resolve(),
    done: async () => (await published()) - before,
  });
  await publisher.ended;
  return sample;
}

let topics = 0;

async function freshTopic(stage: Stage): Promise<{ readonly projectId: string; readonly name: string }> {
  const projectId = `bench-publish-${(topics += 1)}`;
  const clients = await connectPubSub({ projectId, emulatorHost: stage.broker.address });
  const name = clients.topicName('log-topic');
  await clients.publisher().createTopic({ name });
  await clients.close();
  return { projectId, name };
}

async function writeLines(path: string, count: number): Promise<void> {
  if (existsSync(path)) return;
  await writeFile(path, Array.from({ length: count }, (_, seq) => `${line(seq, 200)}\n`).join(''));
}
