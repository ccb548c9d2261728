import { SEVERITIES, type Severity } from '../logs/severity.ts';
import type { KeyCount } from '../query/answers/ports.ts';
import type { WorkLease } from './work-leases.ts';

/** How wide sums of counts are, in minutes. Of minutes there are sums over all services alone. */
export type RollupWidth = 1 | 60 | 1440;

/** What sums of counts tell apart, and what `lms_rollups` has in `by_service` for it. */
export const ROLLUP_LEVELS = {
  /** The severities, over all services: `service_name` is empty. */
  severities: 0,
  /** Each service and severity. */
  keys: 1,
  /** The services, over all severities. Not on SQLite, where a sum more would cost the writer too much. */
  services: 2,
} as const;
export type RollupLevel = (typeof ROLLUP_LEVELS)[keyof typeof ROLLUP_LEVELS];

/** What sums over all severities have in that column. */
export const ANY_SEVERITY = 'debug';

/** Sums of `lms_rollups` that begin at one time. */
export interface RollupGroup {
  readonly width: RollupWidth;
  readonly level: RollupLevel;
  /** UTC: `YYYY-MM-DD HH:MM:00`. */
  readonly start: string;
  readonly counts: readonly KeyCount[];
}

/** Sums from a day on, to before another. */
export interface RollupRange {
  /** Midnight, or the first that a column holds: `YYYY-MM-DD HH:MM:SS`. */
  readonly from: string;
  readonly to: string;
}

/** What a database does to bring its sums into step with its counts by minute. Fails with its library's errors. */
export interface RollupUpkeep {
  /** Whether readers may use them. */
  isTrusted(): Promise<boolean>;
  /** Looks at how the tables stand, before the first range is filled; protected as `fill` is. */
  begin(lease?: WorkLease): Promise<RollupBeginning>;
  /**
   * Adds to each sum of a range what the counts have more, in one transaction, protected by the lease if
   * there is one; resolves to how many differed.
   */
  fill(range: RollupRange, lease?: WorkLease): Promise<number>;
  /**
   * All ranges are filled: readers may use the sums, unless somebody wrote without them since `begin`. Resolves
   * to false if the counts were repaired meanwhile: then it is to be begun again.
   */
  finish(beginning: RollupBeginning, lease?: WorkLease): Promise<boolean>;
}

/** How the tables stood. */
export interface RollupBeginning {
  /** All that a column holds, in ranges of a day or without a count. */
  readonly ranges: readonly RollupRange[];
  /** When each count was last changed by somebody who does not know the sums. */
  readonly seen: readonly SeenCount[];
  /** How often the counts were repaired: a repair changes them without the sums. */
  readonly repairs: bigint;
  /** Set if nobody may use the sums before they are filled, whatever else is right: see `finish`. */
  readonly barrier: string | undefined;
}

interface SeenCount {
  readonly serviceName: string;
  readonly severity: Severity;
  readonly at: string;
}

const FIRST_START = '1000-01-01 00:00:00';
const LAST_START = '9999-12-31 23:59:59';

/** Everything. */
export const ALL_ROLLUPS: RollupRange = { from: FIRST_START, to: LAST_START };

/** All that a column holds, cut at these days, in order. */
export function rangesAt(days: readonly string[]): RollupRange[] {
  const cuts = [FIRST_START, ...days.slice(1), LAST_START];
  return cuts.slice(1).map((to, index) => ({ from: cuts[index] ?? FIRST_START, to }));
}

/** How a database writes these of a column, and what it keeps sums of. */
export interface RollupDialect {
  readonly minuteOf: string;
  readonly hourOf: string;
  readonly dayOf: string;
  readonly startText: string;
  readonly hasServiceSums: boolean;
}

/**
 * The sums of a range that differ from the counts by minute, in the order in which writers lock them.
 * Parameters: `rollupDifferencesValues`.
 */
export function rollupDifferencesSql(dialect: RollupDialect): string {
  const expected = expectedSums(dialect).map(([width, level, start]) => {
    const isByService = level !== ROLLUP_LEVELS.severities;
    const isBySeverity = level !== ROLLUP_LEVELS.services;
    const name = isByService ? 'service_name' : "''";
    const groups = [
      '3',
      ...(isByService ? ['service_severity_minutes.service_name'] : []),
      ...(isBySeverity ? ['service_severity_minutes.severity'] : []),
    ];
    return `SELECT ${String(width)} AS width, ${String(level)} AS by_service, ${start} AS start, ${name} AS service_name,
      ${isBySeverity ? 'severity' : `'${ANY_SEVERITY}' AS severity`}, SUM(\`count\`) AS log_rows, 0 AS counted
      FROM service_severity_minutes WHERE minute >= ? AND minute < ?
      GROUP BY ${groups.join(', ')}`;
  });
  const levels = [...new Set(expectedSums(dialect).map(([, level]) => String(level)))].join(', ');
  const order = SEVERITIES.map((severity, index) => `WHEN '${severity}' THEN ${String(index)}`).join(' ');
  return `
  SELECT width, by_service, start, service_name, severity, SUM(log_rows) AS log_rows, SUM(counted) AS counted
  FROM (
    ${expected.join(' UNION ALL ')}
    UNION ALL SELECT width, by_service, ${dialect.startText}, service_name, severity, 0, \`count\` FROM lms_rollups
      WHERE width IN (1, 60, 1440) AND by_service IN (${levels}) AND start >= ? AND start < ?
  ) AS compared
  GROUP BY width, by_service, start, service_name, severity
  HAVING SUM(log_rows) <> SUM(counted)
  ORDER BY width, by_service, start, service_name, CASE severity ${order} END`;
}

/** The parameters of `rollupDifferencesSql`. */
export function rollupDifferencesValues({ from, to }: RollupRange, dialect: RollupDialect): string[] {
  return [...expectedSums(dialect), undefined].flatMap(() => [from, to]);
}

function expectedSums({ minuteOf, hourOf, dayOf, hasServiceSums }: RollupDialect) {
  const { severities, keys, services } = ROLLUP_LEVELS;
  const levels = hasServiceSums ? [severities, keys, services] : [severities, keys];
  return [
    [1, severities, minuteOf] as const,
    ...levels.map((level) => [60, level, hourOf] as const),
    ...levels.map((level) => [1440, level, dayOf] as const),
  ];
}
