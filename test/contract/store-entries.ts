import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';

/** An entry that fits every column; `changes` is what a test cares for. */
export function entry(changes: Partial<LogEntry> = {}): LogEntry {
  return {
    timestamp: '2026-03-29 01:30:00.123456',
    eventId: 'event-1',
    serviceName: 'alpha',
    severity: 'info',
    payload: 'Hello',
    tags: null,
    ...changes,
  };
}

/**
 * Entries `from` up to, not including, `to`: all different, five services and severities, 20 a second. Equal
 * calls are equal.
 */
export function entries(from: number, to: number): LogEntry[] {
  return Array.from({ length: to - from }, (_, index) => numbered(from + index));
}

function numbered(n: number): LogEntry {
  const at = new Date(Date.UTC(2026, 2, 29, 1, 30) + n * 50).toISOString();
  return entry({
    timestamp: `${at.slice(0, 10)} ${at.slice(11, 23)}${String(n % 1000).padStart(3, '0')}`,
    eventId: `event-${n}`,
    serviceName: `service-${n % 5}`,
    severity: SEVERITIES[(n >> 3) % SEVERITIES.length] ?? 'info',
    payload: `Hello from message ${n}`,
  });
}

/** The same entries in an order that looks random and is the same every time. */
export function shuffled(list: readonly LogEntry[], seed: number): LogEntry[] {
  const weight = ({ eventId }: LogEntry) => {
    const n = Number(eventId.slice('event-'.length));
    return (Math.imul(n + seed, 2_654_435_761) >>> 0) % 1_000_003;
  };
  return list.toSorted((a, b) => weight(a) - weight(b));
}
