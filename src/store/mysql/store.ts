import type { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry, StoredEntry } from '../../logs/entry.ts';
import type { StoreError } from '../../pipeline/ports.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import type { DeletionFor, RangeDeleted, RangeDeletion, RowKey } from '../../retention/ports.ts';
import {
  addressText,
  type MySqlTarget,
  type ReaderOptions,
  type StoreOptions,
} from '../connection-target.ts';
import { type Database, DatabaseStore } from '../database-store.ts';
import type { Heartbeat } from '../processes.ts';
import { statusOf } from '../schema.ts';
import type { Storage } from '../storage.ts';
import type { Repair, SchemaStatus, Store, Totals, Verification } from '../store.ts';
import type { TagIndex } from '../tags/tag-index.ts';
import { WordsIndex } from '../words/words-index.ts';
import { Pool, type PoolOptions } from './driver/pool.ts';
import { STATEMENT_TIMEOUT_MS } from './driver/session.ts';
import { tlsOptions } from './driver/tls.ts';
import { storeError } from './errors/classify.ts';
import { explainError } from './errors/explain.ts';
import { migrateTables, MIGRATIONS, scopedSince, tablesVersion } from './migrations.ts';
import { beat, forgetProcesses } from './processes.ts';
import { MySqlEntryReader } from './read/reader.ts';
import { readEntries, readEventIds, readTotals, verifyTables } from './reads.ts';
import { MySqlRecords } from './records.ts';
import { type CountRepair, findWrongCounts, repairCounts } from './repair.ts';
import { MySqlRollupUpkeep } from './rollups/upkeep.ts';
import { MySqlServerPace } from './server-pace.ts';
import { readStoredSize } from './storage.ts';
import { sizedTagIndexes } from './tags/catalogue.ts';
import { addTagIndex, dropTagIndex } from './tags/change-indexes.ts';
import { databaseWarnings } from './warnings.ts';
import { MySqlWords } from './words.ts';
import { deleteEntries } from './write/delete-entries.ts';
import { deleteRange } from './write/delete-range.ts';
import { writeBatch } from './write/write-batch.ts';

/** Connections of a reader, unless it is told otherwise. */
const READERS = 4;
/** Connections for what a server keeps for itself: to read, and as many to write. */
const RECORD_CONNECTIONS = 2;
/**
 * After so long the server ends a statement of a reader, whose pieces take tens of milliseconds. Shorter than
 * our own time-out, after which the connection is given up.
 */
const READ_LIMIT_MS = 30_000;
/** For what a server says of itself, which it has at hand. */
const PACE_TIMEOUT_MS = 10_000;

/** Connects to the server. Throws `LmsError`. */
export async function openMySqlStore(target: MySqlTarget, options: StoreOptions): Promise<Store> {
  // One more than there are writes, so that reading or a heartbeat never holds up a flush.
  const connections = (options.connections ?? 2) + 1;
  const pool = await openPool(target, { ...options, connections, purpose: 'writes' });
  return new DatabaseStore(new MySqlDatabase(target, pool));
}

/** Connects to the server, on connections of the reader's own. Throws `LmsError`. */
export async function openMySqlReader(target: MySqlTarget, options: ReaderOptions): Promise<EntryReader> {
  const { connections = READERS, statementLimitMs = READ_LIMIT_MS } = options;
  const pool = await openPool(target, { ...options, connections, statementLimitMs, purpose: 'reads' });
  return new MySqlEntryReader(pool, (error) => explainError(target, error));
}

/**
 * What a server keeps for itself: nothing is connected before it is used. Throws `LmsError` SETTINGS for a
 * certificate that cannot be read.
 */
export async function openMySqlRecords(target: MySqlTarget, options: StoreOptions): Promise<MySqlRecords> {
  const ssl = await tlsOptions(target);
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const pool = (purpose: PoolOptions['purpose']) =>
    new Pool(target, ssl, { ...options, statementTimeoutMs, connections: RECORD_CONNECTIONS, purpose });
  return new MySqlRecords(target, { reads: pool('reads'), writes: pool('writes') });
}

