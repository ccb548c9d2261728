import {
  ALL_ROLLUPS,
  rangesAt,
  type RollupBeginning,
  type RollupDialect,
  rollupDifferencesSql,
  rollupDifferencesValues,
  type RollupRange,
  type RollupUpkeep,
} from '../../rollups.ts';
import { count, exactCount, type Row, severity, text } from '../../rows.ts';
import type { RollupCheck } from '../../store.ts';
import type { WorkLease } from '../../work-leases.ts';
import type { Pool } from '../driver/pool.ts';
import { NO_TIMEOUT, type Session } from '../driver/session.ts';
import { epochSeenBy, inSnapshot, mendBySnapshot } from '../snapshot.ts';
import { protectWork } from '../work-lease.ts';
import { addInChunks, freshTime, rollupMark } from '../write/add-counts.ts';
import { NO_TIME } from '../write/rollup-statements.ts';
import { addToRollups, removeEmptyRollups, setRollupMarks } from '../write/statements.ts';
import { TRUSTED } from './trust.ts';

const DIALECT: RollupDialect = {
  minuteOf: "DATE_FORMAT(minute, '%Y-%m-%d %H:%i:00')",
  hourOf: "DATE_FORMAT(minute, '%Y-%m-%d %H:00:00')",
  dayOf: "DATE_FORMAT(minute, '%Y-%m-%d 00:00:00')",
  startText: 'CAST(start AS CHAR)',
  hasServiceSums: true,
};
const DIFFERENCES = rollupDifferencesSql(DIALECT);
const CHECK = `SELECT ${TRUSTED} AS in_use, (SELECT COUNT(*) FROM (${DIFFERENCES}) AS differing) AS wrong`;
const SEEN = `SELECT service_name, severity, CAST(changed_at AS CHAR) AS at FROM service_severity
  ORDER BY service_name, severity`;
const LEFT_OVER_WHERE = `width = 0 AND NOT EXISTS (SELECT 1 FROM service_severity AS counted
  WHERE counted.service_name = lms_rollups.service_name AND counted.severity = lms_rollups.severity)`;
const LOCK_LEFT_OVER = `SELECT service_name FROM lms_rollups WHERE ${LEFT_OVER_WHERE} FOR UPDATE`;
const FORGET_LEFT_OVER = `DELETE FROM lms_rollups WHERE ${LEFT_OVER_WHERE}`;
/** A mark of no service, which no count has. */
const BARRIER = { serviceName: '', severity: 'debug' } as const;
const RAISE = `DELETE FROM lms_rollups WHERE width = 0 AND service_name = '' AND seen_at = ?`;
const SUMMED_DAYS = `SELECT DISTINCT CAST(start AS CHAR) AS day FROM lms_rollups
  WHERE width = 1440 AND by_service = 0`;
/** One step in the index, where all days together would read all of it. */
const NEXT_DAY = `SELECT DATE_FORMAT(MIN(minute), '%Y-%m-%d 00:00:00') AS day FROM service_severity_minutes
  WHERE minute >= ?`;

