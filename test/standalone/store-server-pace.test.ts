import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ServerLag } from '../../src/retention/ports.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openServerPace, openStore } from '../../src/store/open.ts';
import type { OpenServerPace } from '../../src/store/server-pace.ts';
import { entry } from '../contract/store-entries.ts';
import { SILENT } from '../contract/store-subject.ts';
import { startOwnMysql } from '../support/own-mysql.ts';
import type { TestServer } from '../support/server.ts';

const NONE: ServerLag = { replicaMs: 0, queuedTransactions: 0, flowControlShare: 0 };
const PATIENCE = { timeout: 30_000, interval: 100 };

describe('MySQL: how far a replica is behind', () => {
  let source: TestServer;
  let replica: TestServer;

  beforeAll(async () => {
    [source, replica] = await Promise.all([
      startOwnMysql(['--server-id=1', '--log-bin=binlog']),
      startOwnMysql(['--server-id=2', '--log-bin=binlog']),
    ]);
    for (const server of [source, replica]) {
      await root(server, "CREATE USER 'lms'@'%' IDENTIFIED BY 'secret'");
      await root(server, "GRANT ALL ON lms.* TO 'lms'@'%'");
    }
    await root(source, 'CREATE DATABASE lms');
    const store = await openStore(asRoot(source), { log: SILENT });
    await store.migrate();
    await store.close();
  }, 120_000);
  afterAll(() => Promise.all([source.stop(), replica.stop()]));

  it('a server alone is not behind; one that may not be asked does not tell; one that is away neither', async () => {
    expect(await (await opened(asRoot(source))).lag()).toEqual(NONE);
    expect(await (await opened(asUser(source))).lag()).toBeUndefined();
    expect(await (await opened(away())).lag()).toBeUndefined();
    // What others tell is not lost for that.
    expect(await (await opened(away(), asRoot(source))).lag()).toEqual(NONE);
    expect(
      await (
        await opened({ ...asRoot(source), addresses: [...away().addresses, ...asRoot(source).addresses] })
      ).lag(),
    ).toEqual(NONE);
  });

  it('a replica tells by how much, when it is asked as the server to read from', async () => {
    const address = asRoot(source).addresses[0];
    if (address === undefined || 'socketPath' in address) throw new TypeError('no host');
    await follow(replica, address);
    const pace = await opened(asRoot(source), asRoot(replica));
    await expect.poll(() => pace.lag(), PATIENCE).toEqual(NONE);
    // It gets what is written, and cannot apply it.
    const held = await createConnection(replica.address);
    onTestFinished(() => held.end());
    // Nor is it behind while it has not been told of anything yet: first it has to have the table.
    const lock = () => held.query('LOCK TABLES lms.service_logs WRITE');
    await expect
      .poll(
        () =>
          lock()
            .then(() => true)
            .catch(() => false),
        PATIENCE,
      )
      .toBe(true);
    const store = await openStore(asRoot(source), { log: SILENT });
    await store.write([entry()]);
    await store.close();
    await expect.poll(async () => (await pace.lag())?.replicaMs, PATIENCE).toBeGreaterThanOrEqual(2_000);
    await held.query('UNLOCK TABLES');
    await expect.poll(() => pace.lag(), PATIENCE).toEqual(NONE);
    // Whose replication stands still does not tell; the others still do.
    await either(replica, ['STOP REPLICA', 'STOP SLAVE']);
    expect(await (await opened(asRoot(replica))).lag()).toBeUndefined();
    expect(await pace.lag()).toEqual(NONE);
  }, 60_000);
});

it('a file is never behind', async () => {
  const pace = await openServerPace({ kind: 'sqlite', path: '/nowhere' }, undefined, { log: SILENT });
  expect(await pace.lag()).toEqual(NONE);
  await pace.close();
});

/** Makes one a replica of another, from the beginning of its log. */
async function follow(replica: TestServer, { host, port }: { host: string; port: number }): Promise<void> {
  await either(replica, [
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${host}', SOURCE_PORT = ${String(port)}, SOURCE_USER = 'root'`,
    `CHANGE MASTER TO MASTER_HOST = '${host}', MASTER_PORT = ${String(port)}, MASTER_USER = 'root'`,
  ]);
  await root(replica, 'DROP USER lms');
  await either(replica, ['START REPLICA', 'START SLAVE']);
}

/** As the one kind of server has it, or the other. */
async function either(server: TestServer, [mysql, mariadb]: readonly [string, string]): Promise<void> {
  await root(server, mysql).catch(() => root(server, mariadb));
}

async function root({ address }: TestServer, sql: string): Promise<void> {
  await using connection = await createConnection(address);
  await connection.query(sql);
}

function asRoot({ address }: TestServer): MySqlTarget {
  const { hostname, port, username, password } = new URL(address);
  return {
    kind: 'mysql',
    addresses: [{ host: hostname, port: Number(port) }],
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: 'lms',
    sslMode: 'preferred',
  };
}

function asUser(server: TestServer): MySqlTarget {
  return { ...asRoot(server), user: 'lms', password: 'secret' };
}

function away(): MySqlTarget {
  return { ...asRoot({ address: 'mysql://root@127.0.0.1:1' } as TestServer) };
}

/** Closed when the test ends. */
async function opened(target: MySqlTarget, readTarget?: MySqlTarget): Promise<OpenServerPace> {
  const pace = await openServerPace(target, readTarget, { log: SILENT });
  onTestFinished(() => pace.close());
  return pace;
}
