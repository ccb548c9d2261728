import type { StoredEntry } from '../logs/entry.ts';
import type {
  EntryKey,
  KeyCount,
  MinuteCount,
  MinuteRange,
  Order,
  RangeCount,
} from '../query/answers/ports.ts';
import type { Sql } from './filter-sql.ts';
import { count, type Row, severity, text } from './rows.ts';
import { minuteBound } from './stretch-sql.ts';

/** A piece ends early once its entries are as large as this: UTF-16 units. */
export const MAX_PIECE_BYTES = 32 * 1024 ** 2;

export const KEY_COUNTS = 'SELECT service_name, severity, `count` AS counted FROM service_severity';

/** Reads a row of `KEY_COUNTS`. */
export function keyCount(row: Row): KeyCount {
  return {
    serviceName: text(row, 'service_name'),
    severity: severity(row, 'severity'),
    count: count(row, 'counted'),
  };
}

/** Reads a row of counts by minute. */
export function minuteCount(row: Row): MinuteCount {
  return { ...keyCount(row), minute: text(row, 'minute') };
}

/** The sums of the counts by minute in each range. */
export function rangeCountsSql(ranges: readonly MinuteRange[]): Sql {
  const each = ranges.map(
    (_, index) => `SELECT ${index} AS in_range, service_name, severity, SUM(\`count\`) AS counted
    FROM service_severity_minutes WHERE \`minute\` >= ? AND \`minute\` < ? GROUP BY service_name, severity`,
  );
  return {
    text: each.join(' UNION ALL '),
    values: ranges.flatMap(({ from, to }) => [from, minuteBound(to)]),
  };
}

/** Reads a row of `rangeCountsSql`. */
export function rangeCount(row: Row): RangeCount {
  return { ...keyCount(row), range: count(row, 'in_range') };
}

/** How large an entry is, about. */
export function entryBytes({ payload, tags }: StoredEntry): number {
  return payload.length + (tags?.length ?? 0);
}

/** Of keys, at least one, the one that comes last in an order. */
export function lastInOrder(keys: readonly EntryKey[], order: Order): EntryKey | undefined {
  return keys.toSorted((one, other) => (isBefore(one, other) ? -1 : 1)).at(order === 'oldest' ? -1 : 0);
}

function isBefore(one: EntryKey, other: EntryKey): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp;
  return one.eventId < other.eventId;
}
