import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { lms, MAIN, startLms } from '../cli/lms.ts';
import { type ScratchDatabase, scratchDatabase } from '../cli/scratch-database.ts';
import { freshDatabase } from '../support/database.ts';
import { askProcessList } from '../support/process-list.ts';
import { RecordingLog } from '../support/recording-log.ts';

/** More than the tenth of a second for which InnoDB repeats what it last said of transactions. */
const PATIENCE = { timeout: 30_000, interval: 150 };
const TOTAL = 8_000;
/** In the sixth transaction, which has deleted others by then. */
const HELD = 5_500;
const BEFORE_HELD = 5_000;

function numbered(n: number, serviceName: string): LogEntry {
  return {
    timestamp: `2026-11-25 12:${String(n % 60).padStart(2, '0')}:00.${String(n).padStart(6, '0')}`,
    eventId: `${serviceName}-${String(n)}`,
    serviceName,
    severity: n % 2 === 0 ? 'info' : 'error',
    payload: `number ${String(n)}`,
    tags: null,
  };
}

const ENTRIES = Array.from({ length: TOTAL }, (_none, n) => numbered(n, 'doomed')).sort((one, other) =>
  one.timestamp < other.timestamp ? -1 : 1,
);
const held = ENTRIES[HELD] ?? numbered(0, 'none');

/** A database whose deletion waits at one row, within a transaction, until it is let go. */
interface Subject extends AsyncDisposable {
  readonly url: string;
  hold(entry: LogEntry): Promise<void>;
  letGo(): Promise<void>;
  /** Whether a transaction waits there. */
  isHeld(): Promise<boolean>;
  /** How many of others are connected. */
  connections(): Promise<number>;
  disconnectOthers(): Promise<void>;
}

