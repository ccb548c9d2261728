import type { StoredEntry } from '../logs/entry.ts';
import type { EntryKey, KeyCount, MinuteCount, Order } from '../query/answers/ports.ts';
import { count, type Row, severity, text } from './rows.ts';

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
