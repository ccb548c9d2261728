import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { onTestFinished, vi } from 'vitest';
import { parseDatabaseUrl } from '../../src/config/database-url.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { driverError } from '../../src/store/mysql/errors/driver-error.ts';
import { openStore, openWorkLeases } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { WorkLeases } from '../../src/store/work-leases.ts';
import { mysqlTarget, SILENT } from '../contract/store-subject.ts';
import { WordsGround } from '../contract/words-ground.ts';
import type { Cluster, NodeNumber } from '../support/clusters.ts';

export const NODES = [1, 2, 3] as const;

/** The leases, as a process sees them that works on this node; closed when the test ends. */
export function leasesOn(url: string): WorkLeases {
  const leases = openWorkLeases(targetOn(url), { log: SILENT });
  onTestFinished(() => leases.close());
  return leases;
}

/** The index of words, as a process sees it that works on this node; closed when the test ends. */
export async function wordsOn(url: string): Promise<WordsGround> {
  const ground = new WordsGround();
  const sql = async (statement: string) => {
    await using connection = await createConnection({ uri: `${url}/lms`, dateStrings: true });
    const [rows] = await connection.query<RowDataPacket[]>(statement);
    return rows;
  };
  await ground.open({ target: targetOn(url), open: () => open([url]), sql });
  onTestFinished(() => ground.close());
  return ground;
}

/** The database of the tests on a node. */
export function targetOn(url: string): MySqlTarget {
  return { ...mysqlTarget(`${url}/lms`), sslMode: 'disabled' };
}

/** A store on these servers; closed when the test ends. */
export async function open(urls: readonly string[]): Promise<Store> {
  const hosts = urls.map((url) => new URL(url).host).join(',');
  const target = parseDatabaseUrl(`mysql://root@${hosts}/lms?ssl-mode=disabled`);
  if (target.kind === 'invalid') throw new Error(target.reason);
  const store = await openStore(target, { log: SILENT });
  onTestFinished(() => store.close());
  return store;
}

/** Waits until every node has what any of them has committed. */
export async function inStepWithOthers(cluster: Cluster): Promise<void> {
  for (const node of NODES) {
    const look = async () => {
      await using connection = await createConnection(cluster.url(node));
      await connection.query('SET SESSION wsrep_sync_wait = 15');
      await connection.query('SELECT COUNT(*) FROM lms.lms_leases');
    };
    await vi.waitFor(look, { timeout: 60_000, interval: 200 });
  }
}

/** A statement on a connection of its own; again, if what another node commits at that moment undoes it. */
export async function run(cluster: Cluster, node: NodeNumber, sql: string): Promise<RowDataPacket[]> {
  await using connection = await createConnection(cluster.url(node));
  for (;;) {
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows;
    } catch (error) {
      if (driverError(error).code !== 'ER_LOCK_DEADLOCK') throw error;
    }
  }
}

/** What a node says of itself. */
export async function status(cluster: Cluster, node: NodeNumber, name: string): Promise<unknown> {
  const [row] = await run(cluster, node, `SHOW GLOBAL STATUS LIKE '${name}'`);
  return row?.['Value'];
}

/** As a load balancer does: the connections go to each of these servers in turn. */
export async function startForwarder(urls: readonly string[]) {
  let connections = 0;
  const server = createServer((client) => {
    const { hostname, port } = new URL(urls[connections % urls.length] ?? '');
    connections += 1;
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.pipe(upstream).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mysql://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get connections() {
      return connections;
    },
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
