import type { DatabaseSync } from 'node:sqlite';
import { leaseLost, protectionSql, type WorkLease } from '../work-leases.ts';

const PROTECT = protectionSql({ now: "strftime('%Y-%m-%d %H:%M:%f000', 'now')" });

/**
 * Protects the file's open transaction by a lease: it is not committed if another has taken the lease. Throws
 * LEASE_LOST if the lease is lost.
 */
export function protectWork(file: DatabaseSync, { name, owner }: WorkLease): void {
  if (Number(file.prepare(PROTECT).run(name, owner).changes) === 0) throw leaseLost(name);
}
