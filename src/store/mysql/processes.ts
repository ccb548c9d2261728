import type { Processes } from '../../query/answers/processes.ts';
import {
  type Heartbeat,
  heartbeatSql,
  heartbeatValues,
  processesOf,
  SELECT_PROCESSES,
} from '../processes.ts';
import type { Session } from './driver/session.ts';

/** `VALUES()`, because MariaDB, TiDB and Vitess know no row alias. */
const UPSERT = heartbeatSql({
  now: 'CURRENT_TIMESTAMP(6)',
  ago: 'CURRENT_TIMESTAMP(6) - INTERVAL ? MICROSECOND',
  onConflict: 'ON DUPLICATE KEY UPDATE',
  inserted: (column) => `VALUES(${column})`,
});
const FORGET = 'DELETE FROM lms_processes WHERE seen_at < CURRENT_TIMESTAMP(6) - INTERVAL 1 DAY';
const CLOCK = 'SELECT CURRENT_TIMESTAMP(6) AS db_now';

/** See `Store.beat`. */
export async function beat(session: Session, look: () => Heartbeat): Promise<void> {
  await session.execute(UPSERT, heartbeatValues(look()));
}

/** See `Store.forgetProcesses`. */
export async function forgetProcesses(session: Session): Promise<void> {
  await session.run(FORGET);
}

/** See `EntryReader.processes`. The clock is read last, so that nothing was seen after it. */
export async function readProcesses(session: Session): Promise<Processes> {
  const rows = await session.select(SELECT_PROCESSES);
  const [clock] = await session.select(CLOCK);
  return processesOf(rows, clock);
}
