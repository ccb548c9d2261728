import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { buildWords } from '../../src/app/words/build-words.ts';
import { JOB_NAMES } from '../../src/config/job-names.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import type { EntryKey } from '../../src/query/answers/ports.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openRetentionBook, openStore, openWordsIndex, openWorkLeases } from '../../src/store/open.ts';
import { lms } from '../cli/lms.ts';
import { entriesOf } from '../cli/scratch-database.ts';
import { SILENT } from '../contract/store-subject.ts';
import { GrantedAccounts } from '../support/granted-accounts.ts';
import { startServe } from '../support/serve-process.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };

it('the grants of docs/operations.md let a server do its jobs, and their commands be run by the same user', async () => {
  await using accounts = await GrantedAccounts.open();
  const env = { DATABASE_URL: accounts.urlOf('lms_jobs') };
  const index = (...args: string[]) => lms(['index', ...args], env);
  await storeEntries(accounts.targetOf('lms'));
  await buildSmallBlocks(accounts.targetOf('lms_jobs'));
  await accounts.asRoot([`DELETE FROM ${accounts.database.name}.lms_rollups WHERE width = 1440`]);

  const server = await startServe(env);
  await vi.waitFor(async () => {
    const page = await (await server.get('/metrics')).text();
    for (const job of JOB_NAMES) {
      expect(page).toContain(`lms_job_lag_seconds{job="${job}"} 0\n`);
      expect(page).toContain(`lms_job_failures_total{job="${job}"} 0\n`);
    }
    expect(await index('rollups', '--check')).toMatchObject({ stdout: 'The sums are right, and in use.\n' });
  }, PATIENCE);
  const { status, stderr } = await server.stop();
  expect(status).toBe(0);
  expect(stderr).not.toMatch(/privilege/);

  for (const args of [['rollups'], ['words'], ['words', '--drop']])
    expect(await index(...args)).toMatchObject({ status: 0, stderr: '' });
});

it('they let its user keep the book of retention, and delete by it under a lease; and an administrator hold rows', async () => {
  await using accounts = await GrantedAccounts.open();
  await storeEntries(accounts.targetOf('lms'));
  const ofJobs = `'${accounts.userName('lms_jobs')}'@`;
  await accounts.asRoot(accounts.grants.onRequest.filter((grant) => grant.includes(ofJobs)));
  const target = accounts.targetOf('lms_jobs');
  const [store, leases, book] = [
    await openStore(target, { log: SILENT }),
    openWorkLeases(target, { log: SILENT }),
    openRetentionBook(target, { log: SILENT }),
  ];
  const lease = await leases.take('retention');
  const { version } = await book.apply('*=1d', { by: 'somebody', ifNone: true });
  const on = { lease, rule: { version, place: 0 } };
  const range = { to: '2026-01-11', maxRows: 500 };
  expect(await store.deleteRange(range, on)).toMatchObject({ deleted: 500 });
  const only = [{ serviceName: 'indexed', severity: 'info' }] as const;
  expect(await store.deleteRange({ ...range, only, maxRows: 300 }, on)).toMatchObject({ deleted: 300 });
  const rest: EntryKey[] = [];
  for await (const entry of store.entries()) rest.push(entry);
  expect(await store.deleteEntries(rest, on)).toBe(100);
  await book.ran({ version, place: 0, doneTo: '2026-01-11 00:00:00.000000' });
  expect((await book.state()).accounts).toMatchObject([{ place: 0, deletedRows: 900 }]);
  const mark = {
    seenBytes: 1,
    rows: 2,
    bytesPerRow: 0.5,
    seenAt: '2026-01-11 00:00:00.000000',
    shrunkAt: undefined,
  };
  await book.markSize(mark);
  expect(await book.sizeMark()).toEqual(mark);
  await expect(store.totals()).resolves.toEqual({ rows: 0 });
  await Promise.all([store.close(), leases.close(), book.close()]);

  const admin = openRetentionBook(accounts.targetOf('lms_admin'), { log: SILENT });
  const hold = { id: 'held', from: '2026-01-01', to: '2026-01-02', reason: 'a test' };
  await admin.hold(hold, 60);
  expect(await admin.release('held')).toBe(true);
  expect((await admin.apply('*=2d', { by: 'an administrator' })).version).toBe(version + 1);
  await admin.close();
});

it('they let its user run lms retain, which says what is missing without them', async () => {
  await using accounts = await GrantedAccounts.open();
  await storeEntries(accounts.targetOf('lms'));
  const user = accounts.userName('lms_jobs');
  const retain = () => lms(['retain', '--retention', '*=1d'], { DATABASE_URL: accounts.urlOf('lms_jobs') });
  const denied = await retain();
  expect(denied.status).toBe(4);
  for (const table of ['service_logs', 'service_severity_minutes', 'lms_retention_rules'])
    expect(denied.stderr).toMatch(new RegExp(`GRANT .* ON \`.*\`\\.${table} TO '${user}'@'%';`));
  await accounts.asRoot(accounts.grants.onRequest.filter((grant) => grant.includes(`'${user}'@`)));
  const done = await retain();
  expect(done).toMatchObject({ status: 0 });
  expect(done.stdout).toMatch(/\n\*=1d +900 /);
});

it('a user who may only read is told what to grant, which is enough: rules, retention, archives', async () => {
  await using accounts = await GrantedAccounts.open();
  await storeEntries(accounts.targetOf('lms'));
  const place = await mkdtemp(join(tmpdir(), 'lms-grants-'));
  onTestFinished(() => rm(place, { recursive: true }));
  const env = { DATABASE_URL: accounts.urlOf('lms_reader') };
  const commands = [
    ['retain', 'apply', '-'],
    ['archive', '--before', '2026-01-11', place],
    ['archive', '--before', '2026-01-11', place, '--then-delete'],
    ['retain'],
  ];
  for (const command of commands) {
    const denied = await lms(command, env, '*=1d');
    expect(denied.status).toBe(4);
    const grants = denied.stderr.match(/GRANT [^;]*/g) ?? [];
    await accounts.asRoot(grants);
    expect(await lms(command, env, '*=1d')).toMatchObject({ status: 0 });
    await accounts.asRoot(
      grants
        .filter((grant) => !grant.startsWith('GRANT SELECT ON'))
        .map((grant) => grant.replace('GRANT SELECT, ', 'REVOKE ').replace(' TO ', ' FROM ')),
    );
  }
});

async function storeEntries(target: MySqlTarget): Promise<void> {
  const store = await openStore(target, { log: SILENT });
  const entries = entriesOf('indexed', 'info', 900).map((each, n) => ({
    ...each,
    timestamp: `2026-01-10 00:0${String(n % 10)}:00.000000`,
    payload: `w${String(n)} x${String(n)} y${String(n)}`,
  }));
  await store.write(entries);
  await store.close();
}

/** Builds an index of many small blocks, so that each of its tables is written. */
async function buildSmallBlocks(target: MySqlTarget): Promise<void> {
  const words = await openWordsIndex(target, { log: SILENT });
  const leases = openWorkLeases(target, { log: SILENT });
  const lease = await leases.take('words');
  if (lease === undefined) throw new Error('somebody has the lease');
  const progress = await buildWords({
    upkeep: words.upkeep(lease),
    reader: words.reader,
    clock: systemClock,
    share: 1,
    signal: new AbortController().signal,
    isTransient: () => false,
    sizes: { blockWords: 30 },
  });
  // So many that a group of them is full.
  expect(progress?.blocks).toBeGreaterThan(64);
  await leases.release(lease);
  await Promise.all([words.close(), leases.close()]);
}
