import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { measured } from '../measure.ts';
import type { MessageSet } from '../messages.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { until } from '../waiting.ts';

const PROGRAM = fileURLToPath(new URL('../processes/receive.ts', import.meta.url));

export function limitName(bytes: number): string {
  return `limit of the transport, ${bytes} B`;
}

/** The worker's own source, which acknowledges what it receives and keeps nothing. */
export function transportLimitCase(stage: Stage, set: MessageSet): Case {
  return {
    group: 'limit',
    name: limitName(set.bytes),
    unit: 'messages/s',
    against: [],
    run: () => receive(stage, set),
  };
}

async function receive(stage: Stage, set: MessageSet): Promise<Sample> {
  const { broker } = stage;
  const { projectId, names, fullName } = await stage.backlog(set);
  const child = fork(PROGRAM, [broker.address, projectId, names.subscription]);
  const counts = () => broker.subscription(fullName);
  await until('the source to connect', async () => (await counts()).consumers === 1, 20);
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages: set.count,
    begin: () => broker.release(),
    done: async () => (await counts()).acked,
  });
  child.kill();
  await once(child, 'exit');
  return sample;
}
