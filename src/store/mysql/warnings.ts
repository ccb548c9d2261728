import { type Row } from '../rows.ts';
import type { Session } from './driver/session.ts';
import { driverError } from './errors/driver-error.ts';

const VARIABLES =
  "SHOW VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format', 'wsrep_on', 'wsrep_provider')";

/**
 * Unique keys that may take two rows for one that the primary key tells apart: they lack one of its columns,
 * or have only its beginning.
 */
const UNIQUE_KEYS = `SELECT index_name AS name FROM information_schema.statistics
  WHERE table_schema = DATABASE() AND table_name = 'service_logs' AND non_unique = 0 AND index_name <> 'PRIMARY'
  GROUP BY index_name
  HAVING COALESCE(SUM(column_name IN ('timestamp', 'event_id') AND sub_part IS NULL), 0) < 2
  ORDER BY index_name`;

/** See `Store.warnings`. */
export async function databaseWarnings(session: Pick<Session, 'select'>): Promise<string[]> {
  const variables = await seen(session, VARIABLES);
  const keys = await seen(session, UNIQUE_KEYS);
  return [...variableWarnings(variables), ...keys.map(keyWarning)];
}

/** No rows if the server refuses to tell: nothing depends on them. */
async function seen(session: Pick<Session, 'select'>, sql: string): Promise<readonly Row[]> {
  try {
    return await session.select(sql);
  } catch (error) {
    if (driverError(error).errno === undefined) throw error;
    return [];
  }
}

/** The session's own values count, for it is a session that writes. */
function variableWarnings(rows: readonly Row[]): string[] {
  const variables = new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  const warnings: string[] = [];
  if (variables.get('log_bin') === 'ON' && variables.get('binlog_format') === 'STATEMENT')
    warnings.push(
      'the server has binlog_format=STATEMENT and takes no writes of LMS with it (error 1665): set binlog_format=ROW',
    );
  // Every MariaDB has wsrep_on, off where there is no cluster.
  const hasProvider = !['', 'none'].includes(variables.get('wsrep_provider') ?? '');
  if (hasProvider && variables.get('wsrep_on') === 'OFF')
    warnings.push(
      'the server is a node of a Galera cluster and has wsrep_on=OFF: what is written here does not reach the other nodes',
    );
  return warnings;
}

function keyWarning({ name }: Row): string {
  return (
    `service_logs has a unique key that LMS did not make, ${String(name)}: ` +
    'a row that it takes for another one is refused as a duplicate, and becomes a dead letter'
  );
}
