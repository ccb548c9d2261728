import { LmsError } from '../errors/catalogue.ts';
import type { DeletionBasis } from '../retention/ports.ts';
import type { RecordsDialect } from './records.ts';
import { count, type Row, text } from './rows.ts';

/** What tells whether a deletion is still wanted, on the connection of its open transaction. */
export interface BasisSql {
  readonly version: string;
  readonly holds: string;
}

/** The statements of a database. */
export function basisSql({ now }: Pick<RecordsDialect, 'now'>): BasisSql {
  return {
    version: 'SELECT COALESCE(MAX(version), 0) AS version FROM lms_retention_versions',
    holds: `SELECT id FROM lms_retention_holds WHERE held_until > ${now}`,
  };
}

/**
 * Throws RULES_CHANGED if other rules are in force, or there is a hold that nobody knew of. Rows that come in after a
 * hold was committed cannot be among those that the transaction has deleted by then.
 */
export function requireBasis(
  { version, holds }: DeletionBasis,
  found: { readonly version: Row | undefined; readonly holds: readonly Row[] },
): void {
  const current = found.version === undefined ? 0 : count(found.version, 'version');
  if (version !== undefined && current !== version) throw changed('other rules are in force');
  const unknown = found.holds.map((row) => text(row, 'id')).find((id) => !holds.includes(id));
  if (unknown !== undefined) throw changed(`there is a hold more: ${unknown}`);
}

function changed(what: string): LmsError {
  return new LmsError('RULES_CHANGED', `entries were about to be deleted, and ${what}`);
}
