import { minuteDifference } from './differences.ts';
import { roundedCount, type Row, severity, text } from './rows.ts';
import type { CountComparison, KeyComparison, RollupCheck, Verification } from './store.ts';

/** Both databases read this: what the three tables say of each service and severity. */
export const KEY_COMPARISONS = `
  SELECT service_name, severity,
    SUM(log_rows) AS log_rows, SUM(counted) AS counted, SUM(counted_by_minute) AS counted_by_minute
  FROM (
    SELECT service_name, severity, COUNT(*) AS log_rows, 0 AS counted, 0 AS counted_by_minute
      FROM service_logs GROUP BY service_name, severity
    UNION ALL SELECT service_name, severity, 0, \`count\`, 0 FROM service_severity
    UNION ALL SELECT service_name, severity, 0, 0, SUM(\`count\`)
      FROM service_severity_minutes GROUP BY service_name, severity
  ) AS compared
  GROUP BY service_name, severity ORDER BY service_name, severity`;

/** Puts the answers to all queries together. Sums that nobody uses may be wrong. */
export function verification(
  keyRows: readonly Row[],
  minuteRows: readonly Row[],
  rollups: RollupCheck,
): Verification {
  const keys = keyRows.map(keyComparison);
  const differences = keys.filter((key) => key.rows !== key.counted || key.rows !== key.countedByMinute);
  const minuteDifferences = minuteRows.map(minuteDifference);
  return {
    agree:
      differences.length === 0 && minuteDifferences.length === 0 && (rollups.wrong === 0 || !rollups.inUse),
    total: keys.reduce(plus, { rows: 0, counted: 0, countedByMinute: 0 }),
    keys,
    differences,
    minuteDifferences,
    rollups,
  };
}

function keyComparison(row: Row): KeyComparison {
  return {
    serviceName: text(row, 'service_name'),
    severity: severity(row, 'severity'),
    rows: roundedCount(row, 'log_rows'),
    counted: roundedCount(row, 'counted'),
    countedByMinute: roundedCount(row, 'counted_by_minute'),
  };
}

function plus(a: CountComparison, b: CountComparison): CountComparison {
  return {
    rows: a.rows + b.rows,
    counted: a.counted + b.counted,
    countedByMinute: a.countedByMinute + b.countedByMinute,
  };
}
