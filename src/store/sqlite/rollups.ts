import type { DatabaseSync } from 'node:sqlite';
import {
  ALL_ROLLUPS,
  type RollupBeginning,
  type RollupDialect,
  rollupDifferencesSql,
  rollupDifferencesValues,
  type RollupUpkeep,
} from '../rollups.ts';
import { exactCount, type Row, text } from '../rows.ts';
import type { RollupCheck } from '../store.ts';
import type { WorkLease } from '../work-leases.ts';
import { protectWork } from './work-lease.ts';

const DIALECT: RollupDialect = {
  minuteOf: "substr(minute, 1, 16) || ':00'",
  hourOf: "substr(minute, 1, 13) || ':00:00'",
  dayOf: "substr(minute, 1, 10) || ' 00:00:00'",
  startText: 'start',
  hasServiceSums: false,
};
const DIFFERENCES = rollupDifferencesSql(DIALECT);
const KEY = ['width', 'by_service', 'start', 'service_name', 'severity'] as const;
const REMOVE = `DELETE FROM lms_rollups WHERE ${KEY.map((column) => `${column} = ?`).join(' AND ')}`;
const SET = `INSERT INTO lms_rollups (${KEY.join(', ')}, "count") VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET "count" = excluded."count"`;

/**
 * The file itself keeps the sums, by triggers: whoever writes, they are right. Only what somebody changed by
 * hand has to be mended.
 */
export class SqliteRollupUpkeep implements RollupUpkeep {
  readonly #file: DatabaseSync;

  constructor(file: DatabaseSync) {
    this.#file = file;
  }

  isTrusted(): Promise<boolean> {
    return Promise.resolve(true);
  }

  begin(): Promise<RollupBeginning> {
    return Promise.resolve({ ranges: [ALL_ROLLUPS], seen: [], repairs: 0n, barrier: undefined });
  }

  fill(_range: unknown, lease: WorkLease | undefined): Promise<number> {
    return new Promise((resolve) => {
      resolve(fillAll(this.#file, lease));
    });
  }

  finish(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

function fillAll(file: DatabaseSync, lease: WorkLease | undefined): number {
  file.exec('BEGIN IMMEDIATE');
  try {
    const differences = correctRollups(file);
    if (lease !== undefined) protectWork(file, lease);
    file.exec('COMMIT');
    return differences;
  } catch (error) {
    // After some errors, such as a full disk, SQLite has rolled back itself.
    if (file.isTransaction) file.exec('ROLLBACK');
    throw error;
  }
}

/** Makes all sums right, in the open transaction; returns how many were not. */
export function correctRollups(file: DatabaseSync): number {
  const remove = file.prepare(REMOVE);
  const set = file.prepare(SET);
  const differences = differing(file);
  for (const row of differences) {
    const key = [
      exactCount(row, 'width'),
      exactCount(row, 'by_service'),
      text(row, 'start'),
      text(row, 'service_name'),
      text(row, 'severity'),
    ];
    const sum = exactCount(row, 'log_rows');
    if (sum === 0n) remove.run(...key);
    else set.run(...key, sum);
  }
  return differences.length;
}

/** Compares the sums with the counts by minute, in the open transaction. */
export function checkRollups(file: DatabaseSync): RollupCheck {
  return { inUse: true, wrong: differing(file).length };
}

function differing(file: DatabaseSync): Row[] {
  const statement = file.prepare(DIFFERENCES);
  statement.setReadBigInts(true);
  return statement.all(...rollupDifferencesValues(ALL_ROLLUPS, DIALECT));
}
