import type { AccessPath, PieceRequest, Selection, Stretch, TagPath } from '../../../query/answers/ports.ts';
import type { EntryKey } from '../../../query/answers/ports.ts';
import { STORED_COLUMN_NAMES, TIME_COLUMNS } from '../../columns.ts';
import { allOf, filterSql, type Sql, TRUE } from '../../filter-sql.ts';
import { orderSql, selectionSql, stretchSql, timeOrderSql } from '../../stretch-sql.ts';
import { MYSQL } from './dialect.ts';

/** What is asked for by a way that the tables have from the beginning. */
export interface ServedRequest extends PieceRequest {
  readonly path: Exclude<AccessPath, TagPath>;
}

const KEY = 'CAST(`timestamp` AS CHAR) AS `timestamp`, event_id';

/**
 * What `storedEntry` reads, as a statement lists it: times as text, which the driver would otherwise put
 * together from numbers, at a quarter of what a row costs it. Such a statement orders by columns with the
 * table's name, see `orderSql`.
 */
export const STORED_TEXTS = STORED_COLUMN_NAMES.map((name) => {
  const column = `service_logs.\`${name}\``;
  return TIME_COLUMNS.includes(name) ? `CAST(${column} AS CHAR) AS \`${name}\`` : column;
}).join(', ');

/** A statement with its values in it, as bytes: nothing in them is read as SQL. */
export function withLiterals({ text, values }: Sql): string {
  const parts = text.split('?');
  if (parts.length !== values.length + 1) throw new TypeError('not a value for each place');
  return parts.reduce((sql, part, at) => `${sql}${literal(values[at - 1] ?? null)}${part}`);
}

function literal(value: string | null): string {
  return value === null ? 'NULL' : `_utf8mb4 x'${Buffer.from(value).toString('hex')}'`;
}

const BY_SERVICE = 'service_logs FORCE INDEX (by_service)';

/** The key of the row after which a piece of the table ends, if there is one. */
export function endOfPiece(stretch: Stretch, rows: number): Sql {
  return endOf('service_logs', stretchSql(stretch), orderSql(stretch), rows);
}

/**
 * The same for each service and severity, in the index of them: a row for each that has more. By time alone,
 * for MySQL sorts all rows of a service before it orders those of one time by their id: any of these may be the
 * end.
 */
export function endsOfServices(stretch: Stretch, pairs: readonly Selection[], rows: number): Sql {
  const each = pairs.map((pair) =>
    endOf(BY_SERVICE, allOf([selectionSql(pair), stretchSql(stretch)]), timeOrderSql(stretch), rows),
  );
  return {
    text: each.map(({ text }) => `(${text})`).join(' UNION ALL '),
    values: each.flatMap(({ values }) => values),
  };
}

function endOf(table: string, where: Sql, order: string, rows: number): Sql {
  return {
    text: `SELECT ${KEY} FROM ${table} ${whereSql(where)} ${order} LIMIT 1 OFFSET ${rows - 1}`,
    values: where.values,
  };
}

/** How many rows a piece has that ends with this key, or with its stretch. */
export function countOfPiece({ stretch, path }: ServedRequest, end?: EntryKey): Sql {
  const isByKey = path.kind === 'key';
  const place = stretchSql(stretch, end);
  const where = isByKey ? place : allOf([selectionSql(path), place]);
  const table = isByKey ? 'service_logs' : BY_SERVICE;
  return { text: `SELECT COUNT(*) AS counted FROM ${table} ${whereSql(where)}`, values: where.values };
}

/** The rows of a piece that the filter may match, in the order of its stretch. */
export function rowsOfPiece({ stretch, path, filter, maxEntries }: ServedRequest, end?: EntryKey): Sql {
  const place = stretchSql(stretch, end);
  const condition = filterSql(filter, MYSQL);
  const tail = `${orderSql(stretch)} LIMIT ${maxEntries}`;
  if (path.kind === 'key') {
    const where = allOf([place, condition]);
    return {
      text: `SELECT ${STORED_TEXTS} FROM service_logs ${whereSql(where)} ${tail}`,
      values: where.values,
    };
  }
  // The keys come from the index alone, and are few; each row is then looked up by its key.
  const keys = allOf([selectionSql(path), place]);
  return {
    text: `SELECT ${STORED_TEXTS}
      FROM (SELECT \`timestamp\` AS key_time, event_id AS key_id FROM ${BY_SERVICE} ${whereSql(keys)}) AS found
      STRAIGHT_JOIN service_logs ON \`timestamp\` = key_time AND event_id = key_id
      ${whereSql(condition)} ${tail}`,
    values: [...keys.values, ...condition.values],
  };
}

export function whereSql(condition: Sql): string {
  return condition === TRUE ? '' : `WHERE ${condition.text}`;
}
