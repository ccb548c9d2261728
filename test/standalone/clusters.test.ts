import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import {
  buildCluster,
  type Cluster,
  clustersAreRequired,
  type NodeNumber,
  startCluster,
} from '../support/clusters.ts';
import { Unavailable } from '../support/server.ts';
import { storeOnGalera } from './galera-store.ts';

/** What holds a node back while the others agree that one is gone, and what a busy machine adds. */
const CATCH_UP = { timeout: 30_000, interval: 100 };

const obstacle = await buildCluster('galera').catch((error: unknown) => {
  if (error instanceof Unavailable && !clustersAreRequired()) return error;
  throw error;
});

if (obstacle === undefined) {
  it('a Galera cluster outlives one of its nodes, which comes back with all rows', outlivesANode, 240_000);
  storeOnGalera();
} else {
  process.stderr.write(`No cluster is tested here. ${obstacle.message}\n`);
  it('where a cluster cannot be had, it is said what one takes', async () => {
    await expect(startCluster('galera')).rejects.toThrow(/this needs (root|the packages of Debian)/);
  });
}

async function outlivesANode(): Promise<void> {
  await using cluster = await startCluster('galera');
  await run(cluster, 1, 'CREATE DATABASE lms');
  await run(cluster, 1, 'CREATE TABLE lms.notes (id INT PRIMARY KEY)');
  await run(cluster, 1, 'INSERT INTO lms.notes VALUES (1)');
  await expect.poll(() => ids(cluster, 2), CATCH_UP).toEqual([1]);
  await expect.poll(() => ids(cluster, 3), CATCH_UP).toEqual([1]);

  await cluster.kill(1);
  await run(cluster, 2, 'INSERT INTO lms.notes VALUES (2)');
  await run(cluster, 3, 'INSERT INTO lms.notes VALUES (3)');
  await expect(ids(cluster, 1)).rejects.toThrow('ECONNREFUSED');
  await expect(cluster.kill(1)).rejects.toThrow('node 1 does not run');
  expect(await stateNames(cluster)).toEqual(['DOWN', 'Synced Primary', 'Synced Primary']);

  await cluster.join(1);
  expect(await ids(cluster, 1)).toEqual([1, 2, 3]);
  await run(cluster, 1, 'INSERT INTO lms.notes VALUES (4)');
  await expect.poll(() => ids(cluster, 2), CATCH_UP).toEqual([1, 2, 3, 4]);
  expect(await stateNames(cluster)).toEqual(['Synced Primary', 'Synced Primary', 'Synced Primary']);
}

async function stateNames(cluster: Cluster): Promise<string[]> {
  return (await cluster.states()).map(({ state }) => state);
}

async function ids(cluster: Cluster, node: NodeNumber): Promise<number[]> {
  const rows = await run(cluster, node, 'SELECT id FROM lms.notes ORDER BY id');
  return rows.map((row) => Number(row['id']));
}

/** A statement on a connection of its own. */
async function run(cluster: Cluster, node: NodeNumber, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(cluster.url(node));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
}
