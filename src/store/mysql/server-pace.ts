import type { ServerLag } from '../../retention/ports.ts';
import type { Row } from '../rows.ts';
import { type OpenServerPace, worstLag } from '../server-pace.ts';
import type { Session } from './driver/session.ts';
import { driverError } from './errors/driver-error.ts';

/** Whoever asks waits no longer for a server that says nothing: it is then as if it were not there. */
const LOOK_MS = 5_000;
const GALERA = `SHOW GLOBAL STATUS WHERE Variable_name IN
  ('wsrep_cluster_size', 'wsrep_flow_control_paused_ns', 'wsrep_local_recv_queue')`;
/** Of all members, as the group last told of itself. */
const GROUP = `SELECT MAX(COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE) AS queued
  FROM performance_schema.replication_group_member_stats`;
/** MariaDB's, which has several sources; MySQL's; that of both before. */
const REPLICA = ['SHOW ALL SLAVES STATUS', 'SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'];
const BEHIND = ['Seconds_Behind_Source', 'Seconds_Behind_Master'];

/** What can be asked of a server: a session that answers. */
type Asked = Pick<Session, 'query'>;

/** A pool of one connection to one server. */
interface OneServer {
  use<T>(work: (session: Asked) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How far the servers of a database are behind, by what each of them says of itself. */
export class MySqlServerPace implements OpenServerPace {
  readonly #servers: readonly Server[];

  /** A pool of one connection for each server, its own to close. */
  constructor(pools: readonly OneServer[]) {
    this.#servers = pools.map((pool) => new Server(pool));
  }

  async lag(): Promise<ServerLag | undefined> {
    return worstLag(await Promise.all(this.#servers.map((server) => server.lag())));
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

/** One server. */
class Server {
  readonly #pool: OneServer;
  #looking: Promise<ServerLag | undefined> | undefined;
  /** What it has waited for others, in all, and when it said so. */
  #paused: { readonly ms: number; readonly atMs: number } | undefined;

  constructor(pool: OneServer) {
    this.#pool = pool;
  }

  /** Undefined if it does not tell, or is not there. */
  async lag(): Promise<ServerLag | undefined> {
    this.#looking ??= this.#pool
      .use((session) => this.#look(session))
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      });
    return inTime(this.#looking);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #look(session: Asked): Promise<ServerLag | undefined> {
    const galera = await this.#galera(session);
    const queued = (await told(session, GROUP))?.[0]?.['queued'] ?? undefined;
    const behindMs = await replicaMs(session);
    if (galera === undefined && queued === undefined && behindMs === undefined) return undefined;
    return {
      replicaMs: behindMs ?? 0,
      queuedTransactions: Math.max(galera?.queued ?? 0, Number(queued ?? 0)),
      flowControlShare: galera?.pausedShare ?? 0,
    };
  }

  async #galera(session: Asked): Promise<{ queued: number; pausedShare: number } | undefined> {
    const rows = (await told(session, GALERA)) ?? [];
    const status = new Map(rows.map((row) => [String(row['Variable_name']), Number(row['Value'])]));
    if ((status.get('wsrep_cluster_size') ?? 0) === 0) return undefined;
    const before = this.#paused;
    const now = { ms: (status.get('wsrep_flow_control_paused_ns') ?? 0) / 1e6, atMs: performance.now() };
    this.#paused = now;
    const share = before && (now.ms - before.ms) / Math.max(1, now.atMs - before.atMs);
    // Less than before: the server was started anew.
    const pausedShare = Math.min(1, Math.max(0, share ?? 0));
    return { queued: status.get('wsrep_local_recv_queue') ?? 0, pausedShare };
  }
}

/** Undefined if it takes too long. */
async function inTime<T>(looking: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    late.resolve(undefined);
  }, LOOK_MS);
  try {
    return await Promise.race([looking, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** How far it is behind its source; 0 if it has none. Undefined if it does not tell, or its replication stands still. */
async function replicaMs(session: Asked): Promise<number | undefined> {
  for (const sql of REPLICA) {
    const rows = await told(session, sql);
    if (rows === undefined) continue;
    const seconds = rows.map(secondsBehind).filter((each) => each !== undefined);
    return rows.length > 0 && seconds.length === 0 ? undefined : 1_000 * Math.max(0, ...seconds);
  }
  return undefined;
}

function secondsBehind(row: Row): number | undefined {
  const value = BEHIND.map((column) => row[column]).find((each) => each !== undefined);
  return value === null || value === undefined ? undefined : Number(value);
}

/** Undefined if the server does not know what is asked for, or does not say it to this user. */
async function told(session: Asked, sql: string): Promise<readonly Row[] | undefined> {
  try {
    return await session.query(sql);
  } catch (error) {
    const { errno, connectionLost } = driverError(error);
    if (errno === undefined || connectionLost) throw error;
    return undefined;
  }
}
