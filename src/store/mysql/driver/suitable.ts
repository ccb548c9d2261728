import type { Row } from '../../rows.ts';
import { driverError } from '../errors/driver-error.ts';
import type { Session } from './session.ts';

const VARIABLES = `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', 'innodb_read_only',
  'wsrep_on', 'group_replication_group_name')`;
const GALERA = "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_status')";
const GROUP = `SELECT COUNT(*) AS members, SUM(member_state = 'UNREACHABLE') AS unreachable,
  MAX(CASE WHEN member_id = @@server_uuid THEN member_state END) AS own_state
  FROM performance_schema.replication_group_members`;

/** Errors that say that the user may not look. */
const DENIED = new Set([1044, 1142, 1227]);

/**
 * Why the server behind a session takes no writes, or undefined if it does: it is read-only, a node of a
 * Galera cluster that is not ready or without the majority, or a member of a replication group that is not
 * part of it or without the majority.
 */
export async function whyNotWritable(session: Session): Promise<string | undefined> {
  const variables = byName(await session.select(VARIABLES));
  const on = (name: string) => !['', 'OFF', '0'].includes(variables.get(name) ?? '');
  if (['read_only', 'super_read_only', 'innodb_read_only'].some(on)) return 'is read-only';
  const reason = on('wsrep_on') ? await whyNodeRefuses(session) : undefined;
  return reason ?? (on('group_replication_group_name') ? whyOutOfGroup(session) : undefined);
}

/**
 * Why the server behind a session cannot be read, or undefined if it can: a node of a Galera cluster then
 * refuses every statement. Replicas are read-only, and what they have is right, if late.
 */
export async function whyNotReadable(session: Session): Promise<string | undefined> {
  const variables = byName(await session.select(VARIABLES));
  return variables.get('wsrep_on') === 'ON' ? whyNodeRefuses(session) : undefined;
}

async function whyNodeRefuses(session: Session): Promise<string | undefined> {
  const status = byName(await session.select(GALERA));
  if (status.get('wsrep_cluster_status') !== 'Primary') return 'is cut off from the majority of its cluster';
  return status.get('wsrep_ready') === 'ON' ? undefined : 'is not ready';
}

/**
 * Undefined too if the user may not look. A member that left its group is read-only, which was looked at
 * before.
 */
async function whyOutOfGroup(session: Session): Promise<string | undefined> {
  let rows: readonly Row[];
  try {
    rows = await session.select(GROUP);
  } catch (error) {
    if (DENIED.has(driverError(error).errno ?? 0)) return undefined;
    throw error;
  }
  const { members, unreachable, own_state: ownState } = rows[0] ?? {};
  if (ownState !== 'ONLINE') return 'is not a member of its group now';
  return Number(unreachable) * 2 >= Number(members) ? 'is cut off from the majority of its group' : undefined;
}

function byName(rows: readonly Row[]): ReadonlyMap<string, string> {
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
}
