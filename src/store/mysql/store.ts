import type { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry } from '../../logs/entry.ts';
import type { StoreError } from '../../pipeline/ports.ts';
import { count } from '../rows.ts';
import { DatabaseStore, type Database } from '../database-store.ts';
import { pendingMigrations, statusOf } from '../schema.ts';
import type { Repair, SchemaStatus, Store, StoredEntry, Totals, Verification } from '../store.ts';
import type { MySqlTarget, StoreOptions } from '../connection-target.ts';
import { driverError } from './errors/driver-error.ts';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations.ts';
import { Pool } from './driver/pool.ts';
import { readEntries, readEventIds, readTotals, verifyTables } from './reads.ts';
import { isTlsFailure, explainError } from './errors/explain.ts';
import { findWrongCounts, repairCounts } from './repair.ts';
import { STATEMENT_TIMEOUT_MS, type Session } from './driver/session.ts';
import { tlsOptions } from './driver/tls.ts';
import { storeError } from './errors/classify.ts';
import { writeBatch } from './write/write-batch.ts';

const NO_SUCH_TABLE = 1146;

/** Connects to the server. Throws `LmsError`. */
export async function openMySqlStore(target: MySqlTarget, options: StoreOptions): Promise<Store> {
  // One more than there are writes, so that reading never holds up a flush.
  const connections = (options.connections ?? 2) + 1;
  const ssl = await tlsOptions(target);
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const pool = new Pool(target, ssl, { connections, statementTimeoutMs });
  try {
    pool.release(await pool.acquire());
    return new DatabaseStore(new MySqlDatabase(target, pool));
  } catch (error) {
    await pool.close();
    if (target.sslMode !== 'preferred' || !isTlsFailure(error)) throw explainError(target, error);
  }
  options.log.debug(
    {},
    'the MySQL server offers no TLS: the connection is plain, as ssl-mode=preferred allows',
  );
  return openMySqlStore({ ...target, sslMode: 'disabled' }, options);
}

/** MySQL and what speaks its protocol. */
class MySqlDatabase implements Database {
  readonly #target: MySqlTarget;
  readonly #pool: Pool;

  constructor(target: MySqlTarget, pool: Pool) {
    this.#target = target;
    this.#pool = pool;
  }

  write(entries: readonly LogEntry[]): Promise<number> {
    return this.#pool.use((session) => writeBatch(session, entries));
  }

  migrate(): Promise<SchemaStatus> {
    return this.#pool.use(migrateTables);
  }

  schemaStatus(): Promise<SchemaStatus> {
    return this.#pool.use(async (session) => statusOf(MIGRATIONS, await currentVersion(session)));
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
    return storeError(error, cause);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

async function migrateTables(session: Session): Promise<SchemaStatus> {
  await session.run(MIGRATIONS_TABLE);
  const note =
    'INSERT INTO lms_migrations (version, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE version = version';
  const pending = pendingMigrations(MIGRATIONS, await currentVersion(session));
  for (const { version, name, statements } of pending) {
    for (const statement of statements) await session.run(statement);
    await session.execute(note, [String(version), name]);
  }
  return statusOf(MIGRATIONS, await currentVersion(session));
}

/** Version of the tables; 0 if there are none. */
async function currentVersion(session: Session): Promise<number> {
  try {
    const [row = {}] = await session.select('SELECT MAX(version) AS version FROM lms_migrations');
    return count(row, 'version');
  } catch (error) {
    if (driverError(error).errno === NO_SUCH_TABLE) return 0;
    throw error;
  }
}
