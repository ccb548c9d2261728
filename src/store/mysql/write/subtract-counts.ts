import type { Counts } from '../../counts.ts';
import { exactCount, type Row, text } from '../../rows.ts';
import type { Session } from '../driver/session.ts';
import { subtractRollups } from './add-counts.ts';
import { textLiterals } from './literals.ts';
import { MARK_LEVEL, NO_TIME } from './rollup-statements.ts';

/** Counts of a statement: MariaDB makes a subquery of a list of 1,000 values, and then locks other rows too. */
const COUNTS_AT_ONCE = 256;
/** Of those that change, a statement looks for each among all. */
const CHANGES_AT_ONCE = 32;
const KEY_WHERE = 'WHERE service_name = ? AND severity = ?';
/** A mark that says something else stays: then the sums may have something of what is no more. */
const FORGET_MARK = `DELETE FROM lms_rollups ${KEY_WHERE} AND width = 0 AND by_service = ${MARK_LEVEL} AND start = '${NO_TIME}'
  AND seen_at = (SELECT changed_at FROM service_severity ${KEY_WHERE} AND \`count\` = 0)`;
const SET_ZERO = `UPDATE service_severity SET \`count\` = 0, changed_at = changed_at ${KEY_WHERE}`;
const REMOVE = `DELETE FROM service_severity ${KEY_WHERE} AND \`count\` = 0`;

/** What was deleted of a count, by the columns of its key. */
interface Deleted {
  readonly key: readonly string[];
  readonly count: number;
}

/** A count that is locked: how it is written in a statement, and what is left of it. */
interface Left {
  readonly key: readonly string[];
  readonly literal: string;
  readonly count: bigint;
}

/**
 * Takes rows that are deleted off the counts, in the transaction that deletes them: the last statements but for
 * what protects it, in the order in which workers lock. As repair does: never below zero, which the columns do not
 * hold; counts of nothing go. Needs no right to insert counts.
 */
export async function subtractCounts(session: Session, counts: Counts): Promise<void> {
  const minutes = counts
    .byMinute()
    .map(({ minute, serviceName, severity, count }) => ({ key: [minute, serviceName, severity], count }));
  await subtract(session, MINUTES, minutes);
  await subtractRollups(session, counts);
  const keys = counts
    .byKey()
    .map(({ serviceName, severity, count }) => ({ key: [serviceName, severity], count }));
  await subtract(session, KEYS, keys);
}

/** A table of counts. */
interface CountTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** What an UPDATE sets besides. */
  readonly keeps: string;
  /** Removes counts of which nothing is left. */
  remove(session: Session, empty: readonly Left[]): Promise<void>;
}

const MINUTES: CountTable = {
  name: 'service_severity_minutes',
  columns: ['minute', 'service_name', 'severity'],
  keeps: '',
  remove: (session, empty) =>
    session.run(`DELETE FROM service_severity_minutes WHERE ${oneOf(MINUTES, empty)}`),
};

const KEYS: CountTable = {
  name: 'service_severity',
  columns: ['service_name', 'severity'],
  // Which says that the sums were changed too.
  keeps: ', changed_at = changed_at',
  async remove(session, empty) {
    for (const { key } of empty) {
      await session.execute(SET_ZERO, [...key]);
      await session.execute(FORGET_MARK, [...key, ...key]);
      await session.execute(REMOVE, [...key]);
    }
  },
};

async function subtract(session: Session, table: CountTable, deleted: readonly Deleted[]): Promise<void> {
  const literal = textLiterals();
  for (let start = 0; start < deleted.length; start += COUNTS_AT_ONCE) {
    const some = deleted.slice(start, start + COUNTS_AT_ONCE).map((each) => ({
      ...each,
      literal: `(${each.key.map(literal).join(',')})`,
    }));
    const left = await lockedCounts(session, table, some);
    const empty = left.filter(({ count }) => count <= 0n);
    if (empty.length > 0) await table.remove(session, empty);
    const others = left.filter(({ count }) => count > 0n);
    for (let at = 0; at < others.length; at += CHANGES_AT_ONCE)
      await session.run(changeSql(table, others.slice(at, at + CHANGES_AT_ONCE)));
  }
}

/** Locks those that are there, and says what is left of them. */
async function lockedCounts(
  session: Session,
  table: CountTable,
  deleted: readonly (Deleted & { readonly literal: string })[],
): Promise<Left[]> {
  const columns = table.columns.map((column) => `CAST(${column} AS CHAR) AS ${column}_text`);
  const rows = await session.query(
    `SELECT ${columns.join(', ')}, CAST(\`count\` AS CHAR) AS counted FROM ${table.name}
     WHERE ${oneOf(table, deleted)} ORDER BY ${table.columns.join(', ')} FOR UPDATE`,
  );
  const keyOfRow = (row: Row) => table.columns.map((column) => text(row, `${column}_text`));
  const counted = new Map(rows.map((row) => [JSON.stringify(keyOfRow(row)), exactCount(row, 'counted')]));
  return deleted.flatMap(({ key, count, literal }) => {
    const before = counted.get(JSON.stringify(key));
    return before === undefined ? [] : [{ key, literal, count: before - BigInt(count) }];
  });
}

/** They are locked: what they are now is known. */
function changeSql(table: CountTable, left: readonly Left[]): string {
  const columns = table.columns.join(',');
  const cases = left.map(({ literal, count }) => `WHEN (${columns}) = ${literal} THEN ${String(count)}`);
  return `UPDATE ${table.name} SET \`count\` = CASE ${cases.join(' ')} ELSE \`count\` END${table.keeps}
    WHERE ${oneOf(table, left)}`;
}

function oneOf(
  { columns }: Pick<CountTable, 'columns'>,
  keys: readonly { readonly literal: string }[],
): string {
  return `(${columns.join(',')}) IN (${keys.map(({ literal }) => literal).join(',')})`;
}
