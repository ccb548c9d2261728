import { COUNT_DIFFERENCES, countDifference, minuteDifference, WrongCountsList } from '../differences.ts';
import { exactCount, type Row, text } from '../rows.ts';
import type { Repair, WrongCounts } from '../store.ts';
import type { Pool } from './driver/pool.ts';
import { NO_TIMEOUT, type Session } from './driver/session.ts';
import { DIFFERENT_MINUTES } from './reads.ts';
import { checkRollups } from './rollups/upkeep.ts';
import { inSnapshot, mendBySnapshot } from './snapshot.ts';
import { subtractWords } from './words.ts';
import { addInChunks, freshTime } from './write/add-counts.ts';
import { MAX_CHUNK_ROWS } from './write/chunks.ts';
import { NO_TIME } from './write/rollup-statements.ts';
import { addToCounts, addToMinutes } from './write/statements.ts';

/** What was wrong of the counts themselves. */
export type CountRepair = Omit<Repair, 'rollups'>;

/** No mark says any more that its sums are right. */
const DISTRUST_ROLLUPS = `UPDATE lms_rollups SET seen_at = '${NO_TIME}' WHERE width = 0`;

/** The counts that differ from the rows, and the sums of them, in one snapshot. Changes nothing. */
export function findWrongCounts(pool: Pool): Promise<Repair> {
  return inSnapshot(pool, async (reader) => {
    const counts = await compare(reader, undefined);
    return { ...counts, rollups: await checkRollups(reader) };
  });
}

/**
 * Adds to every count what the rows have more, or takes off what they have less, in one transaction: see
 * `mendBySnapshot`. Then the sums of counts are not trusted until they were looked at.
 */
export function repairCounts(pool: Pool): Promise<CountRepair> {
  return mendBySnapshot(pool, 'repair', compare);
}

/**
 * Reads the differences of both tables, and mends them if there is a `writer`: minutes first, as workers do.
 * All long reading is done before the first row is locked; of minutes there may be too many to hold, so they
 * come one by one.
 */
async function compare(reader: Session, writer: Session | undefined): Promise<CountRepair> {
  const correction = (table: CountTable) => writer && new Correction(writer, table);
  const wrongCounts = await reader.select(COUNT_DIFFERENCES, [], NO_TIMEOUT);
  const wrongMinutes = reader.stream(DIFFERENT_MINUTES, []);
  const minutes = await eachDifference(
    wrongMinutes,
    minuteDifference,
    correction('service_severity_minutes'),
  );
  // Before the counts, as workers do.
  if (minutes.total > 0) await writer?.run(DISTRUST_ROLLUPS);
  const counts = await eachDifference(wrongCounts, countDifference, correction('service_severity'));
  return { counts, minutes };
}

async function eachDifference<D>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  read: (row: Row) => D,
  correction: Correction | undefined,
): Promise<WrongCounts<D>> {
  const wrong = new WrongCountsList<D>();
  for await (const row of rows) {
    wrong.add(read(row));
    await correction?.add(row, exactCount(row, 'log_rows'), exactCount(row, 'counted'));
  }
  await correction?.finish();
  return wrong.result();
}

/** A table of counts. */
type CountTable = 'service_severity' | 'service_severity_minutes';

const KEYS: Readonly<Record<CountTable, readonly string[]>> = {
  service_severity: ['service_name', 'severity'],
  service_severity_minutes: ['minute', 'service_name', 'severity'],
};
const ADD = { service_severity: addToCounts, service_severity_minutes: addToMinutes };

/**
 * Corrects counts of one table, in the session's open transaction. Additions go together in one statement, as
 * the worker's do.
 */
class Correction {
  readonly #session: Session;
  readonly #table: CountTable;
  readonly #where: string;
  #additions: string[][] = [];

  constructor(session: Session, table: CountTable) {
    this.#session = session;
    this.#table = table;
    this.#where = KEYS[table].map((column) => `${column} = ?`).join(' AND ');
  }

  /**
   * Makes of the `counted` of a key, as the snapshot has it, as many as there are `rows`. `row` holds the
   * columns of the key.
   */
  async add(row: Row, rows: bigint, counted: bigint): Promise<void> {
    const key = KEYS[this.#table].map((column) => text(row, column));
    if (rows > counted) {
      const addition = [...key, String(rows - counted)];
      this.#additions.push(this.#table === 'service_severity' ? [...addition, freshTime()] : addition);
      if (this.#additions.length === MAX_CHUNK_ROWS) await this.finish();
      return;
    }
    await this.#subtract(key, counted - rows);
    const [minute = ''] = key;
    // Rows that somebody deleted by hand: the index of words saw them.
    if (this.#table === 'service_severity_minutes')
      await subtractWords(this.#session, new Map([[minute, Number(counted - rows)]]));
    if (rows === 0n) await this.#removeEmpty(key);
  }

  /** Sends the additions that are still to go. */
  async finish(): Promise<void> {
    const additions = this.#additions;
    this.#additions = [];
    await addInChunks(this.#session, ADD[this.#table], additions);
  }

  /**
   * A statement of its own, for an upsert cannot take away. Never below zero, which the column does not hold:
   * it could come to that only if somebody else than a worker took the same counts off meanwhile, and the
   * next repair would see it.
   */
  async #subtract(key: readonly string[], surplus: bigint): Promise<void> {
    const sql = `UPDATE ${this.#table} SET \`count\` = \`count\` - LEAST(\`count\`, CAST(? AS UNSIGNED)) WHERE ${this.#where}`;
    await this.#session.execute(sql, [String(surplus), ...key]);
  }

  /**
   * A worker may have counted rows since the snapshot: then it is not empty. The row is locked by the
   * subtraction.
   */
  async #removeEmpty(key: readonly string[]): Promise<void> {
    await this.#session.execute(`DELETE FROM ${this.#table} WHERE ${this.#where} AND \`count\` = 0`, [
      ...key,
    ]);
  }
}
