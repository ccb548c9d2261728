import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Cluster, NodeNumber } from '../test/support/clusters.ts';
import type { MysqlServer } from './mysql-server.ts';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const execute = promisify(execFile);

/** The MySQL of a run: one server, or a cluster of three that all may take writes. */
export interface Database {
  readonly description: string;
  /** Undefined if it is a cluster. */
  readonly server: MysqlServer | undefined;
  /** Undefined if it is one server. */
  readonly cluster: Cluster | undefined;
  /** URL of the database `name`, past every proxy; while nothing is broken. */
  url(name: string): string;
  /** DATABASE_URL of the worker in a slot; `proxyPort` is that of a proxy before a single server. */
  urlOfWorker(name: string, slot: number, proxyPort: number): string;
  /** Resolves once every node has what any of them has committed before. */
  inStep(name: string): Promise<void>;
  /** What `lms verify` finds wrong. */
  verify(name: string): Promise<string[]>;
}

export function serverDatabase(server: MysqlServer): Database {
  return {
    description: server.description,
    server,
    cluster: undefined,
    url: (name) => server.url(name),
    // Plain, so that the proxy sees a COMMIT when one passes.
    urlOfWorker: (name, _slot, proxyPort) => `${server.url(name, proxyPort)}?ssl-mode=disabled`,
    inStep: () => Promise.resolve(),
    verify: (name) => verified(server.url(name)),
  };
}

export const NODES: readonly NodeNumber[] = [1, 2, 3];

export function clusterDatabase(description: string, cluster: Cluster): Database {
  return {
    description,
    server: undefined,
    cluster,
    url: (name) => `${cluster.url(1)}/${name}`,
    urlOfWorker: (name, slot) => urlOfCluster(cluster, name, slot),
    inStep: (name) => inStep(cluster, name),
    async verify(name) {
      const problems = await Promise.all(NODES.map((node) => verified(`${cluster.url(node)}/${name}`)));
      return problems.flat();
    },
  };
}

/** DATABASE_URL with all nodes, beginning with another one for each number. */
export function urlOfCluster(cluster: Cluster, name: string, number: number): string {
  const hosts = NODES.map((_, index) => {
    const node = NODES[(number + index) % NODES.length] ?? 1;
    return new URL(cluster.url(node)).host;
  });
  return `mysql://root@${hosts.join(',')}/${name}`;
}

async function verified(url: string): Promise<string[]> {
  try {
    await runLms(['verify'], url);
    return [];
  } catch (error) {
    return [`lms verify on ${url}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Runs the built program to its end; rejects, with what it printed, unless it exits with 0. */
export async function runLms(args: readonly string[], url: string): Promise<void> {
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: url };
  try {
    await execute(process.execPath, [MAIN, ...args], { env });
  } catch (cause) {
    const printed = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw new Error(`lms ${args.join(' ')}: ${printed.trim()}`, { cause });
  }
}

const LOOK_MS = 100;
const IN_STEP_TIMEOUT_MS = 60_000;

const CONFLICTS = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_TRANSACTION_ROLLBACK_DURING_COMMIT',
]);

/**
 * Runs a statement on the first node that takes writes, again if a worker on another got in its way; resolves
 * to the node.
 */
export async function change(cluster: Cluster, name: string, sql: string): Promise<NodeNumber> {
  for (const node of NODES) {
    await using connection = await createConnection(`${cluster.url(node)}/${name}`);
    for (;;) {
      try {
        await connection.query(sql);
        return node;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        if (code === 'ER_OPTION_PREVENTS_STATEMENT') break;
        if (!CONFLICTS.has(code)) throw error;
      }
    }
  }
  throw new Error('no node takes writes');
}

/**
 * A row is changed on one node, and looked for on all: what was committed there before has been applied by
 * then.
 */
async function inStep(cluster: Cluster, name: string): Promise<void> {
  const changed = await change(
    cluster,
    name,
    "INSERT INTO lms_leases (name, epoch) VALUES ('chaos', 1) ON DUPLICATE KEY UPDATE epoch = epoch + 1",
  );
  const mark = await readMark(cluster.url(changed), name);
  const endsAtMs = performance.now() + IN_STEP_TIMEOUT_MS;
  for (const node of NODES) {
    while ((await readMark(cluster.url(node), name)) < mark) {
      if (performance.now() > endsAtMs) throw new Error(`node ${String(node)} does not catch up`);
      await delay(LOOK_MS);
    }
  }
}

/** -1 where there is no such row, or no table, yet. */
async function readMark(url: string, name: string): Promise<number> {
  await using connection = await createConnection(url);
  try {
    const sql = `SELECT epoch FROM ${name}.lms_leases WHERE name = 'chaos'`;
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return Number(rows[0]?.['epoch'] ?? -1);
  } catch {
    return -1;
  }
}
