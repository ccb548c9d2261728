import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { LmsError } from '../errors/catalogue.ts';
import { retry } from '../pipeline/retry.ts';
import { Lazy } from './lazy.ts';
import type { RecordsDatabase, RecordsDialect, RecordsSession } from './records.ts';

/** How long a lease of work is good without being renewed, by the database's clock. */
export const LEASE_MS = 30_000;

/** The lease that whoever deletes by rules works under; also the job that does. */
export const RETENTION_LEASE = 'retention';
/** The lease that whoever archives, and deletes what is archived, works under. */
export const ARCHIVE_LEASE = 'archive';

/** The right to do some work that one process at a time does. */
export interface WorkLease {
  /** Of the work: 1 to 64 characters of ASCII. */
  readonly name: string;
  /** Who has it: another each time that it is taken. */
  readonly owner: string;
}

/**
 * Who may do which work. Times are the database's alone. A lease says only who should work: what that changes
 * in the database is protected by `protectWork` in each transaction, which cannot commit once another has taken
 * the lease. Rejects with `LmsError`; what fails in passing is tried again for a few seconds before.
 */
export interface WorkLeases {
  /** Takes the lease if nobody has it, or its time is over. Resolves to undefined if somebody has it. */
  take(name: string): Promise<WorkLease | undefined>;
  /**
   * Makes it good for `LEASE_MS` from now, though its time may be over, if nobody has taken it. Resolves to
   * whether it is still ours.
   */
  renew(lease: WorkLease): Promise<boolean>;
  /** Gives it up, so that another need not wait until its time is over. Not ours any more: does nothing. */
  release(lease: WorkLease): Promise<void>;
  close(): Promise<void>;
}

/**
 * The change by which a transaction is protected: its values are the lease's name and owner. If it finds no
 * row, the lease is lost. Two that change the same row cannot both commit, on a cluster of several writable
 * nodes neither.
 */
export function protectionSql({ now }: Pick<RecordsDialect, 'now'>): string {
  return `UPDATE lms_leases SET epoch = epoch + 1 WHERE name = ? AND owner = ? AND expires_at > ${now}`;
}

/** The transaction that meets this is to be rolled back, and not tried again. */
export function leaseLost(name: string, cause?: unknown): LmsError {
  const message = `the lease of the work ${name} is lost: it was not renewed in time, or another process has it`;
  return new LmsError('LEASE_LOST', message, { cause });
}

/** Whether work ended because its lease is lost. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof LmsError && error.code === 'LEASE_LOST';
}

const BACKOFF = { baseMs: 50, capMs: 1_000 };
const RETRY_TOTAL_MS = 5_000;
const MAX_HOST_NAME = 64;
/**
 * No lease ends so much later, unless the database's clock was wrong when it was taken: nobody has to wait until
 * then. More than the clocks of a cluster's nodes differ.
 */
const IMPOSSIBLE_SECONDS = 3_600;

const FIND = 'SELECT name FROM lms_leases WHERE name = ?';
const RELEASE =
  'UPDATE lms_leases SET owner = NULL, expires_at = NULL, epoch = epoch + 1 WHERE name = ? AND owner = ?';

/** The leases of any database, which is opened once something is asked of it. */
export class DatabaseWorkLeases implements WorkLeases {
  readonly #database: Lazy<RecordsDatabase>;

  /** `open` rejects with `LmsError`. */
  constructor(open: () => Promise<RecordsDatabase>) {
    this.#database = new Lazy(open);
  }

  async take(name: string): Promise<WorkLease | undefined> {
    const lease = { name, owner: newOwner() };
    const isTaken = await this.#run((session, dialect) => takeIfFree(session, dialect, lease));
    return isTaken ? lease : undefined;
  }

  async renew({ name, owner }: WorkLease): Promise<boolean> {
    const renewed = await this.#run((session, { later }) => {
      const sql = `UPDATE lms_leases SET expires_at = ${later(LEASE_MS / 1_000)}, epoch = epoch + 1 WHERE name = ? AND owner = ?`;
      return session.change(sql, [name, owner]);
    });
    return renewed > 0;
  }

  async release({ name, owner }: WorkLease): Promise<void> {
    await this.#run((session) => session.change(RELEASE, [name, owner]));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #run<T>(work: (session: RecordsSession, dialect: RecordsDialect) => Promise<T>): Promise<T> {
    const database = await this.#database.opened();
    const isTransient = (error: unknown) => database.isTransient(error);
    const policy = { backoff: BACKOFF, totalMs: RETRY_TOTAL_MS, isTransient };
    try {
      return await retry(() => database.write((session) => work(session, database.dialect)), policy);
    } catch (error) {
      throw database.explain(error);
    }
  }
}

/**
 * A statement each, committed by itself. Whoever only waits reads, and stands in nobody's way: the row is locked
 * while a transaction that it protects is open. The owner's own lease is free to it, because a first try may
 * have been committed without a reply.
 */
async function takeIfFree(
  session: RecordsSession,
  { now, later, onConflict }: RecordsDialect,
  { name, owner }: WorkLease,
): Promise<boolean> {
  const isFree = `(owner IS NULL OR owner = ? OR expires_at IS NULL OR expires_at <= ${now}
    OR expires_at > ${later(IMPOSSIBLE_SECONDS)})`;
  const [known] = await session.select(FIND, [name]);
  if (known === undefined) {
    const sql = `INSERT INTO lms_leases (name, epoch) VALUES (?, 0) ${onConflict('name')} name = lms_leases.name`;
    await session.change(sql, [name]);
  }
  const [free] = await session.select(`${FIND} AND ${isFree}`, [name, owner]);
  if (free === undefined) return false;
  const sql = `UPDATE lms_leases SET owner = ?, expires_at = ${later(LEASE_MS / 1_000)}, epoch = epoch + 1
    WHERE name = ? AND ${isFree}`;
  return (await session.change(sql, [owner, name, owner])) > 0;
}

/** Host and process are for whoever looks into the table. */
function newOwner(): string {
  return `${hostname().slice(0, MAX_HOST_NAME)} ${process.pid} ${randomUUID()}`;
}
