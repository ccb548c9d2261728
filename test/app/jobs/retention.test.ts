import { beforeEach, describe, expect, it } from 'vitest';
import { makeRetentionJob } from '../../../src/app/jobs/retention.ts';
import type { OpenedRetention } from '../../../src/app/retention/open-retention.ts';
import { loadSettings } from '../../../src/config/settings.ts';
import type { Environment } from '../../../src/config/sources.ts';
import { ServerMetrics } from '../../../src/health/server-metrics.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { DAY_MS, HOUR_MS, RetentionGround } from '../../support/retention-ground.ts';

const LEASE = { name: 'retention', owner: 'this one' };
const SIGNAL = new AbortController().signal;

let ground: RetentionGround;
let log: RecordingLog;
/** How often rows were looked for. */
let opened: number;
/** What the server says of service_logs; undefined: nothing. */
let tableBytes: number | undefined;

beforeEach(() => {
  ground = new RetentionGround();
  log = new RecordingLog();
  opened = 0;
  tableBytes = 0;
});

function job(env: Environment = {}) {
  const { settings } = loadSettings({ flags: {}, env, dotenvPath: undefined });
  const { book, database, clock } = ground;
  const parts: OpenedRetention = {
    book,
    reader: () => Promise.resolve(database.reader),
    parts() {
      opened += 1;
      const ownNowMs = () => book.nowMs;
      return Promise.resolve({ book, reader: database.reader, deleter: database, clock, ownNowMs, share: 1 });
    },
    size() {
      if (tableBytes === undefined) return Promise.resolve(undefined);
      const table = { name: 'service_logs', rows: 0, dataBytes: tableBytes, indexBytes: 0, freeBytes: 0 };
      return Promise.resolve({ tables: [table], diskFreeBytes: undefined });
    },
    close: () => book.close(),
  };
  return makeRetentionJob({ settings, log }, () => parts);
}

