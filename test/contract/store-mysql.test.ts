import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MySqlTarget, StoreOptions } from '../../src/store/connection-target.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { eventually } from '../support/eventually.ts';
import { mysqlLeaseSubject } from './lease-subjects.ts';
import { deletionContract } from './store-deletion.contract.ts';
import { deletionWalkContract } from './store-deletion-walk.contract.ts';
import { entries, entry } from './store-entries.ts';
import { everythingContract } from './store-everything.contract.ts';
import { expectInStep, stored } from './store-looks.ts';
import { pagesContract } from './store-pages.contract.ts';
import { processesContract } from './store-processes.contract.ts';
import { type Proxy, startProxy } from './store-proxy.ts';
import { readingContract } from './store-reading.contract.ts';
import { recordsContract } from './store-records.contract.ts';
import { repairContract } from './store-repair.contract.ts';
import { retentionBookContract } from './store-retention-book.contract.ts';
import { rollupsContract } from './store-rollups.contract.ts';
import { searchContract } from './store-search.contract.ts';
import { searchPagingContract } from './store-search-paging.contract.ts';
import { searchTextsContract } from './store-search-texts.contract.ts';
import { storageContract } from './store-storage.contract.ts';
import { hostOf, mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';
import { sumsContract } from './store-sums.contract.ts';
import { textContract } from './store-text.contract.ts';
import { wordsContract } from './store-words.contract.ts';
import { wordsRepairContract } from './store-words-repair.contract.ts';
import { workLeasesContract } from './store-work-leases.contract.ts';
import { writingContract } from './store-writing.contract.ts';

writingContract('MySQL', mysqlSubject);
workLeasesContract('MySQL', mysqlLeaseSubject);
textContract('MySQL', mysqlSubject);
readingContract('MySQL', mysqlSubject);
searchContract('MySQL', mysqlSubject);
searchTextsContract('MySQL', mysqlSubject);
searchPagingContract('MySQL', mysqlSubject);
pagesContract('MySQL', mysqlSubject);
processesContract('MySQL', mysqlSubject);
recordsContract('MySQL', mysqlSubject);
wordsContract('MySQL', mysqlSubject);
everythingContract('MySQL', mysqlSubject);
wordsRepairContract('MySQL', mysqlSubject);
repairContract('MySQL', mysqlSubject);
rollupsContract('MySQL', mysqlSubject);
deletionContract('MySQL', mysqlSubject);
deletionWalkContract('MySQL', mysqlSubject);
retentionBookContract('MySQL', mysqlSubject);
sumsContract('MySQL', mysqlSubject);
storageContract('MySQL', mysqlSubject);

describe('MySQL: its own ways to fail', () => {
  let subject: StoreSubject<MySqlTarget>;
  let store: Store;

  beforeEach(async () => {
    subject = await mysqlSubject();
    store = await subject.open();
    await store.migrate();
  });
  afterEach(() => subject.dispose());

  it('a COMMIT whose reply is lost is transient, and writing again adds nothing', async () => {
    await using proxy = await proxyOf(subject.target);
    const behind = await openBehind(subject.target, proxy.port);
    await behind.write(entries(0, 700));
    proxy.loseNextCommitReply();
    await expect(behind.write(entries(500, 1_500))).rejects.toMatchObject({ verdict: 'transient' });
    expect(await behind.write(entries(500, 1_500))).toEqual({ stored: 0, duplicates: 1_000 });
    await expectInStep(store, 1_500);
    await behind.close();
  });

  it('closing does not wait for a server that hangs, and the write in flight fails', async () => {
    await using proxy = await proxyOf(subject.target);
    const behind = await openBehind(subject.target, proxy.port);
    proxy.fallSilent();
    const write = behind.write(entries(0, 10)).catch((error: unknown) => error);
    // Until it has its connection.
    await setImmediate();
    await behind.close();
    expect(await write).toMatchObject({ name: 'StoreError', verdict: 'transient' });
  });

  it('reading from a server that hangs ends with DATABASE_UNREACHABLE', async () => {
    await store.write(entries(0, 3_000));
    await using proxy = await proxyOf(subject.target);
    const behind = await openBehind(subject.target, proxy.port, { statementTimeoutMs: 1_000 });
    const reading = async () => {
      for await (const { eventId } of behind.entries()) if (eventId === 'event-3') proxy.fallSilent();
    };
    await expect(reading()).rejects.toMatchObject({
      name: 'LmsError',
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('PROTOCOL_SEQUENCE_TIMEOUT') as string,
    });
    await behind.close();
  });

  it('whoever takes long over the rows is not taken for a server that hangs', async () => {
    await store.write(entries(0, 1_200));
    await using proxy = await proxyOf(subject.target);
    const behind = await openBehind(subject.target, proxy.port, { statementTimeoutMs: 1_000 });
    let read = 0;
    for await (const { eventId } of behind.entries()) {
      read += 1;
      if (eventId === 'event-3') await pause(1_500);
    }
    expect(read).toBe(1_200);
    await behind.close();
  });

  it('a connection that is killed is transient, and the next write passes', async () => {
    await store.write(entries(0, 10));
    await using blocker = await createConnection(urlOf(subject.target));
    await blocker.query('LOCK TABLES service_severity WRITE');
    const write = store.write(entries(0, 20)).catch((error: unknown) => error);
    const running =
      "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'INSERT INTO%'";
    const [session] = await eventually(async () => {
      const sessions = await subject.sql(running);
      expect(sessions).toHaveLength(1);
      return sessions;
    });
    await subject.sql(`KILL ${String(session?.['id'] ?? session?.['ID'])}`);
    expect(await write).toMatchObject({ name: 'StoreError', verdict: 'transient' });
    await blocker.query('UNLOCK TABLES');
    expect(await store.write(entries(0, 20))).toEqual({ stored: 10, duplicates: 10 });
    await expectInStep(store, 20);
  });

  it('a deadlock is transient, and the next write passes on the same connection', async () => {
    await store.write([entry()]);
    await using rival = await createConnection(urlOf(subject.target));
    await rival.query('START TRANSACTION');
    // The server gives up the transaction that has changed fewer rows: ours.
    const values = Array.from({ length: 500 }, (_, n) => `('2026-01-01', 'rival-${n}', 'info', 1)`);
    await rival.query(
      `INSERT INTO service_severity_minutes (minute, service_name, severity, \`count\`)
       VALUES ${values.join()}`,
    );
    await rival.query("UPDATE service_severity SET `count` = `count` WHERE service_name = 'alpha'");
    const write = store.write([entry({ eventId: 'contested' })]).catch((error: unknown) => error);
    const waiting = "SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
    // MariaDB renews this table only when nobody has read it for 100 ms.
    await expect.poll(() => subject.sql(waiting), { interval: 250, timeout: 10_000 }).not.toHaveLength(0);
    const { timestamp } = entry();
    await rival.query("DELETE FROM service_logs WHERE `timestamp` = ? AND event_id = 'contested'", [
      timestamp,
    ]);
    expect(await write).toMatchObject({ verdict: 'transient', code: 'ER_LOCK_DEADLOCK' });
    await rival.query('ROLLBACK');
    expect(await store.write([entry({ eventId: 'contested' })])).toEqual({ stored: 1, duplicates: 0 });
    await expectInStep(store, 2);
  });

  it('a payload that no packet or column takes has the verdict row, and the store goes on', async () => {
    const payload = 'x'.repeat(17_000_000);
    await expect(store.write([entry({ payload })])).rejects.toMatchObject({ verdict: 'row' });
    await expect(store.write([...entries(0, 10), entry({ payload })])).rejects.toMatchObject({
      verdict: 'row',
    });
    expect(await store.write(entries(0, 10))).toEqual({ stored: 10, duplicates: 0 });
  });

  it('times are UTC with microseconds, whatever zone and mode the server is set to', async () => {
    const [before] = await subject.sql('SELECT @@GLOBAL.time_zone AS zone, @@GLOBAL.sql_mode AS mode');
    try {
      await subject.sql("SET GLOBAL time_zone = '+05:30'");
      await subject.sql("SET GLOBAL sql_mode = ''");
      const moved = await subject.open();
      // In many zones there is no such time on this day.
      const timestamp = '2026-03-29 02:30:00.123456';
      await moved.write([entry({ timestamp })]);
      const [row] = await stored(store);
      expect(row?.timestamp).toBe(timestamp);
      expect(Math.abs(Date.parse(`${row?.createdAt.replace(' ', 'T') ?? ''}Z`) - Date.now())).toBeLessThan(
        60_000,
      );
      await expect(moved.write([entry({ serviceName: 'x'.repeat(101) })])).rejects.toMatchObject({
        verdict: 'row',
      });
    } finally {
      await subject.sql(`SET GLOBAL time_zone = '${String(before?.['zone'])}'`);
      await subject.sql(`SET GLOBAL sql_mode = '${String(before?.['mode'])}'`);
    }
  });
});

async function openBehind(
  target: MySqlTarget,
  port: number,
  options: Partial<StoreOptions> = {},
): Promise<Store> {
  const plain = { ...target, addresses: [{ host: '127.0.0.1', port }], sslMode: 'disabled' } as const;
  return openStore(plain, { log: SILENT, ...options });
}

function proxyOf(target: MySqlTarget): Promise<Proxy> {
  const { host, port } = hostOf(target);
  return startProxy(host, port);
}

function urlOf(target: MySqlTarget): string {
  const { user, password, database } = target;
  const { host, port } = hostOf(target);
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}
