import { StoreError } from '../../pipeline/ports.ts';
import { COUNT_DIFFERENCES, countDifference, minuteDifference, WrongCountsList } from '../differences.ts';
import { exactCount, type Row, text } from '../rows.ts';
import type { Repair, WrongCounts } from '../store.ts';
import type { Pool } from './driver/pool.ts';
import { NO_TIMEOUT, type Session } from './driver/session.ts';
import { DIFFERENT_MINUTES } from './reads.ts';
import { MAX_CHUNK_ROWS } from './write/chunks.ts';
import { addToCounts, addToMinutes } from './write/statements.ts';
import { addInChunks } from './write/write-batch.ts';

/**
 * Repairs exclude each other here: each changes this row in its transaction. On one server the second waits
 * for the first. Nodes of a cluster don't see each other's locks: there both go on, and the cluster lets one
 * commit and rolls the other back.
 */
const TAKE_LEASE = "UPDATE lms_leases SET epoch = epoch + 1 WHERE name = 'repair'";
const EPOCH = "SELECT epoch FROM lms_leases WHERE name = 'repair'";

/** The counts that differ from the rows, in one snapshot. Changes nothing. */
export function findWrongCounts(pool: Pool): Promise<Repair> {
  return inSnapshot(pool, (reader) => compare(reader, undefined));
}

/**
 * Adds to every count what the rows have more, or takes off what they have less, in one transaction. What is
 * added is the difference within one snapshot: a worker that commits after the snapshot adds to rows and
 * count alike, so the difference stays right. An earlier repair must not be missing in it, one whose reply
 * was lost included: what that did would be done twice. So the snapshot is taken under the lease, and must
 * show the epoch that the lease had before. On a cluster the two connections may be to different nodes, and a
 * repair elsewhere may not have come to either: then the epoch differs or the COMMIT fails, both of which are
 * transient, and the repair is done again from a new snapshot.
 */
export function repairCounts(pool: Pool): Promise<Repair> {
  return pool.use(async (writer) => {
    await writer.run('START TRANSACTION');
    await writer.execute(TAKE_LEASE, []);
    const epoch = await epochSeenBy(writer);
    const repair = await inSnapshot(pool, async (reader) => {
      if ((await epochSeenBy(reader)) !== epoch - 1n) throw otherEpoch();
      return compare(reader, writer);
    });
    await writer.run('COMMIT');
    return repair;
  });
}

async function epochSeenBy(session: Session): Promise<bigint> {
  const [row] = await session.select(EPOCH);
  if (row === undefined) throw new StoreError('fatal', 'LEASE_MISSING', 'lms_leases has no row for repair');
  return exactCount(row, 'epoch');
}

function otherEpoch(): StoreError {
  const message = 'the snapshot is of a node that does not have the same repairs';
  return new StoreError('transient', 'SNAPSHOT_ELSEWHERE', message);
}

/** Lends a session that sees the tables as they were at one moment; it cannot write. */
async function inSnapshot<T>(pool: Pool, read: (reader: Session) => Promise<T>): Promise<T> {
  const reader = await pool.acquire();
  let finished = false;
  try {
    await reader.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await reader.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const result = await read(reader);
    await reader.run('COMMIT');
    finished = true;
    return result;
  } finally {
    if (finished) pool.release(reader);
    else pool.discard(reader);
  }
}

/**
 * Reads the differences of both tables, and mends them if there is a `writer`: minutes first, as workers do.
 * All long reading is done before the first row is locked; of minutes there may be too many to hold, so they
 * come one by one.
 */
async function compare(reader: Session, writer: Session | undefined): Promise<Repair> {
  const correction = (table: CountTable) => writer && new Correction(writer, table);
  const wrongCounts = await reader.select(COUNT_DIFFERENCES, [], NO_TIMEOUT);
  const wrongMinutes = reader.stream(DIFFERENT_MINUTES, []);
  const minutes = await eachDifference(
    wrongMinutes,
    minuteDifference,
    correction('service_severity_minutes'),
  );
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
      this.#additions.push([...key, String(rows - counted)]);
      if (this.#additions.length === MAX_CHUNK_ROWS) await this.finish();
      return;
    }
    await this.#subtract(key, counted - rows);
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
