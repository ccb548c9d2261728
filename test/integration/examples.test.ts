import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { PubSubClients } from '../../src/pubsub/client.ts';
import { lms, type RunningLms, startLms } from '../cli/lms.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { publishByRest } from '../support/publish-by-rest.ts';
import { freshProject, NAMES } from '../support/topology.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}examples/${file}`, 'utf8');
const PATIENCE = { timeout: 30_000, interval: 50 };

let clients: PubSubClients & AsyncDisposable;
let database: TestDatabase;
let connection: Connection;
let worker: RunningLms;
let env: Readonly<Record<string, string>>;

/** A worker is running, and examples/entries.jsonl is stored. */
beforeAll(async () => {
  clients = await freshProject(inject('emulatorHost'));
  database = await freshDatabase();
  connection = await createConnection({ uri: database.url, timezone: 'Z', dateStrings: true });
  env = {
    PUBSUB_EMULATOR_HOST: inject('emulatorHost'),
    PUBSUB_PROJECT_ID: clients.projectId,
    DATABASE_URL: database.url,
    METADATA_SERVER_DETECTION: 'none',
  };
  worker = startLms(['mon', '--flush-interval', '0.2'], env);
  const subscription = clients.subscriptionName(NAMES.subscription);
  await vi.waitFor(() => clients.subscriber().getSubscription({ subscription }), PATIENCE);
  const outcome = await lms(['pub', '--file', `${ROOT}examples/entries.jsonl`], env);
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  await stored("service_name IN ('checkout', 'search')", 5);
}, 120_000);
afterAll(async () => {
  const { status } = await worker.stop();
  await connection.end();
  await database.drop();
  await clients.close();
  expect(status).toBe(0);
});

/** The rows that meet a condition, in their order, once there are `count`. */
function stored(condition: string, count: number): Promise<RowDataPacket[]> {
  return vi.waitFor(async () => {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT * FROM service_logs WHERE ${condition} ORDER BY \`timestamp\``,
    );
    expect(rows).toHaveLength(count);
    return rows;
  }, PATIENCE);
}

/** Runs the command that the head of an example shows, in the root of the checkout. */
async function runHead(file: string, further: Readonly<Record<string, string>> = {}): Promise<string> {
  const command = /^(?:\/\/|#) {3}(.*)$/m.exec(read(file))?.[1] ?? '';
  expect(command).toContain(`examples/${file}`);
  const PATH = `${ROOT}node_modules/.bin:${process.env['PATH'] ?? ''}`;
  const options = { cwd: ROOT, env: { PATH, ...env, ...further } };
  const { stdout } = await promisify(execFile)('sh', ['-c', command], options);
  return stdout;
}

it('examples/README.md names every file, and no other', () => {
  const named = [...read('README.md').matchAll(/^\| \[([^\]]+)\]/gm)].map(([, file]) => file);
  const files = readdirSync(`${ROOT}examples`).filter((file) => file !== 'README.md');
  expect(named.toSorted()).toEqual(files.toSorted());
});

describe('examples/entries.jsonl', () => {
  it('becomes rows whose times are UTC, with further fields as tags', async () => {
    const rows = await stored("service_name IN ('checkout', 'search')", 5);
    expect(rows.map((row) => [row['timestamp'], row['severity']] as unknown)).toEqual([
      ['2026-11-21 10:15:00.123456', 'warn'],
      ['2026-11-21 10:15:02.500000', 'error'],
      ['2026-11-21 10:16:40.000000', 'info'],
      ['2026-11-21 10:16:41.250000', 'debug'],
      ['2026-11-21 10:17:00.000000', 'fatal'],
    ]);
    expect(JSON.stringify(rows[2]!['tags'])).toContain('EUR');
    expect(rows[4]!['payload']).toContain('\n  at open (index.c:112)\n');
  });
});

