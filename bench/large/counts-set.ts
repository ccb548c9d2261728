import { SEVERITIES } from '../../src/logs/severity.ts';
import { midnight } from '../access-log.ts';
import type { DailySet, DayOfRows } from './days.ts';

const SERVICES = 100;
const HOURS = 24;
/** Of each service and severity, in the one minute of an hour that is not empty. */
const COUNT = 50;
const LOAD = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE service_severity_minutes CHARACTER SET utf8mb4
  (minute, service_name, severity, \`count\`)`;
const ADD_COUNTS = `INSERT INTO service_severity (service_name, severity, \`count\`) VALUES ?
  ON DUPLICATE KEY UPDATE \`count\` = \`count\` + VALUES(\`count\`)`;
const KEYS = Array.from({ length: SERVICES }, (_none, service) =>
  SEVERITIES.map((severity) => ({ service: countedService(service), severity })),
).flat();

/** Rows that the counts of a day stand for. */
export const COUNTED_A_DAY = HOURS * KEYS.length * COUNT;

/** The name of a counted service, from number 0 on. */
export function countedService(number: number): string {
  return `service-${String(number % SERVICES).padStart(3, '0')}`;
}

/**
 * Counts of a hundred services without their rows: of each service and severity one minute an hour. All
 * minutes of a year would be a quarter of a milliard counts; hours and days, which a year is read from, are as
 * many as if all minutes had some.
 */
export function countsSet(days: number): DailySet {
  return {
    database: `lms_large_counts_${days}`,
    days,
    rowsADay: HOURS * KEYS.length,
    bytesARow: 200,
    load: LOAD,
    day: dayOfCounts,
  };
}

function dayOfCounts(day: number): DayOfRows {
  const date = midnight(day).slice(0, 'YYYY-MM-DD'.length);
  const lines = Array.from({ length: HOURS }, (_none, hour) =>
    KEYS.map(({ service, severity }) => {
      const minute = `${date} ${String(hour).padStart(2, '0')}:${String(hour * 2).padStart(2, '0')}:00`;
      return `${minute}\t${service}\t${severity}\t${COUNT}\n`;
    }).join(''),
  );
  return {
    file: lines.map((text) => Buffer.from(text)),
    rest: () => [[ADD_COUNTS, [KEYS.map(({ service, severity }) => [service, severity, HOURS * COUNT])]]],
  };
}