describe('the job retention', () => {
  it('does nothing where there are no rules, and asks for them once a minute', async () => {
    ground.database.add(ground.row(1_000_000));
    const retention = job();
    expect(retention.lagMs?.()).toBeUndefined();
    await retention.run(LEASE, SIGNAL);
    expect([ground.book.looks, opened, ground.database.rows.size]).toEqual([1, 0, 1]);
    expect([retention.restMs, retention.lagMs?.(), retention.notes?.()]).toEqual([60_000, 0, []]);
  });

  it('puts the setting in force where no rules ever were, and does them', async () => {
    ground.database.add(ground.row(0), ground.row(50, { payload: 'old' }));
    await job({ RETENTION: '*=2d' }).run(LEASE, SIGNAL);
    expect(ground.book.sets).toMatchObject([
      {
        version: 1,
        rules: '*=2d',
        appliedBy: expect.stringContaining('the setting RETENTION on ') as string,
      },
    ]);
    expect(ground.left()).toEqual(['Hello']);
    expect(ground.database.deletions.map(({ on }) => on?.lease)).toEqual([LEASE]);
    expect(log.told.map(({ message }) => message)).toEqual([
      'rules of retention are in force',
      'entries were deleted by rules of retention',
    ]);
  });

  it('goes by the rules of the database where there are some, and says once that the setting differs', async () => {
    ground.database.add(ground.row(50));
    await ground.apply('*=forever');
    const retention = job({ RETENTION: '*=2d' });
    await retention.run(LEASE, SIGNAL);
    await retention.run(LEASE, SIGNAL);
    expect(ground.database.rows.size).toBe(1);
    expect(log.told.map(({ level, message }) => [level, message])).toEqual([
      ['warn', expect.stringContaining('the setting RETENTION differs from the rules in force') as string],
    ]);
    await job({ RETENTION: '  * = forever ' }).run(LEASE, SIGNAL);
    expect(log.told).toHaveLength(1);
  });

  it('does not begin with a setting that cannot be read', () => {
    expect(() => job({ RETENTION: '*=3m' })).toThrow('`3m` is no age');
  });

  it('runs once each interval, whichever process did so last, and at once by other rules', async () => {
    ground.database.add(ground.row(0));
    await ground.apply('*=2d');
    await job().run(LEASE, SIGNAL);
    expect(opened).toBe(1);
    ground.book.nowMs += HOUR_MS - 1_000;
    const other = job();
    await other.run(LEASE, SIGNAL);
    expect(opened).toBe(1);
    ground.book.nowMs += 1_000;
    await other.run(LEASE, SIGNAL);
    await other.run(LEASE, SIGNAL);
    expect(opened).toBe(2);
    await ground.apply('*=3d; severity:debug=forever');
    await other.run(LEASE, SIGNAL);
    expect(opened).toBe(3);
  });

  it('begins anew if other rules come into force while it is at it', async () => {
    for (let n = 0; n < 3_000; n += 1) ground.database.add(ground.row(100 + n / 1_000));
    await ground.apply('*=2d');
    ground.database.beforeDeletion = async () => {
      if (ground.database.deletions.length === 0) await ground.apply('*=4d');
      await ground.clock.advance(1_500);
    };
    await job().run(LEASE, SIGNAL);
    expect(ground.database.rows.size).toBe(0);
    expect([...ground.book.accounts.values()].map(({ deletedRows }) => deletedRows)).toEqual([1_000, 2_000]);
  });

  it('says what is overdue, and for how long', async () => {
    ground.database.add(ground.row(0), ground.row(50));
    await ground.apply('severity:debug=1d; *=2d; service:x=forever');
    const retention = job();
    await retention.run(LEASE, SIGNAL);
    expect(retention.lagMs?.()).toBeLessThan(60_000);
    expect(retention.notes?.()).toEqual([]);
    expect(retention.retention?.()).toMatchObject([
      { rule: 'severity:debug=1d', deletedRows: 0, lastRunAtMs: ground.book.nowMs },
      { rule: '*=2d', deletedRows: 1, lastRunAtMs: ground.book.nowMs },
    ]);
    ground.book.nowMs += DAY_MS / 2;
    ground.database.add(ground.row(60), ground.row(0));
    ground.database.beforeDeletion = () => Promise.reject(new Error('the database is away'));
    await expect(retention.run(LEASE, SIGNAL)).rejects.toThrow('the database is away');
    expect(retention.notes?.()).toEqual(['retention is overdue: *=2d by 12 h, 1 entry']);
    expect(retention.lagMs?.()).toBeGreaterThanOrEqual(DAY_MS / 2);
    ground.database.beforeDeletion = () => undefined;
    await retention.run(LEASE, SIGNAL);
    expect([retention.notes?.(), ground.database.rows.size]).toEqual([[], 2]);
  });

  it('says that a rule is overdue that never came to its end', async () => {
    await ground.apply('*=2d');
    ground.book.nowMs += 4 * HOUR_MS;
    ground.database.add(ground.row(0), ground.row(50));
    ground.database.beforeDeletion = () => Promise.reject(new Error('the database is away'));
    const retention = job();
    await expect(retention.run(LEASE, SIGNAL)).rejects.toThrow('the database is away');
    expect(retention.notes?.()).toEqual(['retention is overdue: *=2d by 4 h, 1 entry']);
  });

  it('shows each rule among the metrics of the server', async () => {
    ground.database.add(ground.row(0), ground.row(50));
    await ground.apply('severity:debug=1d; *=2d');
    const retention = job();
    await retention.run(LEASE, SIGNAL);
    const metrics = new ServerMetrics();
    const numbers = { runs: 1, failures: 0, leasesLost: 0 };
    const rules = retention.retention?.() ?? [];
    metrics.watchJobs([{ name: 'retention', isHeld: true, numbers, lagMs: 0, retention: rules }]);
    const { body } = await metrics.text();
    expect(body).toContain('lms_retention_deleted_rows_total{rule="*=2d"} 1\n');
    expect(body).toContain('lms_retention_deleted_rows_total{rule="severity:debug=1d"} 0\n');
    expect(body).toContain(
      `lms_retention_last_run_timestamp_seconds{rule="*=2d"} ${String(ground.book.nowMs / 1_000)}\n`,
    );
    expect(body).toMatch(/^lms_retention_overdue_seconds\{rule="\*=2d"\} [\d.]+$/m);
  });
});

