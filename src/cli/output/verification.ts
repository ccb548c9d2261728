import type { CountDifference, KeyComparison, MinuteDifference, Verification } from '../../store/store.ts';
import { type Cell, formatTable } from './table.ts';

const HEADINGS = ['service', 'severity', 'service_logs', 'service_severity', 'service_severity_minutes', ''];

/**
 * What the three tables say of each service and severity, side by side, with totals; then the minutes that
 * differ.
 */
export function verificationTable({ keys, total, minuteDifferences }: Verification): string {
  const all = { serviceName: 'total', severity: '', ...total };
  const table = formatTable(HEADINGS, [...keys, all].map(comparisonCells));
  return minuteDifferences.length === 0 ? table : `${table}\n${minuteTable(minuteDifferences)}`;
}

type Line = Omit<KeyComparison, 'severity'> & { readonly severity: string };

function comparisonCells({ serviceName, severity, rows, counted, countedByMinute }: Line): Cell[] {
  const differs = rows !== counted || rows !== countedByMinute;
  return [serviceName, severity, rows, counted, countedByMinute, differs ? '← differs' : ''];
}

/** Counts of service_severity that differ, beside the rows. */
export function countTable(differences: readonly CountDifference[]): string {
  const cells = differences.map(({ serviceName, severity, rows, counted }): Cell[] => {
    return [serviceName, severity, rows, counted];
  });
  return formatTable(['service', 'severity', 'service_logs', 'service_severity'], cells);
}

/** Counts by minute that differ, beside the rows. */
export function minuteTable(differences: readonly MinuteDifference[]): string {
  const cells = differences.map(({ minute, serviceName, severity, rows, counted }): Cell[] => {
    return [minute, serviceName, severity, rows, counted];
  });
  return formatTable(
    ['minute (UTC)', 'service', 'severity', 'service_logs', 'service_severity_minutes'],
    cells,
  );
}
