import type { Clock } from '../../src/pipeline/ports.ts';
import { LEASE_MS, type WorkLease, type WorkLeases } from '../../src/store/work-leases.ts';

/** The table of leases, with the database's clock. Each process sees it through a `MemoryLeases` of its own. */
export class LeaseTable {
  readonly rows = new Map<string, { readonly owner: string; readonly endsAtMs: number }>();
  readonly #clock: Clock;
  #owners = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The leases as a process sees them. */
  seen(): MemoryLeases {
    return new MemoryLeases(this);
  }

  take(name: string): WorkLease | undefined {
    const row = this.rows.get(name);
    if (row !== undefined && row.endsAtMs > this.#clock.now()) return undefined;
    this.#owners += 1;
    const lease = { name, owner: `owner ${String(this.#owners)}` };
    this.#set(lease);
    return lease;
  }

  renew(lease: WorkLease): boolean {
    if (!this.#isOf(lease)) return false;
    this.#set(lease);
    return true;
  }

  release(lease: WorkLease): void {
    if (this.#isOf(lease)) this.rows.delete(lease.name);
  }

  #isOf({ name, owner }: WorkLease): boolean {
    return this.rows.get(name)?.owner === owner;
  }

  #set({ name, owner }: WorkLease): void {
    this.rows.set(name, { owner, endsAtMs: this.#clock.now() + LEASE_MS });
  }
}

/** What one process sees of them, with the way to the database in a test's hand. */
export class MemoryLeases implements WorkLeases {
  readonly #table: LeaseTable;
  /** What every call waits for first: rejects while the database is away. */
  reach: () => Promise<void> = () => Promise.resolve();
  renewals = 0;
  isClosed = false;

  constructor(table: LeaseTable) {
    this.#table = table;
  }

  async take(name: string): Promise<WorkLease | undefined> {
    await this.reach();
    return this.#table.take(name);
  }

  async renew(lease: WorkLease): Promise<boolean> {
    await this.reach();
    this.renewals += 1;
    return this.#table.renew(lease);
  }

  async release(lease: WorkLease): Promise<void> {
    await this.reach();
    this.#table.release(lease);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
