import type { LmsError } from '../../errors/catalogue.ts';
import type { MySqlTarget } from '../connection-target.ts';
import type { RecordsDatabase, RecordsDialect, RecordsSession } from '../records.ts';
import type { Pool } from './driver/pool.ts';
import type { Session } from './driver/session.ts';
import { storeError } from './errors/classify.ts';
import { explainError } from './errors/explain.ts';
import { tablesVersion } from './migrations.ts';

/** `VALUES()`, because MariaDB, TiDB and Vitess know no row alias. */
const DIALECT: RecordsDialect = {
  now: 'CURRENT_TIMESTAMP(6)',
  dayAgo: 'CURRENT_TIMESTAMP(6) - INTERVAL 1 DAY',
  later: (seconds) => `CURRENT_TIMESTAMP(6) + INTERVAL ${seconds} SECOND`,
  onConflict: () => 'ON DUPLICATE KEY UPDATE',
  inserted: (column) => `VALUES(${column})`,
  indexes: `SELECT CAST(INDEX_NAME AS CHAR) AS name, CAST(COLUMN_NAME AS CHAR) AS column_name
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'service_logs'
    ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
};

/** Where what is only read comes from, and where it is written: a server that may only read has no second. */
export interface RecordPools {
  readonly reads: Pool;
  readonly writes: Pool;
}

/** A server's records in MySQL. */
export class MySqlRecords implements RecordsDatabase {
  readonly dialect = DIALECT;
  readonly #target: MySqlTarget;
  readonly #pools: RecordPools;

  /** The pools are its own to close. */
  constructor(target: MySqlTarget, pools: RecordPools) {
    this.#target = target;
    this.#pools = pools;
  }

  read<T>(work: (session: RecordsSession) => Promise<T>): Promise<T> {
    return this.#pools.reads.use((session) => work(recordsSession(session)));
  }

  write<T>(work: (session: RecordsSession) => Promise<T>): Promise<T> {
    return this.#pools.writes.use((session) => work(recordsSession(session)));
  }

  async tablesVersion(): Promise<number> {
    return (await this.#pools.reads.use(tablesVersion)).version;
  }

  isTransient(error: unknown): boolean {
    return storeError(error, { cause: undefined, hasWorked: false }).verdict === 'transient';
  }

  explain(error: unknown): LmsError {
    return explainError(this.#target, error);
  }

  async close(): Promise<void> {
    await this.#pools.reads.close();
    await this.#pools.writes.close();
  }
}

function recordsSession(session: Session): RecordsSession {
  return {
    select: (sql, values) => session.select(sql, [...values]),
    change: async (sql, values) => (await session.execute(sql, [...values])).affectedRows,
  };
}
