import { roundedCount, type Row, severity, text } from './rows.ts';
import type { CountDifference, MinuteDifference, WrongCounts } from './store.ts';

/** Differences that are kept and shown. */
const SHOWN = 100;

/**
 * Both databases read this: the counts of `service_severity` that differ from the rows, in the order in which
 * writers lock them.
 */
export const COUNT_DIFFERENCES = `
  SELECT service_name, severity, SUM(log_rows) AS log_rows, SUM(counted) AS counted
  FROM (
    SELECT service_name, severity, COUNT(*) AS log_rows, 0 AS counted
      FROM service_logs GROUP BY service_name, severity
    UNION ALL SELECT service_name, severity, 0, \`count\` FROM service_severity
  ) AS compared
  GROUP BY service_name, severity
  HAVING SUM(log_rows) <> SUM(counted)
  ORDER BY service_name, severity`;

/**
 * The same of `service_severity_minutes`. `minuteOf` is the database's expression for the minute of the
 * column `timestamp`.
 */
export function minuteDifferencesSql(minuteOf: string): string {
  return `
  SELECT minute, service_name, severity, SUM(log_rows) AS log_rows, SUM(counted) AS counted
  FROM (
    SELECT ${minuteOf} AS minute, service_name, severity, COUNT(*) AS log_rows, 0 AS counted
      FROM service_logs GROUP BY 1, service_name, severity
    UNION ALL SELECT minute, service_name, severity, 0, \`count\` FROM service_severity_minutes
  ) AS compared
  GROUP BY minute, service_name, severity
  HAVING SUM(log_rows) <> SUM(counted)
  ORDER BY minute, service_name, severity`;
}

/** Reads a row of `COUNT_DIFFERENCES`. */
export function countDifference(row: Row): CountDifference {
  return {
    serviceName: text(row, 'service_name'),
    severity: severity(row, 'severity'),
    rows: roundedCount(row, 'log_rows'),
    counted: roundedCount(row, 'counted'),
  };
}

/** Reads a row of `minuteDifferencesSql`. */
export function minuteDifference(row: Row): MinuteDifference {
  return { minute: text(row, 'minute'), ...countDifference(row) };
}

/** Counts differences as they come, and keeps the first of them. */
export class WrongCountsList<Difference> {
  readonly #first: Difference[] = [];
  #total = 0;

  add(difference: Difference): void {
    this.#total += 1;
    if (this.#first.length < SHOWN) this.#first.push(difference);
  }

  result(): WrongCounts<Difference> {
    return { total: this.#total, first: this.#first };
  }
}
