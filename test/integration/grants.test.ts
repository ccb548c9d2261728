import { createHash } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { TopicPublisher } from '../../src/pubsub/publisher.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { openServerRecords, openStore, openWorkLeases } from '../../src/store/open.ts';
import { lmsProcess, startLms } from '../cli/lms.ts';
import { entriesOf } from '../cli/scratch-database.ts';
import { brokerProject } from '../support/broker-project.ts';
import { freshDatabase } from '../support/database.ts';
import { type Account, GrantedAccounts } from '../support/granted-accounts.ts';
import { startJobServer } from '../support/job-server.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { ids, sampleMessage } from '../support/samples.ts';
import { startServe } from '../support/serve-process.ts';
import { NAMES } from '../support/topology.ts';

const ROOT_TOKEN = 'a-token-of-this-test';
const AUTHORIZED = { authorization: `Bearer ${ROOT_TOKEN}` };
const PATIENCE = { timeout: 50_000, interval: 50 };

let accounts: GrantedAccounts;

/** Runs `lms` as a documented user. */
function lmsAs(account: Account, ...args: string[]) {
  return lmsProcess(args, { DATABASE_URL: accounts.urlOf(account) });
}

async function storeEntries(entries: readonly LogEntry[]): Promise<void> {
  const { settings } = loadSettings({
    flags: {},
    env: { DATABASE_URL: accounts.database.url },
    dotenvPath: undefined,
  });
  const store = await openStore(settings.database, { log: new RecordingLog() });
  await store.write(entries);
  await store.close();
}

/** The rights on leases, for the user of a server without jobs. */
function grantsOfJobs(): readonly string[] {
  const grants = accounts.grants.afterMigration.filter((grant) => grant.includes('lms_leases'));
  return grants.map((grant) => grant.replace(accounts.userName('lms_jobs'), accounts.userName('lms_server')));
}

beforeAll(async () => {
  accounts = await GrantedAccounts.open();
});
afterAll(() => accounts[Symbol.asyncDispose]());