/** Connects to the server to build its index of words. Throws `LmsError`. */
export async function openMySqlWords(target: MySqlTarget, options: StoreOptions): Promise<WordsIndex> {
  // One connection, so that rows are read where what is committed was committed: on a cluster another node may lag.
  const pool = await openPool(target, { ...options, connections: 1, purpose: 'writes' });
  const explain = (error: unknown) => explainError(target, error);
  return new WordsIndex({
    database: new MySqlWords(pool),
    reader: new MySqlEntryReader(pool, explain),
    isTransient: (error) => storeError(error, { cause: undefined, hasWorked: true }).verdict === 'transient',
    explain,
  });
}

/** Connects to the server to see how large its tables are. Throws `LmsError`. */
export async function openMySqlStorage(target: MySqlTarget, options: StoreOptions): Promise<Storage> {
  const limits = { statementLimitMs: READ_LIMIT_MS, purpose: 'reads' } as const;
  const pool = await openPool(target, { ...options, ...limits, connections: 1 });
  const explain = (error: unknown) => explainError(target, error);
  return {
    reader: new MySqlEntryReader(pool, explain),
    size: () =>
      pool.use(readStoredSize).catch((error: unknown) => {
        throw explain(error);
      }),
    close: () => pool.close(),
  };
}

/** One connection to each server of these targets: see `openServerPace`. */
export async function openMySqlServerPace(
  targets: readonly MySqlTarget[],
  { log }: Pick<StoreOptions, 'log'>,
): Promise<MySqlServerPace> {
  const pools = new Map<string, Pool>();
  for (const target of targets) {
    const ssl = await tlsOptions(target);
    for (const address of target.addresses) {
      const options = { log, connections: 1, statementTimeoutMs: PACE_TIMEOUT_MS, purpose: 'reads' } as const;
      const key = addressText(address);
      if (!pools.has(key)) pools.set(key, new Pool({ ...target, addresses: [address] }, ssl, options));
    }
  }
  return new MySqlServerPace([...pools.values()]);
}

/** Tries at once whether the server can be reached. */
async function openPool(
  target: MySqlTarget,
  {
    statementTimeoutMs = STATEMENT_TIMEOUT_MS,
    ...options
  }: StoreOptions & Omit<PoolOptions, 'statementTimeoutMs'>,
): Promise<Pool> {
  const ssl = await tlsOptions(target);
  const pool = new Pool(target, ssl, { ...options, statementTimeoutMs });
  try {
    pool.release(await pool.acquire());
    return pool;
  } catch (error) {
    await pool.close();
    throw explainError(target, error);
  }
}

/** MySQL and what speaks its protocol. */
class MySqlDatabase implements Database {
  readonly rollups: MySqlRollupUpkeep;
  readonly #target: MySqlTarget;
  readonly #pool: Pool;
  #hasWritten = false;

  constructor(target: MySqlTarget, pool: Pool) {
    this.#target = target;
    this.#pool = pool;
    this.rollups = new MySqlRollupUpkeep(pool);
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

  findWrongCounts(): Promise<Repair> {
    return findWrongCounts(this.#pool);
  }

  repairCounts(): Promise<CountRepair> {
    return repairCounts(this.#pool);
  }

  deleteEntries(keys: readonly RowKey[], on?: DeletionFor): Promise<number> {
    return this.#pool.use((session) => deleteEntries(session, keys, { on }));
  }

  deleteRange(range: RangeDeletion, on?: DeletionFor): Promise<RangeDeleted> {
    return this.#pool.use((session) => deleteRange(session, range, on));
  }

  tagIndexes(): Promise<readonly TagIndex[]> {
    return this.#pool.use(sizedTagIndexes);
  }

  addTagIndex(tag: string): Promise<void> {
    return this.#pool.use((session) => addTagIndex(session, tag));
  }

  dropTagIndex(tag: string): Promise<boolean> {
    return this.#pool.use((session) => dropTagIndex(session, tag));
  }

  entries(): AsyncGenerator<StoredEntry> {
    return readEntries(this.#pool);
  }

  eventIds(prefix: string): AsyncGenerator<string> {
    return readEventIds(this.#pool, prefix);
  }

  beat(look: () => Heartbeat): Promise<void> {
    return this.#pool.use((session) => beat(session, look));
  }

  forgetProcesses(): Promise<void> {
    return this.#pool.use(forgetProcesses);
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
