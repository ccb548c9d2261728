import { reject, shown } from '../rejection.ts';
import type { Rejection } from '../rejection.ts';
import type { Severity } from '../severity.ts';

/** Cloud Logging's LogSeverity, as a name or as the number that protobuf's JSON may have instead. */
const SEVERITY_OF: ReadonlyMap<unknown, Severity> = new Map<unknown, Severity>([
  ['DEFAULT', 'info'],
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['NOTICE', 'info'],
  ['WARNING', 'warn'],
  ['ERROR', 'error'],
  ['CRITICAL', 'fatal'],
  ['ALERT', 'fatal'],
  ['EMERGENCY', 'fatal'],
  [0, 'info'],
  [100, 'debug'],
  [200, 'info'],
  [300, 'info'],
  [400, 'warn'],
  [500, 'error'],
  [600, 'fatal'],
  [700, 'fatal'],
  [800, 'fatal'],
]);

/** The one of Cloud Logging's severities that each of ours stands for: the others are told apart in the tags only. */
const TOLD_BY_OURS: ReadonlySet<unknown> = new Set([
  'DEBUG',
  'INFO',
  'WARNING',
  'ERROR',
  'CRITICAL',
  100,
  200,
  400,
  500,
  600,
]);

/** Our severity for a LogEntry's. One that is absent means DEFAULT, as everywhere in protobuf's JSON. */
export function mapSeverity(severity: unknown): Severity | Rejection {
  const mapped = SEVERITY_OF.get(severity ?? 'DEFAULT');
  return (
    mapped ??
    reject(
      'unknown_severity',
      `severity is "${shown(severity)}": it should be one of Cloud Logging's, DEFAULT to EMERGENCY or 0 to 800.`,
    )
  );
}

/** Whether `mapSeverity` keeps all that a severity says. */
export function isToldByOurs(severity: unknown): boolean {
  return TOLD_BY_OURS.has(severity);
}