describe('the grants of docs/operations.md', () => {
  it('let the worker work, and the reader see that everything is right', async () => {
    await using project = await brokerProject();
    await ensureTopology({ clients: project.clients, names: NAMES, role: 'worker', create: true });
    const publisher = new TopicPublisher(project.clients, NAMES.topic);
    // Every event twice, so that the worker meets duplicates too.
    await publisher.publish([...ids('event-', 50), ...ids('event-', 50)].map((id) => sampleMessage(id)));
    const mon = startLms(['mon', '--no-create', '--flush-interval', '0.2'], {
      ...project.env,
      DATABASE_URL: accounts.urlOf('lms'),
    });
    onTestFinished(async () => {
      await mon.stop();
    });
    const subscription = project.clients.subscriptionName(NAMES.subscription);
    await vi.waitFor(() => {
      expect(project.broker.subscriptionStats(subscription)).toMatchObject({ waiting: 0, outstanding: 0 });
    }, PATIENCE);
    const worker = await mon.stop();
    expect(worker.status).toBe(0);
    expect(worker.stdout).toContain('100 = 50 stored + 50 duplicates');
    expect(worker.stderr).not.toContain('heartbeats');
    const workers = await lmsAs('lms_reader', 'workers');
    expect(workers).toMatchObject({ status: 0, stderr: '' });
    expect(workers.stdout).toMatch(/ stopped .* 100 +50 +50 +0 +0 +0 +-$/m);
    expect(await lmsAs('lms_reader', 'verify')).toMatchObject({ status: 0, stderr: '' });
    const counted = await lmsAs('lms_reader', 'logs', '--count');
    expect(counted).toEqual({ status: 0, stdout: '50\n', stderr: '' });
    const newest = await lmsAs(
      'lms_reader',
      'logs',
      'service:alpha Hello',
      '-n',
      '1',
      '--explain',
      '--fields',
      'id',
    );
    expect(newest).toMatchObject({ status: 0, stderr: expect.stringContaining('stored up to') as string });
    expect(await lmsAs('lms_reader', 'entry', newest.stdout.trim())).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    'DELETE FROM service_logs',
    'DELETE FROM service_severity',
    'TRUNCATE service_logs',
    'DROP TABLE service_logs',
    'ALTER TABLE service_logs DROP COLUMN tags',
    'CREATE TABLE another (id INT)',
    'CREATE INDEX another ON service_logs (payload(10))',
  ])('do not let the worker do: %s', async (statement) => {
    await using worker = await createConnection(accounts.urlOf('lms'));
    // ER_TABLEACCESS_DENIED_ERROR
    await expect(worker.query(statement)).rejects.toMatchObject({ errno: 1142 });
  });

  it('do not let the reader write', async () => {
    await using reader = await createConnection(accounts.urlOf('lms_reader'));
    const statement =
      "INSERT INTO service_severity (service_name, severity, `count`) VALUES ('x', 'info', 1)";
    await expect(reader.query(statement)).rejects.toMatchObject({ errno: 1142 });
  });

  it.each(['lms_server', 'lms_jobs'] as const)(
    'let %s keep what it keeps for itself, and write no entries',
    async (account) => {
      const records = openServerRecords(accounts.targetOf(account), { log: new RecordingLog() });
      const token = {
        id: account,
        name: account,
        scopes: ['read'],
        namespace: '',
        expiresAt: undefined,
      } as const;
      await records.addToken(token, createHash('sha256').update(account).digest('hex'));
      await records.useTokens([account]);
      expect(await records.revokeToken(account)).toBe(true);
      await records.begin('b'.repeat(64), 'c'.repeat(64));
      await records.finish('b'.repeat(64), 'an answer');
      await records.forgetKeyedRequests();
      await records.putSearch('', {
        id: 'all',
        name: 'All',
        q: '',
        since: '1h',
        until: undefined,
        tz: 'UTC',
      });
      expect(await records.removeSearch('', 'all')).toBe(true);
      await records.close();
      await using server = await createConnection(accounts.urlOf(account));
      for (const table of ['service_logs', 'service_severity', 'service_severity_minutes'])
        await expect(server.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ errno: 1142 });
    },
  );

  it('let a server with jobs have leases; one without answers all the same, and says once what it lacks', async () => {
    const leases = openWorkLeases(accounts.targetOf('lms_jobs'), { log: new RecordingLog() });
    const lease = await leases.take('a-job');
    expect(lease && (await leases.renew(lease))).toBe(true);
    if (lease !== undefined) await leases.release(lease);
    await leases.close();

    const runs: string[] = [];
    const run = () => {
      runs.push('a-job');
      return Promise.resolve();
    };
    const job = { name: 'a-job', restMs: 3_600_000, run, close: () => Promise.resolve() };
    const { url, log } = await startJobServer(accounts.targetOf('lms_server'), job, { ROOT_TOKEN });
    await vi.waitFor(() => {
      expect(log.lines.filter(({ message }) => message === 'a job failed again')).not.toEqual([]);
    }, PATIENCE);
    expect((await fetch(`${url}/api/v1/counts`, { headers: AUTHORIZED })).status).toBe(200);
    expect(log.told.filter(({ fields }) => fields['job'] !== undefined)).toMatchObject([
      { level: 'warn', message: expect.stringContaining('docs/operations.md') as string },
    ]);
    expect(runs).toEqual([]);
    // As the page has it for a server with jobs; it works without a restart.
    const [grant = ''] = grantsOfJobs();
    await accounts.asRoot([grant]);
    await vi.waitFor(() => {
      expect(runs).toEqual(['a-job']);
    }, PATIENCE);
    await accounts.asRoot([grant.replace('GRANT', 'REVOKE').replace(' TO ', ' FROM ')]);
  });

  it('let a server without jobs answer, and need nothing but SELECT', async () => {
    const server = await startServe({ DATABASE_URL: accounts.urlOf('lms_reader'), ROOT_TOKEN }, [
      '--jobs',
      'none',
    ]);
    expect((await server.get('/api/v1/counts', { headers: AUTHORIZED })).status).toBe(200);
    const { status, stderr } = await server.stop();
    expect(status).toBe(0);
    expect(stderr).not.toMatch(/job|privilege/);
  });

  it('rights on single tables are enough for a server while those of tokens are not there yet', async () => {
    const earlier = await freshDatabase();
    const root = await createConnection(earlier.url);
    await root.query('CREATE TABLE lms_schema (version INT, oldest_version INT)');
    await root.query('INSERT INTO lms_schema VALUES (3, 1)');
    await root.query(`GRANT SELECT ON ${earlier.name}.lms_schema TO '${accounts.userName('lms')}'@'%'`);
    const target = { ...accounts.targetOf('lms'), database: earlier.name };
    const records = openServerRecords(target, { log: new RecordingLog() });
    expect(await records.tokens()).toMatchObject({ tokens: [] });
    await root.query('UPDATE lms_schema SET version = 4');
    await expect(records.tokens()).rejects.toMatchObject({ code: 'DATABASE_DENIED' });
    await records.close();
    await root.end();
    await earlier.drop();
  });

  it('let the reader see what is to repair, and the admin repair it; the worker cannot', async () => {
    await accounts.asRoot([
      "INSERT INTO service_severity (service_name, severity, `count`) VALUES ('x', 'info', 7)",
    ]);
    const shown = await lmsAs('lms_reader', 'repair');
    expect(shown.status).toBe(1);
    expect(shown.stdout).toMatch(/^x +info +0 +7$/m);

    const denied = await lmsAs('lms', 'repair', '--apply');
    expect(denied).toMatchObject({ status: 4, stdout: '' });
    expect(denied.stderr).toContain('lacks a privilege');
    expect(await lmsAs('lms_reader', 'repair')).toEqual(shown);

    expect(await lmsAs('lms_admin', 'repair', '--apply')).toMatchObject({ status: 0, stderr: '' });
    expect(await lmsAs('lms_reader', 'verify')).toMatchObject({ status: 0 });
  });

  it.each(['lms_admin', 'lms_jobs'] as const)('let %s fill the sums of counts', async (account) => {
    const { name } = accounts.database;
    await accounts.asRoot([
      `UPDATE ${name}.service_severity SET \`count\` = \`count\` + 0, changed_at = NOW(6)`,
      `DELETE FROM ${name}.lms_rollups WHERE width = 60`,
    ]);
    const filled = await lmsAs(account, 'index', 'rollups');
    expect(filled).toMatchObject({ status: 0, stderr: '' });
    expect(filled.stdout).toMatch(/[1-9]\d* sums were filled or mended; they are in use\.\n$/);
  });

  it('let the admin delete entries; the reader is told what to grant, which is enough', async () => {
    const remove = (account: Account, expression: string) => lmsAs(account, 'delete', expression, '--yes');
    await storeEntries(entriesOf('doomed', 'info', 20));
    expect(await lmsAs('lms_reader', 'delete', 'service:doomed', '--dry-run')).toMatchObject({ status: 0 });
    const denied = await remove('lms_reader', 'service:doomed');
    expect(denied).toMatchObject({ status: 4, stdout: '' });
    expect(denied.stderr).toMatch(
      /lacks a privilege[^]*GRANT [^]*nothing was deleted\n[^]*\(DATABASE_DENIED\)\n$/,
    );
    expect(await remove('lms_admin', 'service:doomed event_id:doomed-info-1*')).toMatchObject({ status: 0 });

    const grants = denied.stderr.match(/GRANT [^;]*/g) ?? [];
    expect(grants).toHaveLength(5);
    await accounts.asRoot(grants);
    expect(await remove('lms_reader', 'service:doomed')).toMatchObject({ status: 0 });
    expect(await lmsAs('lms_reader', 'logs', 'service:doomed', '--count')).toMatchObject({ stdout: '0\n' });
    expect(await lmsAs('lms_reader', 'verify')).toMatchObject({ status: 0 });
    await accounts.asRoot(
      grants.map((grant) => grant.replace('GRANT SELECT, ', 'REVOKE ').replace(' TO ', ' FROM ')),
    );
  });

  it('say in one line what is lacking: the worker cannot migrate', async () => {
    const outcome = await lmsAs('lms', 'migrate', 'up');
    expect(outcome).toMatchObject({ status: 4, stdout: '' });
    expect(outcome.stderr).toMatch(/^lms: .* lacks a privilege in the database .*\n.*\(DATABASE_DENIED\)\n$/);
  });
});
