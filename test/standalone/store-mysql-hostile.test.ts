import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import type { Store } from '../../src/store/store.ts';
import { entries, entry } from '../contract/store-entries.ts';
import { expectInStep } from '../contract/store-looks.ts';
import { readingContract } from '../contract/store-reading.contract.ts';
import { repairContract } from '../contract/store-repair.contract.ts';
import {
  hostOf,
  mysqlSeverities,
  mysqlTarget,
  openedStore,
  type StoreSubject,
} from '../contract/store-subject.ts';
import { writingContract } from '../contract/store-writing.contract.ts';
import { hostileSettings } from '../support/hostile-settings.ts';
import { startOwnMysql } from '../support/own-mysql.ts';
import type { TestServer } from '../support/server.ts';

const USER = 'lms';
const PASSWORD = 'secret';

describe('a server whose every setting is hostile', () => {
  let server: TestServer;
  /** It was there before the settings, so it has none of them. */
  let root: Connection;
  let version: string;
  let databases = 0;

  beforeAll(async () => {
    server = await startOwnMysql();
    root = await createConnection({ uri: server.address, dateStrings: true, timezone: 'Z' });
    const [rows] = await root.query<RowDataPacket[]>('SELECT VERSION() AS version');
    version = String(rows[0]?.['version']);
    await root.query(`CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}'`);
    await root.query(`GRANT ALL ON \`hostile%\`.* TO '${USER}'@'%'`);
    await root.query(hostileSettings(version, 'GLOBAL'));
    // Run for every user but root.
    await root.query("SET GLOBAL init_connect = 'SET timestamp = 1'");
  });
  afterAll(async () => {
    await root.end();
    await server.stop();
  });

  writingContract('hostile settings', hostileSubject);
  readingContract('hostile settings', hostileSubject);
  repairContract('hostile settings', hostileSubject);

  describe('waiting', () => {
    let subject: StoreSubject<MySqlTarget>;
    let store: Store;

    beforeEach(async () => {
      subject = await hostileSubject();
      store = await subject.open();
      await store.migrate();
    });
    afterEach(() => subject.dispose());

    it('the settings are in force for whoever does not set them', async () => {
      const { database } = subject.target;
      await using plain = await createConnection({
        ...hostOf(subject.target),
        user: USER,
        password: PASSWORD,
        database,
      });
      const [rows] = await plain.query<RowDataPacket[]>('SELECT @@sql_select_limit AS n, @@timestamp AS t');
      expect(rows).toEqual([{ n: 1, t: 1 }]);
    });

    it('a write waits for another writer, though the server gives waits no time', async () => {
      await store.write(entries(0, 10));
      await subject.sql('START TRANSACTION');
      await subject.sql('UPDATE service_severity SET `count` = `count`');
      const write = store.write(entries(0, 20));
      await expect.poll(() => subject.sql(RUNNING), { interval: 100 }).not.toHaveLength(0);
      // Longer than any limit of the server's.
      await pause(1_500);
      await subject.sql('ROLLBACK');
      expect(await write).toEqual({ stored: 10, duplicates: 10 });
      await expectInStep(store, 20);
    });

    it('a repair goes on after its own transaction has waited for the comparison', async () => {
      await store.write(entries(0, 10));
      await subject.sql('DELETE FROM service_severity');
      await subject.sql('LOCK TABLES service_logs WRITE');
      const repair = store.repair({ apply: true });
      await expect.poll(() => subject.sql(RUNNING), { interval: 100 }).not.toHaveLength(0);
      await pause(2_500);
      await subject.sql('UNLOCK TABLES');
      expect((await repair).counts.total).toBeGreaterThan(0);
      await expectInStep(store, 10);
    });

    it('a session that was idle for longer than the server allows is still there', async () => {
      const session = await sessionIds(subject);
      await pause(2_500);
      expect(await sessionIds(subject)).toEqual(session);
      await store.write(entries(0, 10));
    });

    it('whoever takes long over the rows gets all of them', async () => {
      const payload = 'x'.repeat(20_000);
      const rows = Array.from({ length: 1_000 }, (_, n) => entry({ eventId: `event-${n}`, payload }));
      await store.write(rows);
      let read = 0;
      for await (const { payload: text } of store.entries()) {
        expect(text).toHaveLength(payload.length);
        read += 1;
        if (read === 30) await pause(4_000);
      }
      expect(read).toBe(rows.length);
    });
  });

  /** A new database of this server. */
  async function hostileSubject(): Promise<StoreSubject<MySqlTarget>> {
    databases += 1;
    const name = `hostile_${databases}`;
    await root.query(`CREATE DATABASE ${name} CHARACTER SET latin1`);
    const url = new URL(`/${name}`, server.address);
    url.username = USER;
    url.password = PASSWORD;
    const target = mysqlTarget(url.href);
    const stores: Store[] = [];
    const sql: StoreSubject['sql'] = async (statement) => {
      // One after the other: there may be several databases at once.
      const [, [rows]] = await Promise.all([
        root.query(`USE ${name}`),
        root.query<RowDataPacket[]>(statement),
      ]);
      return rows;
    };
    return {
      target,
      open: () => openedStore(target, stores),
      sql,
      severities: () => mysqlSeverities(sql),
      async dispose() {
        await Promise.all(stores.map((store) => store.close()));
        await root.query(`DROP DATABASE ${name}`);
      },
    };
  }
});

/** Statements of a store that are running. */
const RUNNING = `SELECT id FROM information_schema.processlist
  WHERE user = '${USER}' AND command = 'Execute'`;

async function sessionIds(subject: StoreSubject<MySqlTarget>): Promise<unknown> {
  return subject.sql(`SELECT id FROM information_schema.processlist WHERE user = '${USER}' ORDER BY id`);
}
