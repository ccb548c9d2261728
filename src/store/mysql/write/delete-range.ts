import type { EntryKey } from '../../../query/answers/ports.ts';
import type {
  DeletionFor,
  RangeDeleted,
  RangeDeletion,
  RowKey,
  ServiceSeverity,
} from '../../../retention/ports.ts';
import { byKey } from '../../batch.ts';
import { Counts } from '../../counts.ts';
import { type KeysAsked, NextKeys } from '../../deletion/next-keys.ts';
import { deletedSql, ofOneSql, rangeSql } from '../../deletion/range-sql.ts';
import type { Sql } from '../../filter-sql.ts';
import { count, type Row, severity, text, time } from '../../rows.ts';
import { orderSql, timeOrderSql } from '../../stretch-sql.ts';
import type { Session } from '../driver/session.ts';
import { powerOfTwo } from './chunks.ts';
import { changedMeanwhile, commitDeletion, deleteEntries, unlessChanged } from './delete-entries.ts';
import { deleteMatching } from './delete-matching.ts';
import { LOCKED_BY_KEY } from './statements.ts';

const ORDER = orderSql({ order: 'oldest' });
const TIME_ORDER = timeOrderSql({ order: 'oldest' });
const KEY = 'CAST(service_logs.`timestamp` AS CHAR) AS key_time, service_logs.event_id AS key_id';
/** Services and severities of a statement that finds keys. */
const RUNS_AT_ONCE = 64;
/** A range is deleted as a whole where of so many rows at least one is to go: to pass by these costs less than a key. */
const DENSE = 4;
/** Of services and severities so many rows are looked for to see how dense they lie. */
const SAMPLE_ROWS = 128;
/** With more services and severities than this, a statement that names them all is too long. */
const MAX_NAMED = 2_000;

/** A range of which some services and severities are deleted. */
type RangeOfSome = RangeDeletion & { readonly only: readonly ServiceSeverity[] };

/** Rows that are deleted in one transaction. */
interface DeletedPiece {
  /** The last of them; undefined: up to the end of the range. */
  readonly last: EntryKey | undefined;
  /** As `RangeDeleted` has it. */
  readonly end: EntryKey | undefined;
  /** Given if most of what lies between is to stay. */
  readonly keys?: readonly RowKey[] | undefined;
}

/**
 * Deletes the oldest rows of a range, in one transaction with what counts them: see `Store`. On an error the
 * transaction is left open, for the pool to end.
 */
export async function deleteRange(
  session: Session,
  range: RangeDeletion,
  on?: DeletionFor,
): Promise<RangeDeleted> {
  const { filter } = range;
  if (filter !== undefined) return deleteMatching(session, { ...range, filter }, on);
  const { last, end, keys } = await pieceOf(session, range);
  if (keys !== undefined) return byKeys(session, range, { keys, end, on });
  const rows = deletedSql(range, last);
  const deleted = await unlessChanged(session, () => deleteCounted(session, rows, on));
  if (deleted !== undefined) return { deleted, end };
  // Rows keep coming in there. Each by its key, they do not matter.
  const found = await session.select(`SELECT ${KEY} FROM ${LOCKED_BY_KEY} WHERE ${rows.text} ${ORDER}`, [
    ...rows.values,
  ]);
  return byKeys(session, range, { keys: found.map(keyOfRow), end, on });
}

async function byKeys(
  session: Session,
  { only }: RangeDeletion,
  {
    keys,
    end,
    on,
  }: Pick<DeletedPiece, 'end'> & {
    readonly keys: readonly RowKey[];
    readonly on?: DeletionFor | undefined;
  },
): Promise<RangeDeleted> {
  return { deleted: await deleteEntries(session, keys, { on, only }), end };
}

async function pieceOf(session: Session, range: RangeDeletion): Promise<DeletedPiece> {
  const { only, maxRows } = range;
  if (only === undefined) {
    const last = await keyAt(session, rangeSql(range), maxRows);
    return { last, end: last };
  }
  const some = { ...range, only };
  const sample = maxRows < SAMPLE_ROWS * 2 ? undefined : await sampleOf(session, some);
  if (sample?.rows !== undefined) {
    const last = await keyAt(session, rangeSql(range), sample.rows);
    return { last, end: last };
  }
  const { keys, end } = await nextKeys(session, some);
  const last = keys.at(-1);
  if (last === undefined || sample !== undefined || !canName(only)) return { last, end, keys };
  const beyond = await keyAt(session, rangeSql(range, last), keys.length * DENSE + 1);
  return { last, end, keys: beyond && keys };
}

/**
 * How dense some services and severities lie in the beginning of a range: about how many rows there are for as many of
 * theirs as a piece has, if that is dense; then none of their keys has to be read. Undefined: there is little left.
 */
