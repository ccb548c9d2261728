import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { type Cluster, type ClusterKind, startCluster } from '../../test/support/clusters.ts';
import { clusterDatabase, type Database, NODES, serverDatabase, urlOfCluster } from '../database.ts';
import { type MysqlProgram, MysqlServer } from '../mysql-server.ts';
import { TcpProxy } from '../tcp-proxy.ts';

/** Where retention is put to the proof. */
export type PlaceKind = 'server' | 'sqlite' | ClusterKind;

/** All of them. */
export const PLACE_KINDS: readonly PlaceKind[] = [
  'server',
  'sqlite',
  'galera',
  'mysql-multi-primary',
  'mysql-single-primary',
];

/** A database, and the ways to it. */
export interface Place extends AsyncDisposable {
  readonly kind: PlaceKind;
  readonly description: string;
  /** For those who write, past every proxy: one each. */
  readonly writerUrls: readonly string[];
  /** Of the process in a slot: on a cluster each slot begins with another node. */
  processUrl(slot: number): string;
  /** For whoever looks: every node. */
  readonly nodeUrls: readonly string[];
  /** Resolves once every node has what any of them has committed before. */
  inStep(): Promise<void>;
  /** Between processes and a single MySQL server. */
  readonly network: TcpProxy | undefined;
  readonly server: MysqlServer | undefined;
  readonly cluster: Cluster | undefined;
}

const NAME = 'lms_retention';

/** Starts it, with an empty database. Throws `Unavailable` on a machine that cannot have it. */
export async function openPlace(kind: PlaceKind, mysql: MysqlProgram): Promise<Place> {
  if (kind === 'sqlite') return onFile();
  return kind === 'server' ? onServer(mysql) : onCluster(kind);
}

async function onFile(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'lms-chaos-retention-'));
  const url = `sqlite:${join(folder, 'lms.db')}`;
  return {
    kind: 'sqlite',
    description: 'SQLite',
    writerUrls: [url],
    processUrl: () => url,
    nodeUrls: [url],
    inStep: () => Promise.resolve(),
    ...{ network: undefined, server: undefined, cluster: undefined },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function onServer(mysql: MysqlProgram): Promise<Place> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await MysqlServer.start(mysql));
  const network = opened.use(await TcpProxy.start('127.0.0.1', server.port));
  const database = serverDatabase(server);
  await createDatabase(database);
  const closing = opened.move();
  return {
    kind: 'server',
    description: server.description,
    writerUrls: [database.url(NAME)],
    processUrl: (slot) => database.urlOfWorker(NAME, slot, network.port),
    nodeUrls: [database.url(NAME)],
    inStep: () => Promise.resolve(),
    ...{ network, server, cluster: undefined },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function onCluster(kind: ClusterKind): Promise<Place> {
  await using opened = new AsyncDisposableStack();
  const cluster = opened.use(await startCluster(kind));
  const description = `a cluster (${kind})`;
  const database = clusterDatabase(description, cluster);
  await createDatabase(database);
  const closing = opened.move();
  return {
    kind,
    description,
    writerUrls: [urlOfCluster(cluster, NAME, 0), urlOfCluster(cluster, NAME, 1)],
    processUrl: (slot) => urlOfCluster(cluster, NAME, slot),
    nodeUrls: NODES.map((node) => `${cluster.url(node)}/${NAME}`),
    inStep: () => database.inStep(NAME),
    ...{ network: undefined, server: undefined, cluster },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function createDatabase(database: Database): Promise<void> {
  await using connection = await createConnection(database.url(''));
  await connection.query(`CREATE DATABASE ${NAME}`);
}
