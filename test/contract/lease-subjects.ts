import { DatabaseSync } from 'node:sqlite';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { Pool } from '../../src/store/mysql/driver/pool.ts';
import { protectWork as protectInMySql } from '../../src/store/mysql/work-lease.ts';
import { protectWork as protectInSqlite } from '../../src/store/sqlite/work-lease.ts';
import { mysqlSubject, SILENT, sqliteSubject } from './store-subject.ts';
import type { LeaseSubject, ProtectedTransaction } from './store-work-leases.contract.ts';

/** A new database on the MySQL server that the tests share, with transactions under a lease. */
export async function mysqlLeaseSubject(): Promise<LeaseSubject> {
  const subject = await mysqlSubject();
  return { ...subject, begin: () => beginInMySql(subject.target) };
}

/** A transaction of a session as our own work has them. */
export async function beginInMySql(target: MySqlTarget): Promise<ProtectedTransaction> {
  const options = { log: SILENT, connections: 1, statementTimeoutMs: 60_000, purpose: 'writes' } as const;
  const pool = new Pool(target, undefined, options);
  const session = await pool.acquire();
  await session.run('START TRANSACTION');
  return {
    run: (sql) => session.run(sql.replaceAll('"', '`')),
    protect: (lease) => protectInMySql(session, lease),
    commit: () => session.run('COMMIT'),
    async [Symbol.asyncDispose]() {
      pool.discard(session);
      await pool.close();
    },
  };
}

/** A new file, with transactions under a lease. */
export async function sqliteLeaseSubject(): Promise<LeaseSubject> {
  const subject = await sqliteSubject();
  if (subject.target.kind !== 'sqlite') throw new TypeError('no file');
  const { path } = subject.target;
  return { ...subject, begin: () => Promise.resolve(beginInSqlite(path)) };
}

function beginInSqlite(path: string): ProtectedTransaction {
  const file = new DatabaseSync(path, { timeout: 1_000 });
  file.exec('BEGIN IMMEDIATE');
  const settled = (work: () => void) =>
    new Promise<void>((resolve) => {
      work();
      resolve();
    });
  return {
    run: (sql) => settled(() => file.exec(sql)),
    protect: (lease) => settled(() => protectInSqlite(file, lease)),
    commit: () => settled(() => file.exec('COMMIT')),
    [Symbol.asyncDispose]: () => settled(() => file.close()),
  };
}
