import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measured } from '../measure.ts';
import { line } from '../messages.ts';
import { freshTopic, publishWith } from '../publishing.ts';
import type { Case, Sample, Target } from '../sample.ts';
import type { Stage } from '../stage.ts';

const PROGRAM = fileURLToPath(new URL('../processes/publish.ts', import.meta.url));
/** Name of the case that only publishes. */
export const PUBLISHING_LIMIT = 'limit of publishing, 200 B';
const TARGETS: readonly Target[] = [{ column: 'cpuMicros', atMost: 6 }];

/** Publishing 200-byte messages to a topic from which nobody reads: the broker only takes them in. */
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
  await topic.remove();
  // Its memory is that of the messages it was given.
  return { value: sample.value, cpuMicros: sample.cpuMicros ?? 0 };
}

async function writeLines(path: string, count: number): Promise<void> {
  if (existsSync(path)) return;
  await writeFile(path, Array.from({ length: count }, (_, seq) => `${line(seq, 200)}\n`).join(''));
}
