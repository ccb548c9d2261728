import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decode } from '../../src/logs/decode.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { type RunningLms, startLms } from '../cli/lms.ts';
import { type BrokerProject, brokerProject } from '../support/broker-project.ts';
import { obstacleToLogrotate, RotatedLog, type Rotation } from '../support/logrotate.ts';
import { NAMES, receive } from '../support/topology.ts';

const noLogrotate = await obstacleToLogrotate();
if (noLogrotate !== undefined) process.stderr.write(`logrotate is not tested here. ${noLogrotate}\n`);

let project: BrokerProject;
let folder: string;
beforeEach(async () => {
  project = await brokerProject();
  folder = await mkdtemp(join(tmpdir(), 'lms-test-logrotate-'));
  await mkdir(join(folder, 'logs'), { mode: 0o755 });
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const PATH = ['its path', ''] as const;
const PATTERN = ['a pattern of all its files', '*'] as const;
const DATES = ['dateext', 'dateformat -%Y%m%d-%s'];
type By = typeof PATH | typeof PATTERN;

const ROTATIONS: readonly [By, Rotation, RegExp][] = [
  [PATH, { directives: ['create'], writer: 'told' }, /^app\.log\.8$/],
  [PATTERN, { directives: ['create'], writer: 'told' }, /^app\.log\.8$/],
  [PATTERN, { directives: ['create', 'compress'], writer: 'waited for' }, /^app\.log\.8\.gz$/],
  [PATH, { directives: ['create', 'compress', 'delaycompress'], writer: 'told' }, /^app\.log\.8\.gz$/],
  [PATTERN, { directives: ['copytruncate'], writer: 'paused' }, /^app\.log\.8$/],
  [PATH, { directives: ['copytruncate', 'compress'], writer: 'paused' }, /^app\.log\.8\.gz$/],
  [
    PATTERN,
    { directives: ['copytruncate', 'compress', 'delaycompress', ...DATES], writer: 'paused' },
    /^app\.log-\d{8}-\d+\.gz$/,
  ],
];

describe.skipIf(noLogrotate !== undefined)("a log that Debian's logrotate rotates", () => {
  it.each(
    ROTATIONS.map(([by, rotation, oldest]) => [rotation.directives, by[0], by[1], rotation, oldest] as const),
  )(
    'with %j is read each line once, none torn, by %s, whenever the agent is killed',
    async (_, _by, suffix, rotation, oldest) => {
      const log = new RotatedLog(join(folder, 'logs', 'app.log'), folder);
      const writing = log.write();
      let agent = startAgent(`${log.path}${suffix}`);
      await expect.poll(() => project.published(NAMES.topic)).toBeGreaterThan(0);
      await log.rotate(rotation, 4);
      await agent.stop('SIGKILL');
      await log.rotate(rotation, 2);
      agent = startAgent(`${log.path}${suffix}`);
      await log.rotate(rotation, 2);
      log.stop();
      await writing;
      await expect.poll(async () => (await rows()).size, { timeout: 40_000 }).toBe(log.lines.length);
      const { status } = await agent.stop();
      expect(status).toBe(0);
      const payloads = Array.from((await rows()).values(), ({ payload }) => payload);
      expect(payloads.toSorted()).toEqual(log.lines);
      expect((await readdir(join(folder, 'logs'))).some((name) => oldest.test(name))).toBe(true);
    },
  );
});

function startAgent(input: string): RunningLms {
  return startLms(['agent', input, '--format', 'text', '--state', join(folder, 'state')], project.env);
}

const found = new Map<string, LogEntry>();
let taken = 0;
beforeEach(() => {
  found.clear();
  taken = 0;
});

/** What a worker would have stored so far: what is published again is the same row. */
async function rows(): Promise<ReadonlyMap<string, LogEntry>> {
  const count = project.published(NAMES.topic) - taken;
  taken += count;
  for (const { data } of await receive(project.clients, NAMES.subscription, count)) {
    const publishTime = { seconds: 0, nanos: 0 };
    const message = { messageId: 'm', publishTime, data: Buffer.from(data ?? ''), attributes: {} };
    const entry = decode(message) as LogEntry;
    found.set(`${entry.timestamp} ${entry.eventId}`, entry);
  }
  return found;
}
