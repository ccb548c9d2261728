import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { MySqlAddress, MySqlTarget } from '../../src/store/connection-target.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { entries } from '../contract/store-entries.ts';
import { startProxy } from '../contract/store-proxy.ts';
import { SILENT } from '../contract/store-subject.ts';
import { startDockerMysql } from '../support/docker.ts';
import { startLocalMysql } from '../support/local-mysql.ts';
import { type TestServer, Unavailable } from '../support/server.ts';

const NOBODY = { host: '127.0.0.1', port: 1 };

/** Two servers, each with tables of its own, which tell where a row went. */
let servers: readonly [TestServer, TestServer];

beforeAll(async () => {
  servers = await Promise.all([startServer(), startServer()]);
  for (const server of servers) {
    await root(server, 'CREATE DATABASE lms');
    // Who may set read_only may also write to a server that is.
    await root(server, "CREATE USER 'lms'@'%' IDENTIFIED BY 'secret'");
    await root(server, "GRANT ALL ON lms.* TO 'lms'@'%'");
    const store = await open(addressOf(server));
    await store.migrate();
    await store.close();
  }
}, 120_000);
afterAll(() => Promise.all(servers.map((server) => server.stop())));

beforeEach(async () => {
  for (const server of servers) {
    await readOnly(server, false);
    await root(server, 'DELETE FROM lms.service_logs');
  }
});

describe('MySQL: several servers', () => {
  it('the first of them that answers is used', async () => {
    const [a, b] = servers;
    const store = await opened(NOBODY, addressOf(a), addressOf(b));
    await store.write(entries(0, 10));
    expect(await rows()).toEqual([10, 0]);
  });

  it('one that is read-only is passed over', async () => {
    const [a, b] = servers;
    await readOnly(a, true);
    const store = await opened(addressOf(a), addressOf(b));
    await store.write(entries(0, 10));
    expect(await rows()).toEqual([0, 10]);
  });

  it('one that accepts connections and says nothing is passed over within seconds', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => closed(silent));
    const { port } = silent.address() as AddressInfo;
    const startedMs = performance.now();
    await opened({ host: '127.0.0.1', port }, addressOf(servers[1]));
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('when one turns read-only, the write fails for now, and the next goes to another', async () => {
    const [a, b] = servers;
    const store = await opened(addressOf(a), addressOf(b));
    // Two sessions, of which one stays idle.
    await Promise.all([store.write(entries(0, 10)), store.write(entries(10, 20))]);
    await readOnly(a, true);
    await expect(store.write(entries(20, 30))).rejects.toMatchObject({ verdict: 'transient' });
    expect(await store.write(entries(20, 30))).toEqual({ stored: 10, duplicates: 0 });
    await Promise.all([store.write(entries(30, 40)), store.write(entries(40, 50))]);
    expect(await rows()).toEqual([20, 30]);
    // It stays there, also when the first of the list takes writes again; and comes back when it has to.
    await readOnly(a, false);
    await store.write(entries(50, 60));
    await readOnly(b, true);
    await expect(store.write(entries(60, 70))).rejects.toMatchObject({ verdict: 'transient' });
    await store.write(entries(60, 70));
    expect(await rows()).toEqual([30, 40]);
  });

  it('one that vanishes without a word in the middle of a write is given up within seconds', async () => {
    const [a, b] = servers;
    await using proxy = await startProxy('127.0.0.1', addressOf(a).port);
    const store = await opened({ host: '127.0.0.1', port: proxy.port }, addressOf(b));
    await store.write(entries(0, 10));
    proxy.fallSilent();
    const startedMs = performance.now();
    await expect(store.write(entries(10, 20))).rejects.toMatchObject({ verdict: 'transient' });
    await store.write(entries(10, 20));
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    expect((await rows())[1]).toBe(10);
  });

  it('one that is merely slow is waited for', async () => {
    const [a, b] = servers;
    const store = await opened(addressOf(a), addressOf(b));
    await store.write(entries(0, 10));
    await using other = await createConnection(a.address);
    await other.query('LOCK TABLES lms.service_logs WRITE');
    const writing = store.write(entries(10, 20));
    // Longer than it takes to find that a server is gone.
    await sleep(11_000);
    await other.query('UNLOCK TABLES');
    expect(await writing).toEqual({ stored: 10, duplicates: 0 });
    expect(await rows()).toEqual([20, 0]);
  });

  it('if none takes writes, it is said of each why', async () => {
    const [a] = servers;
    await readOnly(a, true);
    const { port } = addressOf(a);
    await expect(open(NOBODY, addressOf(a))).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: `no MySQL server takes writes: 127.0.0.1:1 fails (ECONNREFUSED); 127.0.0.1:${port} is read-only`,
    });
  });

  it('if all fail alike, it is said once', async () => {
    await expect(open(NOBODY, { host: '127.0.0.1', port: 2 })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: 'no MySQL server answers at 127.0.0.1:1 or 127.0.0.1:2 (ECONNREFUSED)',
    });
    const target = { ...targetOf(servers.map(addressOf)), password: 'wrong' };
    await expect(openStore(target, { log: SILENT })).rejects.toMatchObject({ code: 'DATABASE_DENIED' });
  });
});

describe('MySQL: a Unix socket', () => {
  it('is where the server is reached', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lms-socket-'));
    const socketPath = join(folder, 'project:region:instance');
    const { host, port } = addressOf(servers[0]);
    const forwarder = createServer((client) => {
      const upstream = connect(port, host);
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
    }).listen(socketPath);
    await once(forwarder, 'listening');
    onTestFinished(async () => {
      await closed(forwarder);
      await rm(folder, { recursive: true });
    });
    const store = await open({ socketPath });
    await store.write(entries(0, 10));
    await store.close();
    expect(await rows()).toEqual([10, 0]);
    await expect(open({ socketPath: `${socketPath}-2` })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: `no MySQL server answers at ${socketPath}-2 (ENOENT)`,
    });
  });
});

async function startServer(): Promise<TestServer> {
  try {
    return await startLocalMysql();
  } catch (error) {
    if (error instanceof Unavailable) return startDockerMysql();
    throw error;
  }
}

function addressOf({ address }: TestServer): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
}

function targetOf(addresses: readonly MySqlAddress[]): MySqlTarget {
  return { kind: 'mysql', addresses, user: 'lms', password: 'secret', database: 'lms', sslMode: 'disabled' };
}

function open(...addresses: readonly MySqlAddress[]): Promise<Store> {
  return openStore(targetOf(addresses), { log: SILENT });
}

/** Closed when the test ends. */
async function opened(...addresses: readonly MySqlAddress[]): Promise<Store> {
  const store = await open(...addresses);
  onTestFinished(() => store.close());
  return store;
}

async function root({ address }: TestServer, sql: string): Promise<unknown> {
  await using connection = await createConnection(address);
  const [result] = await connection.query(sql);
  return result;
}

async function readOnly(server: TestServer, is: boolean): Promise<void> {
  await root(server, `SET GLOBAL read_only = ${is ? 'ON' : 'OFF'}`);
}

/** How many rows each server has. */
function rows(): Promise<number[]> {
  return Promise.all(
    servers.map(async (server) => {
      const found = await root(server, 'SELECT COUNT(*) AS stored FROM lms.service_logs');
      return Number((found as { stored: number }[])[0]?.stored);
    }),
  );
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
