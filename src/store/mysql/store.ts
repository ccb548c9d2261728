import type { LogEntry } from '../../logs/entry.ts';
import type { WriteResult } from '../../pipeline/ports.ts';
import { sortedDistinct } from '../batch.ts';
import { count } from '../columns.ts';
import { pendingMigrations, statusOf } from '../schema.ts';
import { persist } from '../persistence.ts';
import type { Repair, SchemaStatus, Store, StoredEntry, Totals, Verification } from '../store.ts';
import type { MySqlTarget, StoreOptions } from '../target.ts';
import { failureOf } from './failure.ts';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations.ts';
import { Pool } from './pool.ts';
import { readEntries, readEventIds, readTotals, verifyTables } from './reads.ts';
import { isTlsFailure, refusal } from './refusal.ts';
import { findWrongCounts, repairCounts } from './repair.ts';
import { STATEMENT_TIMEOUT_MS, type Session } from './session.ts';
import { tlsOptions } from './tls.ts';
import { storeError } from './verdict.ts';
import { writeBatch } from './write.ts';

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
    return new MySqlStore(target, pool);
  } catch (error) {
    await pool.close();
    if (target.sslMode !== 'preferred' || !isTlsFailure(error)) throw refusal(target, error);
  }
  options.log.debug(
    {},
    'the MySQL server offers no TLS: the connection is plain, as ssl-mode=preferred allows',
  );
  return openMySqlStore({ ...target, sslMode: 'disabled' }, options);
}

/** The store on MySQL and what speaks its protocol. */
class MySqlStore implements Store {
  readonly #target: MySqlTarget;
  readonly #pool: Pool;

  constructor(target: MySqlTarget, pool: Pool) {
    this.#target = target;
    this.#pool = pool;
  }

  async write(batch: readonly LogEntry[]): Promise<WriteResult> {
    if (batch.length === 0) return { stored: 0, duplicates: 0 };
    try {
      const entries = sortedDistinct(batch);
      const stored = await this.#pool.use((session) => writeBatch(session, entries));
      return { stored, duplicates: batch.length - stored };
    } catch (error) {
      throw storeError(error, refusal(this.#target, error));
    }
  }

  migrate(): Promise<SchemaStatus> {
    return this.#read(async (session) => {
      await session.run(MIGRATIONS_TABLE);
      for (const { version, name, statements } of pendingMigrations(
        MIGRATIONS,
        await currentVersion(session),
      )) {
        for (const statement of statements) await session.run(statement);
        const note =
          'INSERT INTO lms_migrations (version, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE version = version';
        await session.insert(note, [String(version), name]);
      }
      return statusOf(MIGRATIONS, await currentVersion(session));
    });
  }

  schemaStatus(): Promise<SchemaStatus> {
    return this.#read(async (session) => statusOf(MIGRATIONS, await currentVersion(session)));
  }

  verify(): Promise<Verification> {
    return this.#read(verifyTables);
  }

  totals(): Promise<Totals> {
    return this.#read(readTotals);
  }

  repair({ apply }: { readonly apply: boolean }): Promise<Repair> {
    const once = () => (apply ? repairCounts : findWrongCounts)(this.#pool);
    return this.#explained(persist(once, (error) => storeError(error).verdict === 'transient'));
  }

  entries(): AsyncGenerator<StoredEntry> {
    return this.#explainedEach(readEntries(this.#pool));
  }

  eventIds(prefix: string): AsyncGenerator<string> {
    return this.#explainedEach(readEventIds(this.#pool, prefix));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#explained(this.#pool.use(work));
  }

  async #explained<T>(outcome: Promise<T>): Promise<T> {
    try {
      return await outcome;
    } catch (error) {
      throw refusal(this.#target, error);
    }
  }

  async *#explainedEach<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw refusal(this.#target, error);
    }
  }
}

/** Version of the tables; 0 if there are none. */
async function currentVersion(session: Session): Promise<number> {
  try {
    const [row = {}] = await session.select('SELECT MAX(version) AS version FROM lms_migrations');
    return count(row, 'version');
  } catch (error) {
    if (failureOf(error).errno === NO_SUCH_TABLE) return 0;
    throw error;
  }
}
