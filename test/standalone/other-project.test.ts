import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lms, startLms } from '../cli/lms.ts';
import { type ScratchDatabase, scratchDatabase } from '../cli/scratch-database.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';

let project: BrokerProject;
let database: ScratchDatabase;

beforeEach(async () => {
  project = await brokerProject();
  database = scratchDatabase();
});

afterEach(async () => {
  database[Symbol.dispose]();
  await project[Symbol.asyncDispose]();
});

const TOPIC = 'projects/publishers/topics/log-topic';
const SUBSCRIPTION = 'projects/readers/subscriptions/log-sub';
const DEAD_LETTER_TOPIC = 'projects/letters/topics/refused';
const DEAD_LETTER_SUBSCRIPTION = 'projects/letters/subscriptions/refused-sub';

describe('topics and subscriptions of other projects, by their full names', () => {
  it('are published to, read, and looked at', async () => {
    const env = {
      ...project.env,
      METADATA_SERVER_DETECTION: 'none',
      DATABASE_URL: database.url,
      FLUSHINTERVAL: '0.1',
      PUBSUB_TOPIC: TOPIC,
      PUBSUB_SUBSCRIPTION: SUBSCRIPTION,
      DEAD_LETTER_TOPIC,
      DEAD_LETTER_SUBSCRIPTION,
    };
    const lines = ['{"service_name":"a","payload":"b","severity":"info"}', 'nonsense'].join('\n');
    await expect(lms(['pub', '--file', '-', '--raw'], env, lines)).resolves.toMatchObject({ status: 0 });
    await expect(lms(['pub', '2'], env)).resolves.toMatchObject({ status: 0 });
    expect(project.broker.published(TOPIC)).toBe(4);

    const worker = startLms(['mon', '--log-level', 'silent'], env);
    await expect.poll(() => settled(project, DEAD_LETTER_TOPIC), { timeout: 20_000 }).toEqual([0, 0, 1]);
    const { status, stdout } = await worker.stop();
    expect(status).toBe(0);
    expect(stdout).toContain('received 4 = 3 stored + 0 duplicates + 1 dead-lettered + 0 released');

    const { stdout: letters } = await lms(['dlq', 'list', '--json'], env);
    expect(JSON.parse(letters)).toMatchObject([{ code: 'not_json' }]);
    await expect(lms(['dlq', 'replay'], env)).resolves.toMatchObject({ stdout: '1 published again\n' });
    expect(project.broker.published(TOPIC)).toBe(5);
    expect(project.published('log-topic')).toBe(0);
  });
});

/** What the subscription still has, waiting or leased, and what went to the dead-letter topic. */
function settled({ broker }: BrokerProject, deadLetterTopic: string): [number, number, number] {
  const { waiting, outstanding } = broker.subscriptionStats(SUBSCRIPTION);
  try {
    return [waiting, outstanding, broker.published(deadLetterTopic)];
  } catch {
    return [waiting, outstanding, 0];
  }
}
