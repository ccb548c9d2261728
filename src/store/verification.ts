import { count, severity, text, type Row } from './columns.ts';
import type { KeyTally, MinuteDifference, Tally, Verification } from './store.ts';

/** Both databases read this: what the three tables say of each service and severity. */
export const TALLY_KEYS = `
  SELECT service_name, severity,
    SUM(log_rows) AS log_rows, SUM(counted) AS counted, SUM(counted_by_minute) AS counted_by_minute
  FROM (
    SELECT service_name, severity, COUNT(*) AS log_rows, 0 AS counted, 0 AS counted_by_minute
      FROM service_logs GROUP BY service_name, severity
    UNION ALL SELECT service_name, severity, 0, \`count\`, 0 FROM service_severity
    UNION ALL SELECT service_name, severity, 0, 0, SUM(\`count\`)
      FROM service_severity_minutes GROUP BY service_name, severity
  ) AS tallies
  GROUP BY service_name, severity ORDER BY service_name, severity`;

/** The minutes that differ. `minuteOf` is the database's expression for the minute of the column `timestamp`. */
export function minuteDifferencesSql(minuteOf: string): string {
  return `
  SELECT minute, service_name, severity, SUM(log_rows) AS log_rows, SUM(counted) AS counted
  FROM (
    SELECT ${minuteOf} AS minute, service_name, severity, COUNT(*) AS log_rows, 0 AS counted
      FROM service_logs GROUP BY 1, service_name, severity
    UNION ALL SELECT minute, service_name, severity, 0, \`count\` FROM service_severity_minutes
  ) AS tallies
  GROUP BY minute, service_name, severity
  HAVING SUM(log_rows) <> SUM(counted)
  ORDER BY minute, service_name, severity LIMIT 100`;
}

/** Puts the answers to both queries together. */
export function verification(keyRows: readonly Row[], minuteRows: readonly Row[]): Verification {
  const keys = keyRows.map(keyTally);
  const differences = keys.filter((key) => key.rows !== key.counted || key.rows !== key.countedByMinute);
  const minuteDifferences = minuteRows.map(minuteDifference);
  return {
    agree: differences.length === 0 && minuteDifferences.length === 0,
    total: keys.reduce(plus, { rows: 0, counted: 0, countedByMinute: 0 }),
    keys,
    differences,
    minuteDifferences,
  };
}

function keyTally(row: Row): KeyTally {
  return {
    serviceName: text(row, 'service_name'),
    severity: severity(row, 'severity'),
    rows: count(row, 'log_rows'),
    counted: count(row, 'counted'),
    countedByMinute: count(row, 'counted_by_minute'),
  };
}

function minuteDifference(row: Row): MinuteDifference {
  return {
    minute: text(row, 'minute'),
    serviceName: text(row, 'service_name'),
    severity: severity(row, 'severity'),
    rows: count(row, 'log_rows'),
    counted: count(row, 'counted'),
  };
}

function plus(a: Tally, b: Tally): Tally {
  return {
    rows: a.rows + b.rows,
    counted: a.counted + b.counted,
    countedByMinute: a.countedByMinute + b.countedByMinute,
  };
}
