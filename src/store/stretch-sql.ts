import {
  END_OF_TIME,
  type EntryKey,
  type MinutesRequest,
  type Order,
  type Stretch,
} from '../query/answers/ports.ts';
import { allOf, type Sql } from './filter-sql.ts';

/** The rows of a stretch, up to and with `end` if it is given. */
export function stretchSql({ order, after, from, to }: Stretch, end?: EntryKey): Sql {
  const isNewest = order === 'newest';
  return allOf([
    ...(from === undefined ? [] : [{ text: 'service_logs.`timestamp` >= ?', values: [from] }]),
    ...(to === undefined || to === END_OF_TIME
      ? []
      : [{ text: 'service_logs.`timestamp` < ?', values: [to] }]),
    ...(after === undefined ? [] : [behind(after, isNewest)]),
    ...(end === undefined ? [] : [upTo(end, isNewest)]),
  ]);
}

/** Not `(timestamp, event_id) > (?, ?)`: for that MySQL and MariaDB walk the whole index. */
function behind({ timestamp, eventId }: EntryKey, isNewest: boolean): Sql {
  const sign = isNewest ? '<' : '>';
  return {
    text: `service_logs.\`timestamp\` ${sign}= ? AND (service_logs.\`timestamp\` ${sign} ? OR service_logs.event_id ${sign} ?)`,
    values: [timestamp, timestamp, eventId],
  };
}

function upTo({ timestamp, eventId }: EntryKey, isNewest: boolean): Sql {
  const sign = isNewest ? '>' : '<';
  return {
    text: `service_logs.\`timestamp\` ${sign}= ? AND (service_logs.\`timestamp\` ${sign} ? OR service_logs.event_id ${sign}= ?)`,
    values: [timestamp, timestamp, eventId],
  };
}

/**
 * How a statement orders the rows of a stretch. With the table's name: to MySQL the bare name is that of the
 * text which a statement selects under it, and it would sort the whole table by that.
 */
export function orderSql({ order }: Pick<Stretch, 'order'>): string {
  return `${timeOrderSql({ order })}, service_logs.event_id${directionSql(order)}`;
}

/** The same, but those of one time in any order. */
export function timeOrderSql({ order }: Pick<Stretch, 'order'>): string {
  return `ORDER BY service_logs.\`timestamp\`${directionSql(order)}`;
}

/** How a statement orders counts by minute: see `orderSql`. */
export function minuteOrderSql({ order }: Pick<MinutesRequest, 'order'>): string {
  return `ORDER BY service_severity_minutes.\`minute\`${directionSql(order)}`;
}

function directionSql(order: Order): string {
  return order === 'newest' ? ' DESC' : '';
}

/** A column is one of these texts. */
function oneOfSql(column: string, texts: readonly string[]): Sql {
  return { text: `${column} IN (${texts.map(() => '?').join(', ')})`, values: texts };
}

/** The counts that are asked for, of the minutes up to and with `end` if it is given. */
export function minutesSql({ order, from, to }: MinutesRequest, end?: string): Sql {
  return allOf([
    ...(from === undefined ? [] : [{ text: '`minute` >= ?', values: [from] }]),
    ...(to === undefined ? [] : [{ text: '`minute` < ?', values: [minuteBound(to)] }]),
    ...(end === undefined
      ? []
      : [{ text: `\`minute\` ${order === 'newest' ? '>' : '<'}= ?`, values: [end] }]),
  ]);
}

/** The end of a range of minutes as a database takes it. */
export function minuteBound(to: string): string {
  return END_OF_TIME.startsWith(to) ? '9999-12-31 23:59:59' : to;
}

/** The counts of these services and severities. */
export function selectionSql({ services, severities }: Pick<MinutesRequest, 'services' | 'severities'>): Sql {
  return allOf([
    ...(services === undefined ? [] : [oneOfSql('service_name', services)]),
    ...(severities === undefined ? [] : [oneOfSql('severity', severities)]),
  ]);
}