describe('examples/cloud-logging.jsonl', () => {
  it('becomes rows of the services that Cloud Logging names', async () => {
    const outcome = await lms(['pub', '--file', `${ROOT}examples/cloud-logging.jsonl`], env);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const rows = await stored("service_name IN ('invoice', 'mailer', 'shop-web')", 3);
    expect(rows.map((row) => [row['service_name'], row['severity']] as unknown)).toEqual([
      ['invoice', 'error'],
      ['mailer', 'warn'],
      ['shop-web', 'info'],
    ]);
    expect(rows[1]!['payload']).toContain('the queue is full');
  });
});

describe('examples/publish.ts', () => {
  it('publishes an entry with an id of its own', async () => {
    const id = (await runHead('publish.ts')).trim();
    const [row] = await stored("payload = 'card declined' AND event_id LIKE '%-%-%-%-%'", 1);
    expect(row).toMatchObject({ service_name: 'checkout', severity: 'warn' });
    expect(row!['event_id']).not.toBe(id);
    expect(JSON.stringify(row!['tags'])).toContain(process.version);
  });
});

describe('examples/publish.sh', () => {
  /** The emulator's REST API is on the port of its gRPC; our broker has none, so that one stands in. */
  async function run(further: Readonly<Record<string, string>> = {}): Promise<string> {
    if (inject('emulatorIsReal')) return runHead('publish.sh', further);
    await using rest = await publishByRest(clients);
    return await runHead('publish.sh', { ...further, PUBSUB_EMULATOR_HOST: rest.address });
  }

  it('publishes the lines of standard input', async () => {
    await run();
    const [row] = await stored("service_name = 'backup'", 1);
    expect(row).toMatchObject({ payload: 'done', timestamp: '2026-11-21 10:30:00.000000' });
    expect(row!['event_id']).toMatch(/^\d+-\d+-1~[\w-]{8}$/);
  });

  it("fails with curl's status and what the server said when the topic is not there", async () => {
    await expect(run({ PUBSUB_TOPIC: 'no-such-topic' })).rejects.toMatchObject({
      code: 22,
      stdout: expect.stringMatching(/not.found/i) as string,
    });
  });
});

describe('examples/queries.sql', () => {
  const statements = read('queries.sql')
    .replaceAll(/^--.*$/gm, '')
    .split(/;$/m)
    .map((statement) => statement.trim())
    .filter(Boolean);
  const questions = statements.filter((statement) => !statement.startsWith('SET '));

  /** The rows of each question, for 10:15 to 10:18 of the day of examples/entries.jsonl. */
  async function answers(): Promise<RowDataPacket[][]> {
    for (const statement of statements.filter((each) => each.startsWith('SET ')))
      await connection.query(statement);
    await connection.query("SET @from = '2026-11-21 10:15:00', @to = '2026-11-21 10:18:00'");
    const results: RowDataPacket[][] = [];
    for (const question of questions) {
      const [rows] = await connection.query<RowDataPacket[]>(question);
      results.push(rows);
    }
    return results;
  }

  it('answers what its comments ask', async () => {
    const [wrong, services, minutes, order, delay] = await answers();
    expect(wrong!.map((row) => row['service_name'] as unknown)).toEqual(['search', 'checkout']);
    expect(services!.map((row) => row['service_name'] as unknown)).toEqual(
      expect.arrayContaining(['search']),
    );
    expect(services!.find((row) => row['service_name'] === 'search')).toMatchObject({
      entries: '2',
      errors: '1',
    });
    expect(minutes!.map((row) => [row['minute'], row['service_name'], row['errors']] as unknown)).toEqual([
      ['2026-11-21 10:15:00', 'checkout', '1'],
      ['2026-11-21 10:17:00', 'search', '1'],
    ]);
    expect(order!.map((row) => row['severity'] as unknown)).toEqual(['error', 'info']);
    expect(delay!.map((row) => row['service_name'] as unknown)).toEqual(['checkout', 'search']);
    expect(questions).toHaveLength(5);
  });
});
