import type { EntryKey } from '../../../query/answers/ports.ts';
import type { Filter } from '../../../query/filter.ts';
import { matches } from '../../../query/predicate.ts';
import type { DeletionFor, RangeDeleted, RangeDeletion } from '../../../retention/ports.ts';
import { Counts } from '../../counts.ts';
import { LookedAt, textColumnsOf } from '../../deletion/looked-at.ts';
import { deletedSql, rangeSql } from '../../deletion/range-sql.ts';
import { orderSql } from '../../stretch-sql.ts';
import type { Session } from '../driver/session.ts';
import { withLiterals } from '../read/statements.ts';
import {
  commitDeletion,
  deleteCountedSql,
  deleteEntries,
  deleteExactly,
  unlessChanged,
} from './delete-entries.ts';
import { literalOf } from './literals.ts';
import { LOCKED_BY_KEY } from './statements.ts';

/** Rows that are looked at, and then deleted, by a statement each. */
const ROWS_AT_ONCE = 1_000;
/** Of texts no more is looked at in one transaction, but for what one statement reads. */
const MAX_BYTES = 16 * 1024 * 1024;
/** By their range rows are deleted if no more than so many others, for each of them, are left out. */
const MOST_OTHERS = 2;
const KEYS_AT_ONCE = 256;

/** Rows of a range that a filter matches. */
export interface Matching extends RangeDeletion {
  readonly filter: Filter;
}

/** Rows that were looked at in one transaction, in parts. */
interface Looked {
  readonly parts: readonly LookedAt[];
  readonly rows: number;
  /** The last of them; undefined: there is nothing behind it. */
  readonly end: EntryKey | undefined;
}

/** What is done with each part of the rows: they lie behind a key. */
type TakePart = (part: LookedAt, after: EntryKey | undefined) => Promise<void>;

/**
 * Looks at the rows of a range, oldest first, locks them, and deletes those that a filter matches, in the same
 * transaction: for where most of them do. Then they are deleted by their range, which takes half of the time that
 * it takes by their keys, and rows are read once. A row that came in meanwhile stays, however it counts. On an
 * error the transaction is left open, for the pool to end.
 */
export async function deleteMatching(
  session: Session,
  range: Matching,
  on?: DeletionFor,
): Promise<RangeDeleted> {
  const done = await unlessChanged(session, async () => {
    await session.run('START TRANSACTION');
    const looked = await lookAt(session, range, 'FOR UPDATE', (part, after) =>
      deletePart(session, { ...range, after }, part),
    );
    const keys = looked.parts.flatMap(({ matching }) => matching);
    const counts = new Counts();
    for (const key of keys) counts.add(key);
    await commitDeletion(session, counts, { on, deleted: keys.length });
    return { deleted: keys.length, looked: looked.rows, end: looked.end };
  });
  if (done !== undefined) return done;
  // Rows keep coming in there. Each by its key, they do not matter.
  const { parts, rows, end } = await lookAt(session, range, '', () => Promise.resolve());
  const keys = parts.flatMap(({ matching }) => matching);
  return { deleted: await deleteEntries(session, keys, { on }), looked: rows, end };
}

async function lookAt(session: Session, range: Matching, lock: string, takePart: TakePart): Promise<Looked> {
  const isMatch = matches(range.filter);
  const parts: LookedAt[] = [];
  let [rows, bytes] = [0, 0];
  let { after } = range;
  while (rows < range.maxRows && bytes <= MAX_BYTES) {
    const most = Math.min(ROWS_AT_ONCE, range.maxRows - rows);
    const part = new LookedAt(isMatch);
    await session.each(lookSql({ ...range, after }, most, lock), undefined, (row) => {
      part.take(row);
      return true;
    });
    parts.push(part);
    await takePart(part, after);
    rows += part.rows;
    bytes += part.bytes;
    if (part.rows < most) return { parts, rows, end: undefined };
    after = part.last;
  }
  return { parts, rows, end: after };
}

/** Not prepared, as the reading by indexes of tags is not: see there. */
export function lookSql(range: Matching, most: number, lock: string): string {
  const where = rangeSql(range);
  const texts = textColumnsOf(range.filter).map((name) => `, service_logs.${name}`);
  return `SELECT CAST(service_logs.\`timestamp\` AS CHAR) AS key_time, service_logs.event_id AS key_id,
      service_name, severity${texts.join('')}
    FROM ${LOCKED_BY_KEY} WHERE ${withLiterals(where)} ${orderSql({ order: 'oldest' })} LIMIT ${String(most)} ${lock}`;
}

/**
 * Deletes what matches of a part that is locked. By the range, if most of it does: then those that came in meanwhile
 * make the number another, and all is given up.
 */
async function deletePart(session: Session, range: Matching, part: LookedAt): Promise<void> {
  const { matching, others, last } = part;
  if (matching.length === 0) return;
  if (others.length <= matching.length * MOST_OTHERS && !areShared(others, matching)) {
    await deleteExactly(session, deleteOthersSql(range, last, others), matching.length);
    return;
  }
  for (let start = 0; start < matching.length; start += KEYS_AT_ONCE) {
    const some = matching.slice(start, start + KEYS_AT_ONCE);
    await deleteExactly(session, deleteCountedSql(some), some.length);
  }
}

/** Whether an id is that of rows of both: then it does not say which of them is to stay. */
function areShared(others: readonly string[], matching: readonly EntryKey[]): boolean {
  const ids = new Set(others);
  return matching.some(({ eventId }) => ids.has(eventId));
}

/** Deletes the rows of a range but for those with some ids. */
export function deleteOthersSql(
  range: RangeDeletion,
  last: EntryKey | undefined,
  others: readonly string[],
): string {
  const but = others.length === 0 ? '' : ` AND event_id NOT IN (${others.map(literalOf).join(',')})`;
  return `DELETE service_logs FROM ${LOCKED_BY_KEY} WHERE ${withLiterals(deletedSql(range, last))}${but}`;
}
