import type { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry } from '../../logs/entry.ts';
import type { StoreError } from '../../pipeline/ports.ts';
import type { MySqlTarget, StoreOptions } from '../connection-target.ts';
import { type Database, DatabaseStore } from '../database-store.ts';
import { statusOf } from '../schema.ts';
import type { Repair, SchemaStatus, Store, StoredEntry, Totals, Verification } from '../store.ts';
import { Pool } from './driver/pool.ts';
import { STATEMENT_TIMEOUT_MS } from './driver/session.ts';
import { tlsOptions } from './driver/tls.ts';
import { storeError } from './errors/classify.ts';
import { explainError } from './errors/explain.ts';
import { migrateTables, MIGRATIONS, scopedSince, tablesVersion } from './migrations.ts';
import { readEntries, readEventIds, readTotals, verifyTables } from './reads.ts';
import { findWrongCounts, repairCounts } from './repair.ts';
import { databaseWarnings } from './warnings.ts';
import { writeBatch } from './write/write-batch.ts';

/** Connects to the server. Throws `LmsError`. */
export async function openMySqlStore(target: MySqlTarget, options: StoreOptions): Promise<Store> {
  // One more than there are writes, so that reading never holds up a flush.
  const connections = (options.connections ?? 2) + 1;
  const ssl = await tlsOptions(target);
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const pool = new Pool(target, ssl, { log: options.log, connections, statementTimeoutMs });
  try {
    pool.release(await pool.acquire());
    return new DatabaseStore(new MySqlDatabase(target, pool));
  } catch (error) {
    await pool.close();
    throw explainError(target, error);
  }
}

/** MySQL and what speaks its protocol. */
class MySqlDatabase implements Database {
  readonly #target: MySqlTarget;
  readonly #pool: Pool;
  #hasWritten = false;

  constructor(target: MySqlTarget, pool: Pool) {
    this.#target = target;
    this.#pool = pool;
  }

  async write(entries: readonly LogEntry[]): Promise<number> {
    const stored = await this.#pool.use((session) => writeBatch(session, entries));
    this.#hasWritten = true;
    return stored;
  }

  async migrate(): Promise<SchemaStatus> {
    await this.#pool.use((session) => migrateTables(session, MIGRATIONS));
    return this.schemaStatus();
  }

  async schemaStatus(): Promise<SchemaStatus> {
    return statusOf(MIGRATIONS, await this.#pool.use(tablesVersion));
  }

  scopedSince(): Promise<string | undefined> {
    return this.#pool.use(scopedSince);
  }

  warnings(): Promise<readonly string[]> {
    return this.#pool.use(databaseWarnings);
  }

  verify(): Promise<Verification> {
    return this.#pool.use(verifyTables);
  }

  totals(): Promise<Totals> {
    return this.#pool.use(readTotals);
  }

  repair({ apply }: { readonly apply: boolean }): Promise<Repair> {
    return (apply ? repairCounts : findWrongCounts)(this.#pool);
  }

  entries(): AsyncGenerator<StoredEntry> {
    return readEntries(this.#pool);
  }

  eventIds(prefix: string): AsyncGenerator<string> {
    return readEventIds(this.#pool, prefix);
  }

  explain(error: unknown): LmsError {
    return explainError(this.#target, error);
  }

  storeError(error: unknown, cause?: LmsError): StoreError {
    return storeError(error, { cause, hasWorked: this.#hasWritten });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
