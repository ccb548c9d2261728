import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { openStore } from '../../src/store/open.ts';
import { lms } from '../cli/lms.ts';
import { entriesOf, scratchDatabase } from '../cli/scratch-database.ts';
import { openBroker } from '../support/broker.ts';
import { freshDatabase } from '../support/database.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { sampleMessage } from '../support/samples.ts';
import { openSystem } from '../support/worker-system.ts';

const ENTRIES: readonly LogEntry[] = entriesOf('alpha', 'info', 600).map((one, index) => ({
  ...one,
  tags: JSON.stringify({ code: index % 3 === 0 ? 500 : 200, path: `/p${String(index % 2)}` }),
}));

async function fill(url: string): Promise<void> {
  const { settings } = loadSettings({ flags: {}, env: { DATABASE_URL: url }, dotenvPath: undefined });
  const store = await openStore(settings.database, { log: new RecordingLog() });
  await store.migrate();
  await store.write(ENTRIES);
  await store.close();
}

describe.each(['MySQL', 'SQLite'])('lms index on %s', (kind) => {
  let url = '';
  let drop: () => Promise<void> | void = () => undefined;

  beforeAll(async () => {
    if (kind === 'MySQL') {
      const database = await freshDatabase();
      [url, drop] = [database.url, () => database.drop()];
    } else {
      const database = scratchDatabase();
      [url, drop] = [database.url, () => database[Symbol.dispose]()];
    }
    await fill(url);
  });
  afterAll(() => drop());

  it('adds what --explain says would have helped, and every line stays the same', async () => {
    const logs = () => lms(['logs', 'code:500 path:/p1', '-n', '5', '--explain'], { DATABASE_URL: url });
    const index = (...args: string[]) => lms(['index', ...args], { DATABASE_URL: url });
    const before = await logs();
    expect(before.stderr).toMatch(/in the order of time: .*; faster with: lms index add code path\n$/);
    expect((await index('list')).stdout).toMatch(/^There are no indexes of tags/);
    expect((await index('add', 'code')).stdout).toMatch(/^code: added in [\d.]+ s\.\n$/);
    expect(await index('add', 'code')).toMatchObject({ status: 0, stdout: 'code: is there already.\n' });
    expect((await index('list')).stdout).toMatch(/^code +tag_code +ready/m);
    const after = await logs();
    expect(after.stderr).toMatch(/by the indexes of the tags code: .*; faster with: lms index add path\n$/);
    expect(after.stdout).toBe(before.stdout);
    const listed: unknown = JSON.parse((await index('list', '--json')).stdout);
    expect(listed).toMatchObject([{ tag: 'code', name: 'tag_code', state: 'ready' }]);
    expect(await index('drop', 'code')).toMatchObject({ status: 0, stdout: 'code: dropped.\n' });
    expect(await index('drop', 'code')).toMatchObject({ status: 24 });
    expect(await index('add', 'a.b.c.d')).toMatchObject({ status: 24 });
    expect((await logs()).stdout).toBe(before.stdout);
  });
});

it('a worker at full speed loses nothing while indexes are added, and has no dead letter for it', async () => {
  const broker = await openBroker();
  const system = await openSystem(broker.address);
  const messages = Array.from({ length: 6_000 }, (_none, index) => tagged(index));
  const { worker, stop } = await system.startWorker();
  const publishing = system.publish(messages);
  await vi.waitFor(async () => {
    expect((await system.store.totals()).rows).toBeGreaterThan(500);
  }, PATIENCE);
  for (const tag of ['user', 'long', 'deep.inner']) await system.store.addTagIndex(tag);
  await publishing;
  await vi.waitFor(async () => {
    expect((await system.store.totals()).rows).toBe(messages.length);
  }, PATIENCE);
  await stop();
  expect(worker.ledger).toMatchObject({ stored: messages.length, deadLettered: 0 });
  expect((await system.store.verify()).agree).toBe(true);
});

const PATIENCE = { timeout: 50_000, interval: 50 };

/** With values that an index must not stumble over. */
function tagged(index: number) {
  const values = { user: `user-${String(index % 7)}`, long: 'x'.repeat(600), deep: { inner: [index] } };
  const message = sampleMessage(`indexed-${String(index)}`);
  const record: unknown = JSON.parse(Buffer.from(message.data).toString());
  return { ...message, data: Buffer.from(JSON.stringify({ ...Object(record), ...values })) };
}