/** Fills and mends `lms_rollups` while workers of this release and of the one before write. */
export class MySqlRollupUpkeep implements RollupUpkeep {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  isTrusted(): Promise<boolean> {
    return this.#pool.use(async (session) => {
      const [row = {}] = await session.select(`SELECT ${TRUSTED} AS in_use`);
      return count(row, 'in_use') === 1;
    });
  }

  async begin(lease?: WorkLease): Promise<RollupBeginning> {
    const barrier = await this.#pool.use((writer) => forgetLeftOver(writer, lease));
    return inSnapshot(this.#pool, async (reader) => {
      const seen = (await reader.select(SEEN)).map(seenCount);
      const repairs = await epochSeenBy(reader, 'repair');
      return { ranges: rangesAt(await daysOf(reader)), seen, repairs, barrier };
    });
  }

  fill(range: RollupRange, lease?: WorkLease): Promise<number> {
    return mendBySnapshot(this.#pool, 'rollups-filling', async (reader, writer) => {
      const differences = await reader.select(
        DIFFERENCES,
        rollupDifferencesValues(range, DIALECT),
        NO_TIMEOUT,
      );
      if (differences.length > 0) await correct(writer, differences, await reader.select(SEEN));
      if (lease !== undefined) await protectWork(writer, lease);
      return differences.length;
    });
  }

  finish({ seen, repairs, barrier }: RollupBeginning, lease?: WorkLease): Promise<boolean> {
    return this.#pool.use(async (writer) => {
      await writer.run('START TRANSACTION');
      const marks = seen.map((each) => rollupMark(each, each.at));
      await addInChunks(writer, setRollupMarks, marks);
      if (barrier !== undefined) await writer.execute(RAISE, [barrier]);
      // After the marks, which a repair changes too: it has committed, or finds these.
      const isSame = (await epochSeenBy(writer, 'repair')) === repairs;
      if (isSame && lease !== undefined) await protectWork(writer, lease);
      await writer.run(isSame ? 'COMMIT' : 'ROLLBACK');
      return isSame;
    });
  }
}

/**
 * Removes the marks that a count left behind which was removed past them. Then nothing tells any more that their
 * sums may be wrong: so from the same moment on nobody uses any, until they are filled. Resolves to the barrier
 * that says so, which `finish` removes unless somebody else has set his own.
 */
async function forgetLeftOver(writer: Session, lease: WorkLease | undefined): Promise<string | undefined> {
  await writer.run('START TRANSACTION');
  const found = await writer.select(LOCK_LEFT_OVER);
  const barrier = found.length === 0 ? undefined : freshTime();
  if (barrier !== undefined) {
    // Anew: what changed sums while the marks were locked is to be seen.
    await writer.run(FORGET_LEFT_OVER);
    await addInChunks(writer, setRollupMarks, [rollupMark(BARRIER, barrier)]);
    if (lease !== undefined) await protectWork(writer, lease);
  }
  await writer.run('COMMIT');
  return barrier;
}

/** Compares the sums with the counts by minute, in the snapshot of a session. */
export async function checkRollups(session: Session): Promise<RollupCheck> {
  const [row = {}] = await session.select(CHECK, rollupDifferencesValues(ALL_ROLLUPS, DIALECT), NO_TIMEOUT);
  return { inUse: count(row, 'in_use') === 1, wrong: count(row, 'wrong') };
}

function seenCount(row: Row): RollupBeginning['seen'][number] {
  return { serviceName: text(row, 'service_name'), severity: severity(row, 'severity'), at: text(row, 'at') };
}

/** The days that have counts or sums, in order. */
async function daysOf(reader: Session): Promise<string[]> {
  const days = new Set((await reader.select(SUMMED_DAYS)).map((row) => text(row, 'day')));
  for (let from = ALL_ROLLUPS.from; ;) {
    const [row = {}] = await reader.select(NEXT_DAY, [from]);
    if (row['day'] === null) break;
    const day = text(row, 'day');
    days.add(day);
    from = `${day.slice(0, 10)} 23:59:59`;
  }
  return [...days].sort();
}

/**
 * Adds each difference to its sum; sums of nothing go. What has a count gets a mark if it has none: see `TRUSTED`.
 */
async function correct(writer: Session, differences: readonly Row[], counted: readonly Row[]): Promise<void> {
  const keyOf = (row: Row) => [
    String(exactCount(row, 'width')),
    String(exactCount(row, 'by_service')),
    text(row, 'start'),
    text(row, 'service_name'),
    text(row, 'severity'),
  ];
  const missing = (row: Row) => exactCount(row, 'log_rows') - exactCount(row, 'counted');
  const marks = counted.map(seenCount).map((each) => rollupMark(each, NO_TIME));
  const sums = differences.map((row) => [...keyOf(row), String(missing(row)), null]);
  await addInChunks(writer, addToRollups, [...marks, ...sums]);
  const gone = differences.filter((row) => exactCount(row, 'log_rows') === 0n);
  await addInChunks(writer, removeEmptyRollups, gone.map(keyOf));
}