async function sampleOf(
  session: Session,
  range: RangeOfSome,
): Promise<{ readonly rows: number | undefined } | undefined> {
  const { only, maxRows } = range;
  if (only.length > SAMPLE_ROWS || !canName(only)) return undefined;
  const { keys, end } = await nextKeys(session, { ...range, maxRows: SAMPLE_ROWS });
  if (end === undefined) return undefined;
  const rows = rangeSql(range, keys.at(-1));
  const bound = SAMPLE_ROWS * DENSE + 1;
  const sql = `SELECT COUNT(*) AS counted FROM (SELECT 1 FROM ${LOCKED_BY_KEY} WHERE ${rows.text} LIMIT ${String(bound)}) AS first_rows`;
  const [row] = await session.select(sql, [...rows.values]);
  const found = row === undefined ? bound : count(row, 'counted');
  return { rows: found < bound ? Math.ceil((maxRows * found) / keys.length) : undefined };
}

function canName(only: readonly ServiceSeverity[]): boolean {
  return only.length <= MAX_NAMED;
}

/** The key of the row at this place of some rows, from 1; undefined if there are fewer. */
async function keyAt(session: Session, rows: Sql, place: number): Promise<EntryKey | undefined> {
  const sql = `SELECT ${KEY} FROM ${LOCKED_BY_KEY} WHERE ${rows.text} ${ORDER} LIMIT 1 OFFSET ${place - 1}`;
  const [row] = await session.select(sql, [...rows.values]);
  return row && keyOfRow(row);
}

/** Counts rows, which locks them, and deletes as many; resolves to their number. */
async function deleteCounted(session: Session, rows: Sql, on: DeletionFor | undefined): Promise<number> {
  const counts = new Counts();
  let deleted = 0;
  await session.run('START TRANSACTION');
  for (const row of await session.select(countSql(rows), [...rows.values])) {
    const of = { serviceName: text(row, 'service_name'), severity: severity(row, 'severity') };
    counts.add({ timestamp: text(row, 'minute'), ...of }, count(row, 'counted'));
    deleted += count(row, 'counted');
  }
  if (deleted > 0) {
    const { affectedRows } = await session.execute(deleteSql(rows), [...rows.values]);
    if (affectedRows !== deleted) throw changedMeanwhile();
  }
  await commitDeletion(session, counts, { on, deleted });
  return deleted;
}

/** Locks these rows, and says what they count as. */
export function countSql({ text: where }: Sql): string {
  return `SELECT DATE_FORMAT(service_logs.\`timestamp\`, '%Y-%m-%d %H:%i') AS minute, service_name, severity,
      COUNT(*) AS counted
    FROM ${LOCKED_BY_KEY} WHERE ${where} GROUP BY 1, 2, 3 FOR UPDATE`;
}

/** Deletes these rows. Of one table after the other, because a plain DELETE cannot be told an index. */
export function deleteSql({ text: where }: Sql): string {
  return `DELETE service_logs FROM ${LOCKED_BY_KEY} WHERE ${where}`;
}

async function nextKeys(session: Session, range: RangeOfSome) {
  const next = new NextKeys(range.only, range.maxRows, range.after);
  for (let asked = next.asked(); asked.length > 0; asked = next.asked()) {
    for (let start = 0; start < asked.length;) {
      const end = start + powerOfTwo(Math.min(RUNS_AT_ONCE, asked.length - start));
      const some = asked.slice(start, end);
      next.take(some, await readKeys(session, range, some));
      start = end;
    }
  }
  return next.found();
}

async function readKeys(
  session: Session,
  range: RangeDeletion,
  asked: readonly KeysAsked[],
): Promise<EntryKey[][]> {
  const found = await keysInOrder(session, asked.length, keysSql(range, asked));
  if (found.every(isSorted)) return found;
  return keysInOrder(session, asked.length, keysSql(range, asked, ORDER));
}

/** As they come. */
async function keysInOrder(
  session: Session,
  runs: number,
  { text: sql, values }: Sql,
): Promise<EntryKey[][]> {
  const found: EntryKey[][] = Array.from({ length: runs }, () => []);
  for (const row of await session.select(sql, [...values])) found[count(row, 'run')]?.push(keyOfRow(row));
  return found;
}

function isSorted(keys: readonly EntryKey[]): boolean {
  return keys.every((key, index) => {
    const before = keys[index - 1];
    return before === undefined || byKey(before, key) < 0;
  });
}

/**
 * The keys that are asked for, by the index of services alone; `run` is the place of what asks for them. By time
 * alone, for MySQL sorts all rows of a service before it orders those of one time by their id. In the index they
 * are in order: whoever reads them looks whether they came so.
 */
export function keysSql(range: RangeDeletion, asked: readonly KeysAsked[], order = TIME_ORDER): Sql {
  const parts = asked.map(({ of, after, most }, run) => {
    const where = ofOneSql(of, rangeSql({ ...range, after }));
    return {
      text: `(SELECT ${String(run)} AS run, ${KEY} FROM service_logs FORCE INDEX (by_service)
        WHERE ${where.text} ${order} LIMIT ${String(most)})`,
      values: where.values,
    };
  });
  return {
    text: parts.map(({ text: part }) => part).join(' UNION ALL '),
    values: parts.flatMap(({ values }) => values),
  };
}

function keyOfRow(row: Row): EntryKey {
  return { timestamp: time(row, 'key_time'), eventId: text(row, 'key_id') };
}
