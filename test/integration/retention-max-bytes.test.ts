import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedRetention, openRetention } from '../../src/app/retention/open-retention.ts';
import { SizeLimit } from '../../src/app/retention/size-limit.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { logTable } from '../../src/retention/forecast.ts';
import type { SizeRun } from '../../src/retention/size-run.ts';
import type { Store } from '../../src/store/store.ts';
import { entry } from '../contract/store-entries.ts';
import { mysqlSubject, SILENT, sqliteSubject, type StoreSubject } from '../contract/store-subject.ts';
import { columnTime } from '../support/memory-retention-book.ts';

const NEVER = new AbortController().signal;
const ROWS = 20_000;
const HOURS = 200;
/** What was deleted is removed in the background. */
const PATIENCE = { timeout: 60_000, interval: 500 };

/** Where tests are run again on another server, LMS_TEST_SQLITE=off leaves it out. */
const DATABASES = (
  [
    ['MySQL', mysqlSubject],
    ['SQLite', sqliteSubject],
  ] as const
).filter(([name]) => name !== 'SQLite' || process.env['LMS_TEST_SQLITE'] !== 'off');

describe.each(DATABASES)('a limit in bytes, on %s', (_name, makeSubject) => {
  let subject: StoreSubject;
  let store: Store;
  let opened: OpenedRetention;

  beforeEach(async () => {
    subject = await makeSubject();
    store = await subject.open();
    await store.migrate();
    const { settings } = loadSettings({ flags: {}, env: {}, dotenvPath: undefined });
    const ours = { ...settings, database: subject.target, retentionCpuPercent: 100 };
    opened = openRetention({ settings: ours, log: SILENT });
    for (let from = 0; from < ROWS; from += 4_000) await store.write(rows(from, from + 4_000));
  });
  afterEach(async () => {
    await opened.close();
    await subject.dispose();
  });

  const tableBytes = async () => {
    const table = logTable(await opened.size());
    return table === undefined ? 0 : table.dataBytes + table.indexBytes;
  };
  /** Has the server measure now what it measures by itself within some minutes. */
  const measuredAnew = async () => {
    if (subject.target.kind === 'mysql') await subject.sql('ANALYZE TABLE service_logs');
    return tableBytes();
  };
  const stored = async () => (await store.totals()).rows;

  async function run(maxBytes: number): Promise<SizeRun> {
    const limit = new SizeLimit({ opened, maxBytes, log: SILENT });
    return limit.run(await limit.measured(NEVER), { lease: undefined, signal: NEVER });
  }

  it('the oldest hours go, counts in step, and no more at later looks, whatever the server says by then', async () => {
    const before = await measuredAnew();
    expect(before).toBeGreaterThan(ROWS * 1_000);
    const maxBytes = Math.round(before * 0.85);
    const limit = new SizeLimit({ opened, maxBytes, log: SILENT });
    const plan = await limit.plan(NEVER, 0);
    expect(plan).toMatchObject({ kind: 'exceeds', excess: { isAll: true } });
    // As if rules were to delete enough.
    expect(await limit.plan(NEVER, ROWS / 5)).toMatchObject({ kind: 'fits' });
    expect([await opened.book.sizeMark(), await stored()]).toEqual([undefined, ROWS]);
    const { deleted, end } = await run(maxBytes);
    expect(end).toBe('done');
    expect(plan).toMatchObject({ cut: { rows: deleted } });
    expect(deleted).toBeGreaterThanOrEqual(ROWS * 0.149);
    expect(deleted).toBeLessThanOrEqual(ROWS * 0.15 + 2 * (ROWS / HOURS));
    expect(await stored()).toBe(ROWS - deleted);
    const [oldest] = await subject.sql('SELECT MIN(timestamp) AS first FROM service_logs');
    expect(String(oldest?.['first'])).toMatch(/:0\d:\d\d(\.\d+)?$/);
    expect((await store.verify()).agree).toBe(true);

    // At once, while it says what it said before, and from look to look until it has measured.
    expect((await run(maxBytes)).deleted).toBe(0);
    await expect
      .poll(async () => {
        expect((await run(maxBytes)).deleted).toBe(0);
        return measuredAnew();
      }, PATIENCE)
      .toBeLessThan(before);
    expect((await run(maxBytes)).deleted).toBe(0);
    expect(await stored()).toBe(ROWS - deleted);
    const [account] = await subject.sql('SELECT deleted_rows FROM lms_retention_rules WHERE version = 0');
    expect(Number(account?.['deleted_rows'])).toBe(deleted);
  }, 120_000);

  it('what is held stays, and what comes after it goes instead', async () => {
    const before = await measuredAnew();
    const to = columnTime(Date.now() - (HOURS / 2) * 3_600_000);
    const count = async () => {
      const [row] = await subject.sql(`SELECT COUNT(*) AS held FROM service_logs WHERE timestamp < '${to}'`);
      return Number(row?.['held']);
    };
    const held = await count();
    await opened.book.hold({ id: 'audit', from: '2000-01-01 00:00:00.000000', to, reason: '' }, 3_600);
    const { deleted } = await run(Math.round(before * 0.9));
    expect(deleted).toBeGreaterThanOrEqual(ROWS * 0.09);
    expect(await count()).toBe(held);
    expect((await store.verify()).agree).toBe(true);
  }, 120_000);
});

/** Over the hours before the last two, a KiB each. */
function rows(from: number, to: number) {
  return Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    const ms = Date.now() - 2 * 3_600_000 - ((ROWS - n) / ROWS) * HOURS * 3_600_000;
    return entry({
      timestamp: columnTime(Math.floor(ms)),
      eventId: `event-${String(n)}`,
      serviceName: `service-${String(n % 5)}`,
      payload: `${String(n)} ${'x'.repeat(1_000)}`,
    });
  });
}