async function onMySql(): Promise<Subject> {
  const database = await freshDatabase();
  const connection = await createConnection(database.url);
  const others = async () => {
    const rows = await askProcessList(
      connection,
      'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    );
    return (rows as { id: number }[]).map(({ id }) => id);
  };
  return {
    url: database.url,
    async hold({ timestamp, eventId }) {
      await connection.query('START TRANSACTION');
      await connection.query('SELECT * FROM service_logs WHERE timestamp = ? AND event_id = ? FOR UPDATE', [
        timestamp,
        eventId,
      ]);
    },
    async letGo() {
      await connection.query('ROLLBACK');
    },
    async isHeld() {
      const [waiting] = await connection.query(
        "SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
      );
      const mine = await others();
      return (waiting as { id: number }[]).some(({ id }) => mine.includes(id));
    },
    connections: async () => (await others()).length,
    async disconnectOthers() {
      // One may have gone by itself meanwhile: ER_NO_SUCH_THREAD.
      for (const id of await others())
        await connection.query(`KILL ${String(id)}`).catch((error: unknown) => {
          expect(error).toMatchObject({ errno: 1094 });
        });
    },
    async [Symbol.asyncDispose]() {
      await connection.end();
      await database.drop();
    },
  };
}

/** There is no lock of one row: it takes a few seconds instead. */
function onSqlite(): Promise<Subject> {
  const database = scratchDatabase();
  const slow =
    'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12000000) SELECT count(*) FROM c';
  return Promise.resolve({
    url: database.url,
    hold: ({ eventId }) => {
      database.tamper(
        `CREATE TRIGGER held BEFORE DELETE ON service_logs WHEN old.event_id = '${eventId}' BEGIN ${slow}; END`,
      );
      return Promise.resolve();
    },
    letGo: () => Promise.resolve(),
    isHeld: () => Promise.resolve(isLocked(database)),
    connections: () => Promise.resolve(0),
    disconnectOthers: () => Promise.resolve(),
    [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      return Promise.resolve();
    },
  });
}

/** Whether somebody writes to a SQLite file. */
function isLocked(database: ScratchDatabase): boolean {
  try {
    database.tamper('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK');
    return false;
  } catch (error) {
    expect(error).toMatchObject({ errcode: 5 });
    return true;
  }
}

describe.each([
  ['MySQL', onMySql],
  ['SQLite', onSqlite],
] as const)('lms delete on %s', (kind, make) => {
  let subject: Subject;
  let store: Store;

  beforeEach(async () => {
    subject = await make();
    const { settings } = loadSettings({
      flags: {},
      env: { DATABASE_URL: subject.url },
      dotenvPath: undefined,
    });
    store = await openStore(settings.database, { log: new RecordingLog() });
    await store.migrate();
    for (let start = 0; start < TOTAL; start += 1_000) await store.write(ENTRIES.slice(start, start + 1_000));
  });
  afterEach(async () => {
    await store.close();
    await subject[Symbol.asyncDispose]();
  });

  const env = () => ({ DATABASE_URL: subject.url });

  async function untilHeld(): Promise<void> {
    await vi.waitFor(async () => {
      expect((await store.totals()).rows).toBe(TOTAL - BEFORE_HELD);
      expect(await subject.isHeld()).toBe(true);
    }, PATIENCE);
  }

  async function expectInStep(expected: number): Promise<void> {
    const { agree, total } = await store.verify();
    expect({ agree, rows: total.rows }).toEqual({ agree: true, rows: expected });
  }

  /** A deletion that waits in its sixth transaction. */
  async function heldDeletion(...more: readonly string[]) {
    await subject.hold(held);
    const child = spawn(process.execPath, [MAIN, 'delete', 'service:doomed', 'number', '--yes', ...more], {
      env: env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => (output.stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (output.stderr += part));
    const ended = once(child, 'close').then(() => ({ status: child.exitCode, ...output }));
    await untilHeld();
    return { child, ended };
  }

  it('leaves rows and counts in step when it is killed in a transaction, and goes on the next time', async () => {
    const before = await subject.connections();
    const { child, ended } = await heldDeletion();
    child.kill('SIGKILL');
    await ended;
    await subject.letGo();
    await vi.waitFor(async () => {
      expect(await subject.connections()).toBeLessThanOrEqual(before);
    }, PATIENCE);
    await expectInStep(TOTAL - BEFORE_HELD);
    expect(await lms(['delete', 'service:doomed', 'number', '--yes'], env())).toMatchObject({
      status: 0,
      stdout: `deleted ${(TOTAL - BEFORE_HELD).toLocaleString('en-US')} entries\n`,
    });
    await expectInStep(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends by %s after the transaction that runs, and says how far it is',
    async (signal) => {
      const { child, ended } = await heldDeletion('--json');
      child.kill(signal);
      await subject.letGo();
      const { status, stdout, stderr } = await ended;
      expect(status).toBe(130);
      expect(stdout).toMatch(/^\{"deleted":6000,"rows_read":\d+\}\n$/);
      expect(stderr).toMatch(
        /\nlms: stopped: 6,000 entries deleted\n.*same command goes on.* \(DELETION_STOPPED\)\n$/,
      );
      await expectInStep(TOTAL - 6_000);
    },
  );

  it('deletes what it told of while others write, and nothing else', async () => {
    const kept = Array.from({ length: 2_000 }, (_none, n) => numbered(n, 'kept'));
    const later = Array.from({ length: 2_000 }, (_none, n) => ({
      ...numbered(n, 'doomed'),
      timestamp: `2026-11-25 14:00:00.${String(n).padStart(6, '0')}`,
      eventId: `doomed-later-${String(n)}`,
    }));
    await subject.hold(held);
    const running = startLms(['delete', 'event_id:doomed-*', '--yes'], env());
    await untilHeld();
    for (let start = 0; start < 2_000; start += 100) {
      if (start === 1_000) await subject.letGo();
      await writeWhenFree(store, [...kept.slice(start, start + 100), ...later.slice(start, start + 100)]);
      expect((await store.verify()).agree).toBe(true);
    }
    expect(await running.ended).toMatchObject({ status: 0, stdout: 'deleted 8,000 entries\n' });
    await expectInStep(4_000);
    expect(await lms(['logs', '--count', 'service:kept'], env())).toMatchObject({ stdout: '2000\n' });
    expect(await lms(['logs', '--count', 'service:doomed'], env())).toMatchObject({ stdout: '2000\n' });
  });

  // A file has no connections.
  if (kind === 'MySQL')
    it('goes on where its connections are cut, and counts once', async () => {
      const { ended } = await heldDeletion();
      await subject.disconnectOthers();
      await subject.letGo();
      expect(await ended).toMatchObject({ status: 0, stdout: 'deleted 8,000 entries\n' });
      await expectInStep(0);
    });
});

/** A worker tries again while SQLite is busy. */
async function writeWhenFree(store: Store, entries: readonly LogEntry[]): Promise<void> {
  await vi.waitFor(() => store.write(entries), PATIENCE);
}
