import type { LogEntry } from '../../src/logs/entry.ts';
import { SEVERITIES } from '../../src/logs/severity.ts';

/** Days of which there are entries, with days between that have none. */
export const OLD_DAYS = ['2026-01-30', '2026-01-31', '2026-02-03'] as const;
const SERVICES = ['cart', 'checkout', 'größe 😀'];
const DAY_MICROS = 86_400_000_000;

/** So many entries, spread over the days; some share a time, some have tags, and texts are of every kind. */
export function oldEntries(count: number, prefix = 'event'): readonly LogEntry[] {
  const perDay = Math.ceil(count / OLD_DAYS.length);
  return Array.from({ length: count }, (_none, n) => oldEntry(n, perDay, prefix));
}

function oldEntry(n: number, perDay: number, prefix: string): LogEntry {
  const day = OLD_DAYS[Math.floor(n / perDay)] ?? OLD_DAYS[0];
  // Two share a time; the first and the last of a day are at its very ends.
  const place = Math.floor((n % perDay) / 2);
  const micros =
    place === Math.floor((perDay - 1) / 2) ? DAY_MICROS - 1 : Math.floor((place * DAY_MICROS) / perDay);
  return {
    timestamp: `${day} ${clock(micros)}`,
    eventId: `${prefix}-${String(n)}`,
    serviceName: SERVICES[n % SERVICES.length] ?? '',
    severity: SEVERITIES[n % SEVERITIES.length] ?? 'info',
    payload:
      n % 4 === 0 ? `a "quoted" line,\n\u0000 ,"tags":{} and ${String(n)}` : `Hello from ${String(n)} 😀`,
    tags:
      n % 2 === 0 ? null : `{"code":${String(200 + n)},"exact":12345678901234567890.10,"user":{"name":"é"}}`,
  };
}

function clock(micros: number): string {
  const ms = new Date(Math.floor(micros / 1_000)).toISOString().slice(11, 23);
  return ms + String(micros % 1_000).padStart(3, '0');
}
