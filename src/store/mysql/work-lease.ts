import { leaseLost, protectionSql, type WorkLease } from '../work-leases.ts';
import type { Session } from './driver/session.ts';

const PROTECT = protectionSql({ now: 'CURRENT_TIMESTAMP(6)' });

/**
 * Protects the session's open transaction by a lease: it cannot commit if another takes the lease before.
 * Locks the lease's row until then, and renewals wait for that: best called last, before COMMIT. Throws
 * LEASE_LOST if the lease is lost.
 */
export async function protectWork(session: Session, { name, owner }: WorkLease): Promise<void> {
  const { affectedRows } = await session.execute(PROTECT, [name, owner]);
  if (affectedRows === 0) throw leaseLost(name);
}
