import type { Severity } from '../../../logs/severity.ts';
import { Counts } from '../../counts.ts';
import { exactCount, text } from '../../rows.ts';
import type { Session } from '../driver/session.ts';
import { subtractRollups } from './add-counts.ts';
import { textLiterals } from './literals.ts';
import { MARK_LEVEL, NO_TIME } from './rollup-statements.ts';

/** Counts of a statement: MariaDB makes a subquery of a list of 1,000 values, and then locks other rows too. */
const COUNTS_AT_ONCE = 256;
const KEY_WHERE = 'WHERE service_name = ? AND severity = ?';
/** A mark that says something else stays: then the sums may have something of what is no more. */
const FORGET_MARK = `DELETE FROM lms_rollups ${KEY_WHERE} AND width = 0 AND by_service = ${MARK_LEVEL} AND start = '${NO_TIME}'
  AND seen_at = (SELECT changed_at FROM service_severity ${KEY_WHERE} AND \`count\` = 0)`;
const SET_ZERO = `UPDATE service_severity SET \`count\` = 0, changed_at = changed_at ${KEY_WHERE}`;
const REMOVE = `DELETE FROM service_severity ${KEY_WHERE} AND \`count\` = 0`;

/** What is deleted of a count. */
interface Deleted {
  /** Of a count by minute. */
  readonly minute?: string;
  readonly serviceName: string;
  readonly severity: Severity;
  readonly count: number;
}

/** A count that is locked, and what is left of it. */
interface Left {
  readonly of: Deleted;
  readonly count: bigint;
}

/**
 * Takes rows that are deleted off the counts, in the transaction that deletes them: the last statements but for
 * what protects it, in the order in which workers lock. As repair does: never below zero, which the columns do not
 * hold; counts of nothing go. Needs no right to insert counts.
 */
export async function subtractCounts(session: Session, counts: Counts): Promise<void> {
  const gone = new Counts();
  for (const { minute, serviceName, severity } of await subtract(session, MINUTES, counts.byMinute()))
    gone.add({ timestamp: minute ?? '', serviceName, severity });
  await subtractRollups(session, counts, gone);
  await subtract(session, KEYS, counts.byKey());
}

/** A table of counts. */
interface CountTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** What an UPDATE sets besides. */
  readonly keeps: string;
  /** Removes counts of which nothing is left. */
  remove(session: Session, empty: readonly Deleted[]): Promise<void>;
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
    for (const { serviceName, severity } of empty) {
      const key = [serviceName, severity];
      await session.execute(SET_ZERO, key);
      await session.execute(FORGET_MARK, [...key, ...key]);
      await session.execute(REMOVE, key);
    }
  },
};

/** Resolves to the counts of which nothing is left. */
async function subtract(
  session: Session,
  table: CountTable,
  deleted: readonly Deleted[],
): Promise<readonly Deleted[]> {
  const gone: Deleted[] = [];
  for (let start = 0; start < deleted.length; start += COUNTS_AT_ONCE) {
    const left = await lockedCounts(session, table, deleted.slice(start, start + COUNTS_AT_ONCE));
    const empty = left.filter(({ count }) => count <= 0n).map(({ of }) => of);
    if (empty.length > 0) await table.remove(session, empty);
    const others = left.filter(({ count }) => count > 0n);
    if (others.length > 0) await session.run(changeSql(table, others));
    gone.push(...empty);
  }
  return gone;
}

/** Locks those that are there, and says what is left of them. */
async function lockedCounts(
  session: Session,
  table: CountTable,
  deleted: readonly Deleted[],
): Promise<Left[]> {
  const rows = await session.query(
    `SELECT ${keyText(table)} AS key_text, CAST(\`count\` AS CHAR) AS counted FROM ${table.name}
     WHERE ${oneOf(table, deleted)} ORDER BY ${table.columns.join(', ')} FOR UPDATE`,
  );
  const counted = new Map(rows.map((row) => [text(row, 'key_text'), exactCount(row, 'counted')]));
  return deleted.flatMap((of) => {
    const before = counted.get(keyOf(of));
    return before === undefined ? [] : [{ of, count: before - BigInt(of.count) }];
  });
}

/** They are locked: what they are now is known. Each is looked up in a list, which is faster than a CASE. */
function changeSql(table: CountTable, left: readonly Left[]): string {
  const literal = textLiterals();
  const keys = left.map(({ of }) => literal(keyOf(of))).join(',');
  const counts = left.map(({ count }) => String(count)).join(',');
  const where = oneOf(
    table,
    left.map(({ of }) => of),
  );
  return `UPDATE ${table.name} SET \`count\` = ELT(FIELD(${keyText(table)},${keys}),${counts})${table.keeps}
    WHERE ${where}`;
}

/** The key as one text, which a service cannot make another: it comes last. */
function keyText({ columns }: CountTable): string {
  const others = columns.filter((column) => column !== 'service_name');
  return `CONCAT_WS(' ', ${[...others, 'service_name'].join(', ')})`;
}

function keyOf({ minute, serviceName, severity }: Deleted): string {
  return [...(minute === undefined ? [] : [minute]), severity, serviceName].join(' ');
}

/** A single one is compared column by column: see `ofKeys` of the prepared statements. */
function oneOf({ columns }: CountTable, keys: readonly Deleted[]): string {
  const literal = textLiterals();
  const listed = keys.map(({ minute, serviceName, severity }) =>
    (minute === undefined ? [serviceName, severity] : [minute, serviceName, severity]).map(literal),
  );
  const [only, ...others] = listed;
  if (only !== undefined && others.length === 0)
    return columns.map((column, index) => `${column} = ${only[index] ?? ''}`).join(' AND ');
  return `(${columns.join(',')}) IN (${listed.map((key) => `(${key.join(',')})`).join(',')})`;
}
