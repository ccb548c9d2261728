import type { RowKey, ServiceSeverity } from '../../retention/ports.ts';

/** The key of a row, and what it counts as. */
export type CountedKey = RowKey & ServiceSeverity;

/** Whether it is known of each what it counts as. */
export function areCounted(keys: readonly RowKey[]): keys is readonly CountedKey[] {
  return keys.every(({ serviceName, severity }) => serviceName !== undefined && severity !== undefined);
}
