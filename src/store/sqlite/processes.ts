import type { DatabaseSync } from 'node:sqlite';
import type { Processes } from '../../query/answers/processes.ts';
import {
  type Heartbeat,
  heartbeatSql,
  heartbeatValues,
  processesOf,
  SELECT_PROCESSES,
} from '../processes.ts';

const FORMAT = "'%Y-%m-%d %H:%M:%f000'";
const UPSERT = heartbeatSql({
  now: `strftime(${FORMAT}, 'now')`,
  ago: `strftime(${FORMAT}, 'now', '-' || (? / 1e6) || ' seconds')`,
  onConflict: 'ON CONFLICT (id) DO UPDATE SET',
  inserted: (column) => `excluded.${column}`,
});
const FORGET = `DELETE FROM lms_processes WHERE seen_at < strftime(${FORMAT}, 'now', '-1 day')`;
const CLOCK = `SELECT strftime(${FORMAT}, 'now') AS db_now`;

/** Waiting blocks the process, and a heartbeat is not worth that: it is left out while somebody else writes. */
const WAIT_MS = 20;

/** See `Store.beat`. `usualWaitMs` is what the file's other statements wait for a writer. */
export function beat(file: DatabaseSync, look: () => Heartbeat, usualWaitMs: number): void {
  const values = heartbeatValues(look());
  hastily(file, usualWaitMs, () => file.prepare(UPSERT).run(...values));
}

/** See `Store.forgetProcesses`. */
export function forgetProcesses(file: DatabaseSync, usualWaitMs: number): void {
  hastily(file, usualWaitMs, () => {
    file.exec(FORGET);
  });
}

/** See `EntryReader.processes`. The clock is read last, so that nothing was seen after it. */
export function readProcesses(file: DatabaseSync): Processes {
  const rows = file.prepare(SELECT_PROCESSES).all();
  return processesOf(rows, file.prepare(CLOCK).get());
}

function hastily(file: DatabaseSync, usualWaitMs: number, work: () => unknown): void {
  file.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
  try {
    work();
  } finally {
    file.exec(`PRAGMA busy_timeout = ${usualWaitMs}`);
  }
}
