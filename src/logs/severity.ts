/** The severities of a log entry, lowest first. The order is the order of the database's ENUM. */
export const SEVERITIES = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

/** How bad a log entry is. */
export type Severity = (typeof SEVERITIES)[number];

const KNOWN: ReadonlySet<unknown> = new Set(SEVERITIES);

/** Whether `value` is one of the five severities, spelled exactly so. */
export function isSeverity(value: unknown): value is Severity {
  return KNOWN.has(value);
}
