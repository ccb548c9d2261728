import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Cluster, NodeNumber } from '../../test/support/clusters.ts';
import { change, NODES, runLms, urlOfCluster } from '../database.ts';
import type { Conditions, FaultKind, World } from './fault.ts';

const onCluster = ({ database }: Conditions) => database === 'cluster';
/**
 * A repair that met a failing node for longer than it tries by itself is started again, as a person would.
 */
const REPAIR_TRIES = 5;
const LOOK_MS = 100;

export const NODE_KILLED: FaultKind = {
  name: 'node that a worker is on killed, and back (SIGKILL)',
  weight: 10,
  fits: onCluster,
  draw: (draw) => {
    const downMs = draw.whole(500, 8_000);
    return {
      details: `down for ${String(downMs)} ms`,
      inject: (world, over) => killNode(world, downMs, over),
    };
  },
};

/** What happens to the nodes of a cluster, and on two of them at once. */
export const CLUSTER_FAULTS: readonly FaultKind[] = [
  NODE_KILLED,
  {
    name: 'counts made wrong, and two repairs on two nodes at once',
    weight: 4,
    fits: onCluster,
    draw: (draw) => {
      const surplus = draw.whole(1, 50);
      return {
        details: `by ${String(surplus)}`,
        inject: (world, over) => tamperAndRepair(world, surplus, over),
      };
    },
  },
];

/** One at a time: two of three nodes are the least that a cluster goes on with. */
let nodeTurn: Promise<unknown> = Promise.resolve();

function killNode(
  { database: { cluster }, databaseName }: World,
  downMs: number,
  over: AbortSignal,
): Promise<boolean> {
  const turn = nodeTurn.then(async () => {
    if (cluster === undefined || over.aborted) return false;
    const node = await busiestNode(cluster, databaseName, over);
    if (node === undefined) return false;
    await cluster.kill(node);
    await delay(downMs);
    await cluster.join(node);
    return true;
  });
  nodeTurn = turn;
  return turn;
}

/** The node with the most connections of workers, once there is one; undefined if it is over before. */
async function busiestNode(
  cluster: Cluster,
  name: string,
  over: AbortSignal,
): Promise<NodeNumber | undefined> {
  while (!over.aborted) {
    const counts = await Promise.all(NODES.map((node) => connectionsTo(cluster.url(node), name)));
    const most = Math.max(...counts);
    if (most > 0) return NODES[counts.indexOf(most)];
    await delay(LOOK_MS);
  }
  return undefined;
}

async function connectionsTo(url: string, name: string): Promise<number> {
  await using connection = await createConnection(url);
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT COUNT(*) AS connections FROM information_schema.processlist WHERE db = ?',
    [name],
  );
  return Number(rows[0]?.['connections']);
}

/**
 * Workers go on meanwhile, and a node may be killed. When both repairs are done, the counts have to be right.
 */
async function tamperAndRepair(world: World, surplus: number, over: AbortSignal): Promise<boolean> {
  const { database, databaseName } = world;
  const { cluster } = database;
  if (cluster === undefined || over.aborted) return false;
  // While all nodes are up: a repair on a node that does not have the wrong counts yet would find nothing.
  const tampering = nodeTurn.then(async () => {
    await change(
      cluster,
      databaseName,
      `UPDATE service_severity SET \`count\` = \`count\` + ${String(surplus)}`,
    );
    await database.inStep(databaseName);
  });
  nodeTurn = tampering;
  await tampering;
  await Promise.all([0, 1].map((number) => repair(urlOfCluster(cluster, databaseName, number))));
  return true;
}

async function repair(url: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await runLms(['repair', '--apply'], url);
      return;
    } catch (error) {
      if (tries === REPAIR_TRIES) throw error;
    }
  }
}
