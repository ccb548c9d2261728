import type { LogEntry } from '../logs/entry.ts';
import type { EntryKey } from '../query/answers/ports.ts';

/**
 * The entries in the order of their key `(timestamp, eventId)`, each key once (the first of its entries).
 * Writers that lock rows in one order cannot deadlock, and rows in key order go into the clustered index a
 * tenth faster.
 */
export function sortedDistinct(batch: readonly LogEntry[]): LogEntry[] {
  return distinct(batch);
}

/** The same for keys alone. */
export function sortedKeys<Key extends EntryKey>(keys: readonly Key[]): Key[] {
  return distinct(keys);
}

function distinct<Key extends EntryKey>(keys: readonly Key[]): Key[] {
  const sorted = keys.toSorted(byKey);
  let kept = 0;
  let previous: Key | undefined;
  for (const entry of sorted) {
    if (previous !== undefined && byKey(previous, entry) === 0) continue;
    sorted[kept] = entry;
    kept += 1;
    previous = entry;
  }
  sorted.length = kept;
  return sorted;
}

/**
 * The key as one text, for look-ups. Unambiguous: neither part holds a space at its end, and the first has a
 * fixed length.
 */
export function keyOf(timestamp: string, eventId: string): string {
  return `${timestamp} ${eventId}`;
}

/** The order of keys, oldest first. */
export function byKey(a: EntryKey, b: EntryKey): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  if (a.eventId === b.eventId) return 0;
  return a.eventId < b.eventId ? -1 : 1;
}
