import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { connectPubSub } from '../../src/pubsub/client.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { lms, type RunningLms, startLms } from '../cli/lms.ts';
import { openBroker } from '../support/broker.ts';
import { ids, malformedMessage, sampleMessage } from '../support/samples.ts';
import { NAMES, receive } from '../support/topology.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE = { timeout: 20_000, interval: 50 };
/** The id of a message that cannot become a row. */
const MALFORMED = 'malformed';
const FREE = ['--serve-port', '0', '--broker-port', '0'];
/** Not a setting of this test: nothing of it may be used. */
const ELSEWHERE = {
  DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none',
  PUBSUB_EMULATOR_HOST: '127.0.0.1:1',
  METADATA_SERVER_DETECTION: 'none',
};

let path: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lms-test-dev-'));
  path = join(folder, 'dev.sqlite');
  return () => rm(folder, { recursive: true });
});

interface DevProcess extends Pick<RunningLms, 'stop' | 'ended'> {
  /** What the screen says. */
  readonly screen: string;
  publish(ids: readonly string[]): Promise<void>;
  /** Texts of what it has stored, once for each row. */
  stored(): Promise<string[]>;
  /** Takes the dead letter that it has. */
  deadLetterIds(): Promise<(string | undefined)[]>;
}

async function startDev(...flags: readonly string[]): Promise<DevProcess> {
  const dev = startLms(['dev', '--file', path, ...FREE, ...flags], ELSEWHERE);
  onTestFinished(async () => {
    await dev.stop('SIGKILL');
  });
  const { stdout: screen, stderr } = await dev.printed(/curl .*\n/);
  const url = /http:\/\/[\d.:]+/.exec(screen)?.[0];
  const emulatorHost = /PUBSUB_EMULATOR_HOST=([\d.:]+)/.exec(screen)?.[1];
  if (url === undefined || emulatorHost === undefined) throw new Error(`lms dev did not start: ${stderr}`);
  const clients = await connectPubSub({ emulatorHost });
  onTestFinished(() => clients.close());
  return {
    ...dev,
    screen,
    async publish(ids) {
      await new TopicPublisher(clients, NAMES.topic).publish(
        ids.map((id) => (id === MALFORMED ? malformedMessage(id) : sampleMessage(id))),
      );
    },
    async deadLetterIds() {
      const letters = await receive(clients, NAMES.deadLetterSubscription, 1);
      return letters.map(({ attributes }) => attributes?.['event_id']);
    },
    async stored() {
      const question = 'limit=all&format=text';
      const answer = await fetch(`${url}/api/v1/entries?${question}`);
      return (await answer.text()).split('\n').slice(0, -1);
    },
  };
}

/** What `lms verify` finds. */
async function verified(): Promise<{ readonly rows: number; readonly agree: boolean }> {
  const store = openSqliteStore({ kind: 'sqlite', path });
  const { agree, total } = await store.verify();
  await store.close();
  return { rows: total.rows, agree };
}

/** Runs a command as it is shown, and returns what it prints. `lms` is this checkout's. */
async function inShell(command: string): Promise<string> {
  const env = { PATH: `${ROOT}:${process.env['PATH'] ?? ''}`, METADATA_SERVER_DETECTION: 'none' };
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: '/', env });
  return stdout;
}

/** Runs the agent as it is shown, but to the end of a log of our own. */
async function readOnce(command: string): Promise<string> {
  const folder = dirname(path);
  const log = join(folder, 'app.log');
  await writeFile(log, 'a line\n');
  const shown = "lms agent '/var/log/*.log' --url ";
  expect(command).toContain(shown);
  const state = join(folder, 'state');
  return inShell(command.replace(shown, `lms agent '${log}' --once --state '${state}' --url `));
}

/** Locks the database for writers, as another program that works on it would. */
function locked(file: string): Disposable & { readonly unlock: () => void } {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec('BEGIN IMMEDIATE');
  const unlock = () => {
    if (database.isOpen) database.close();
  };
  return { unlock, [Symbol.dispose]: unlock };
}

it('finds what was published; after a stop in the middle of it, and when it is killed, everything once', async () => {
  // It holds no more than 400 messages: the others still wait in the broker.
  const first = await startDev('--sim', '200', '--batch-size', '100');
  expect(first.screen).toMatch(/page +(http:\/\/127\.0\.0\.1:\d+)\/\n +API +\1\/api/);
  expect(first.screen).toMatch(/database +\S+dev\.sqlite \(new\)\n +simulator +200 messages a second/);
  await vi.waitFor(async () => {
    expect((await first.stored()).length).toBeGreaterThan(20);
  }, PATIENCE);
  await first.publish([MALFORMED, ...ids('early-', 1_000)]);
  const { status, stdout, stderr } = await first.stop();
  expect([status, stderr]).toEqual([0, expect.stringContaining('"messages":0,"deadLetters":1')]);
  expect(stdout).toMatch(/ 0 duplicates \+ 1 dead-lettered \+ 0 released\n/);
  const { rows, agree } = await verified();
  expect(agree).toBe(true);

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const next = await startDev();
    expect(next.screen).toContain('(with what was stored before)');
    const texts = await next.stored();
    expect(texts).toHaveLength(rows);
    const early = texts.filter((text) => text.startsWith('Hello from early-'));
    expect(early.toSorted()).toEqual(ids('Hello from early-', 1_000).toSorted());
    expect(await next.deadLetterIds()).toEqual([MALFORMED]);
    if (signal === 'SIGTERM') {
      const [publish = '', follow = '', ask = ''] = next.screen.split('\n').filter(Boolean).slice(-3);
      await inShell(publish);
      expect(await readOnce(follow)).toContain('1 entry = 1 sent');
      await vi.waitFor(async () => {
        expect(await inShell(ask)).toBe('card declined\n');
      }, PATIENCE);
    }
    await next.stop(signal);
  }
  // The letter was taken the last time, and is not there for ever.
  expect(existsSync(`${path}-undelivered`)).toBe(false);
});

it('keeps for the next start what it could not store, and ends at once when it is told again', async () => {
  const first = await startDev('--shutdown-timeout', '0.5');
  using file = locked(path);
  await first.publish(ids('late-', 100));
  const { status, stderr } = await first.stop();
  expect([status, stderr]).toEqual([0, expect.stringMatching(/"messages":100,"deadLetters":0/)]);

  const second = await startDev('--shutdown-timeout', '60');
  file.unlock();
  await vi.waitFor(async () => {
    expect(await second.stored()).toHaveLength(100);
  }, PATIENCE);
  using lastly = locked(path);
  await second.publish(['last']);
  const ended = second.stop();
  // One that comes at once is taken for the same Ctrl-C.
  const again = setInterval(() => void second.stop(), 400);
  expect((await ended).status).toBe(143);
  clearInterval(again);
  lastly.unlock();
});

it.each(['--broker-port', '--serve-port'])('says what to do about a port that is taken: %s', async (flag) => {
  const { port } = await openBroker();
  const { status, stderr } = await lms(['dev', '--file', path, ...FREE, flag, String(port)]);
  expect(status).toBe(16);
  expect(stderr).toContain(`lms: cannot listen on 127.0.0.1:${String(port)}: another program listens there`);
  expect(stderr).toContain(`lms: ${flag} 0 takes any port that is free\n`);
});