describe('the job retention, with a limit in bytes', () => {
  const LIMIT = { RETENTION_MAX_BYTES: String(1024 ** 3) };

  /** One row a minute, the youngest two hours old, and a table that is a tenth larger than the limit. */
  function exceed(): void {
    for (let n = 0; n < 11_000; n += 1) ground.database.add(ground.row(2 + n / 60));
    tableBytes = 1.1 * 1024 ** 3;
  }

  it('deletes the oldest hours without any rules, and says so in a warning', async () => {
    exceed();
    await job(LIMIT).run(LEASE, SIGNAL);
    expect(ground.database.rows.size).toBeLessThanOrEqual(10_000);
    expect(ground.database.rows.size).toBeGreaterThan(9_900);
    const deleted = 11_000 - ground.database.rows.size;
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('larger than RETENTION_MAX_BYTES') as string,
        fields: {
          maxBytes: 1024 ** 3,
          bytes: Math.round(1.1 * 1024 ** 3),
          deleted,
          end: 'done',
          before: expect.stringMatching(/:00:00\.000000$/) as string,
          isAll: true,
        },
      },
    ]);
    expect(new Set(ground.database.deletions.map(({ on }) => on?.lease))).toEqual(new Set([LEASE]));
  });

  it('does so after the rules, and takes off what these have deleted', async () => {
    exceed();
    await ground.apply(`*=${String(2 + Math.floor(9_900 / 60))}h`);
    await job(LIMIT).run(LEASE, SIGNAL);
    expect(ground.book.accounts.get('0 0')).toBeUndefined();
    expect(ground.book.accounts.get('1 0')?.deletedRows).toBeGreaterThan(1_000);
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('does so where the rules cannot be done, too, and fails then as they do', async () => {
    exceed();
    ground.book.sets.push({ version: 1, rules: 'no rule at all', appliedAt: '2026', appliedBy: 'x' });
    await expect(job(LIMIT).run(LEASE, SIGNAL)).rejects.toMatchObject({ code: 'RULES' });
    expect(ground.database.rows.size).toBeLessThanOrEqual(10_000);
  });

  it('looks each RETENTION_INTERVAL, whichever process did before', async () => {
    exceed();
    await job(LIMIT).run(LEASE, SIGNAL);
    const { size } = ground.database.rows;
    for (let n = 0; n < 200; n += 1) ground.database.add(ground.row(1.5));
    ground.book.nowMs += HOUR_MS / 2;
    await job(LIMIT).run(LEASE, SIGNAL);
    expect(ground.database.rows.size).toBe(size + 200);
    ground.book.nowMs += HOUR_MS / 2;
    await job(LIMIT).run(LEASE, SIGNAL);
    expect(ground.database.rows.size).toBeLessThanOrEqual(10_000);
  });

  it('says that it cannot be kept where everything is young, or the size is not to be seen', async () => {
    for (let n = 0; n < 11_000; n += 1) ground.database.add(ground.row(0.1));
    tableBytes = 2 * 1024 ** 3;
    await job(LIMIT).run(LEASE, SIGNAL);
    expect(log.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('cannot be kept: all that is left is held') as string,
    });
    tableBytes = undefined;
    ground.book.nowMs += HOUR_MS;
    await job(LIMIT).run(LEASE, SIGNAL);
    expect(log.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('size of service_logs is not to be seen') as string,
    });
    expect(ground.database.rows.size).toBe(11_000);
  });

  it('without one does not ask how large anything is', async () => {
    exceed();
    await job().run(LEASE, SIGNAL);
    expect(ground.book.mark).toBeUndefined();
    expect(ground.database.rows.size).toBe(11_000);
  });
});
