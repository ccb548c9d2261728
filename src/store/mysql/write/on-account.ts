import type { DeletionFor } from '../../../retention/ports.ts';
import { basisSql, requireBasis } from '../../retention-basis.ts';
import type { Session } from '../driver/session.ts';
import { protectWork } from '../work-lease.ts';

const ADD = `INSERT INTO lms_retention_rules (version, place, deleted_rows) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE deleted_rows = deleted_rows + VALUES(deleted_rows)`;
const BASIS = basisSql({ now: 'CURRENT_TIMESTAMP(6)' });

/**
 * Puts deleted rows on the account of the rule they were deleted by, and protects the open transaction: called
 * last, before COMMIT. Throws LEASE_LOST if the lease is lost, and RULES_CHANGED as `requireBasis` does. The lease
 * first: once its row is changed, whoever puts other rules in force waits for this transaction, or is seen by it.
 */
export async function putOnAccount(
  session: Session,
  { lease, rule, basis }: DeletionFor,
  deleted: number,
): Promise<void> {
  if (rule !== undefined && deleted > 0)
    await session.execute(ADD, [String(rule.version), String(rule.place), String(deleted)]);
  if (lease !== undefined) await protectWork(session, lease);
  if (basis !== undefined && deleted > 0) {
    const [version] = await session.select(BASIS.version, []);
    requireBasis(basis, { version, holds: await session.select(BASIS.holds, []) });
  }
}
