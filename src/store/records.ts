import { type Scope, SCOPES } from '../access/grant.ts';
import type { KeyedRequest, SavedSearch, ServerRecords, TableIndex, TokenRecord } from '../access/records.ts';
import { type LmsError } from '../errors/catalogue.ts';
import { retry } from '../pipeline/retry.ts';
import { columnList } from './columns.ts';
import { Lazy } from './lazy.ts';
import { type Row, text, textOrNull, time } from './rows.ts';
import { taggedBy } from './tags/tag-index.ts';

/** How a database says what differs from one to the other. */
export interface RecordsDialect {
  /** Its clock. */
  readonly now: string;
  readonly dayAgo: string;
  /** So many seconds later. */
  readonly later: (seconds: number) => string;
  /** What stands before the columns that are set if the row of a key is there. */
  readonly onConflict: (key: string) => string;
  /** The value that would have been inserted. */
  readonly inserted: (column: string) => string;
  /** Selects `name`, `column_name` and a note, if there is one, of the indexes of `service_logs`, in their order. */
  readonly indexes: string;
}

/** A connection. Rejects with the errors of its library. */
export interface RecordsSession {
  select(sql: string, values: readonly (string | null)[]): Promise<readonly Row[]>;
  /** Resolves to how many rows it changed. */
  change(sql: string, values: readonly (string | null)[]): Promise<number>;
}

/** What one kind of database does for its records. */
export interface RecordsDatabase {
  readonly dialect: RecordsDialect;
  read<T>(work: (session: RecordsSession) => Promise<T>): Promise<T>;
  write<T>(work: (session: RecordsSession) => Promise<T>): Promise<T>;
  /** The newest migration that its tables have. */
  tablesVersion(): Promise<number>;
  /** Whether the same may pass later. */
  isTransient(error: unknown): boolean;
  explain(error: unknown): LmsError;
  close(): Promise<void>;
}

/** The migration that made the tables. */
const TABLES_VERSION = 4;
const BACKOFF = { baseMs: 50, capMs: 1_000 };
/** Whoever sent a request waits meanwhile. */
const RETRY_TOTAL_MS = 5_000;
/** Tokens that a statement names. */
const IDS_AT_ONCE = 100;

const TOKEN_COLUMNS = columnList([
  'id',
  'hash',
  'name',
  'scopes',
  'services',
  'namespace',
  'created_at',
  'expires_at',
  'last_used_at',
  'revoked_at',
]);
const TOKENS = `SELECT ${TOKEN_COLUMNS} FROM lms_tokens ORDER BY created_at DESC, id`;
const KEYED_REQUEST = 'SELECT first_at, body_hash, answer FROM lms_keyed_requests WHERE request_key = ?';
const FINISH = 'UPDATE lms_keyed_requests SET answer = ? WHERE request_key = ?';
const SEARCH_COLUMNS = columnList([
  'namespace',
  'id',
  'name',
  'q',
  'since_text',
  'until_text',
  'tz',
  'created_at',
]);
const SEARCHES = `SELECT ${SEARCH_COLUMNS} FROM lms_searches WHERE namespace = ? ORDER BY name, id`;
const REMOVE_SEARCH = 'DELETE FROM lms_searches WHERE namespace = ? AND id = ?';

/** The records of a server in any database, which is opened once something is asked of it. */
export class DatabaseRecords implements ServerRecords {
  readonly #database: Lazy<RecordsDatabase>;

  /** `open` rejects with `LmsError`. */
  constructor(open: () => Promise<RecordsDatabase>) {
    this.#database = new Lazy(open);
  }

  /** Tables that were not migrated to hold tokens have none. */
  async tokens(): ReturnType<ServerRecords['tokens']> {
    const database = await this.#database.opened();
    const clock = `SELECT ${database.dialect.now} AS db_now`;
    return this.#run('read', async (session) => {
      const rows = await tokensIfThere(database, session);
      const [row = {}] = await session.select(clock, []);
      return { now: time(row, 'db_now'), tokens: rows.map(tokenRecord) };
    });
  }

  async addToken(token: Parameters<ServerRecords['addToken']>[0], hash: string): Promise<void> {
    const { now, onConflict } = (await this.#database.opened()).dialect;
    const { id, name, scopes, services, namespace, expiresAt } = token;
    const patterns = services === undefined ? null : JSON.stringify(services);
    const sql = `INSERT INTO lms_tokens (${TOKEN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ${now}, ?, NULL, NULL)
      ${onConflict('id')} id = lms_tokens.id`;
    await this.#change(sql, [id, hash, name, scopes.join(','), patterns, namespace, expiresAt ?? null]);
  }

  async indexes(): Promise<readonly TableIndex[]> {
    const { indexes } = (await this.#database.opened()).dialect;
    const rows = await this.#run('read', (session) => session.select(indexes, []));
    const byName = Map.groupBy(rows, (row) => text(row, 'name'));
    return [...byName].map(([name, of]) => ({
      name,
      columns: of.map((row) => text(row, 'column_name')),
      tag: of.map((row) => taggedBy(textOrNull(row, 'note') ?? '')).find((tag) => tag !== undefined),
    }));
  }

  async revokeToken(id: string): Promise<boolean> {
    const { now } = (await this.#database.opened()).dialect;
    const sql = `UPDATE lms_tokens SET revoked_at = ${now} WHERE id = ? AND revoked_at IS NULL`;
    return (await this.#change(sql, [id])) > 0;
  }

  async useTokens(ids: readonly string[]): Promise<void> {
    const { now } = (await this.#database.opened()).dialect;
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
      const some = ids.slice(at, at + IDS_AT_ONCE);
      const sql = `UPDATE lms_tokens SET last_used_at = ${now} WHERE id IN (${some.map(() => '?').join(', ')})`;
      await this.#change(sql, some);
    }
  }

  /** One row for a key, whoever comes first: one statement notes it, or leaves it as it is. */
  async begin(key: string, bodyHash: string): Promise<KeyedRequest> {
    const { now, dayAgo, onConflict, inserted } = (await this.#database.opened()).dialect;
    const ifOld = (column: string, value: string) =>
      `${column} = CASE WHEN first_at < ${dayAgo} THEN ${value} ELSE ${column} END`;
    // The time last: MySQL sees what was set before it.
    const sql = `INSERT INTO lms_keyed_requests (request_key, body_hash, first_at, answer)
      VALUES (?, ?, ${now}, NULL) ${onConflict('request_key')}
      ${ifOld('body_hash', inserted('body_hash'))}, ${ifOld('answer', 'NULL')}, ${ifOld('first_at', now)}`;
    return this.#run('write', async (session) => {
      await session.change(sql, [key, bodyHash]);
      const [row = {}] = await session.select(KEYED_REQUEST, [key]);
      return {
        firstAt: time(row, 'first_at'),
        bodyHash: text(row, 'body_hash'),
        answer: textOrNull(row, 'answer') ?? undefined,
      };
    });
  }

  async finish(key: string, answer: string): Promise<void> {
    await this.#change(FINISH, [answer, key]);
  }

  async forgetKeyedRequests(): Promise<void> {
    const { dayAgo } = (await this.#database.opened()).dialect;
    await this.#change(`DELETE FROM lms_keyed_requests WHERE first_at < ${dayAgo}`, []);
  }

  searches(namespace: string): Promise<readonly SavedSearch[]> {
    return this.#run('read', async (session) =>
      (await session.select(SEARCHES, [namespace])).map(savedSearch),
    );
  }

  async putSearch(namespace: string, search: Omit<SavedSearch, 'createdAt'>): Promise<void> {
    const { now, onConflict, inserted } = (await this.#database.opened()).dialect;
    const { id, name, q, since, until, tz } = search;
    const renewed = ['name', 'q', 'since_text', 'until_text', 'tz'].map(
      (column) => `${column} = ${inserted(column)}`,
    );
    const sql = `INSERT INTO lms_searches (${SEARCH_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ${now})
      ${onConflict('namespace, id')} ${renewed.join(', ')}`;
    await this.#change(sql, [namespace, id, name, q, since ?? null, until ?? null, tz]);
  }

  async removeSearch(namespace: string, id: string): Promise<boolean> {
    return (await this.#change(REMOVE_SEARCH, [namespace, id])) > 0;
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #change(sql: string, values: readonly (string | null)[]): Promise<number> {
    return this.#run('write', (session) => session.change(sql, values));
  }

  /** What failed in passing is done again: every statement may be repeated. */
  async #run<T>(kind: 'read' | 'write', work: (session: RecordsSession) => Promise<T>): Promise<T> {
    const database = await this.#database.opened();
    const isTransient = (error: unknown) => kind === 'write' && database.isTransient(error);
    try {
      return await retry(() => database[kind](work), {
        backoff: BACKOFF,
        totalMs: RETRY_TOTAL_MS,
        isTransient,
      });
    } catch (error) {
      throw database.explain(error);
    }
  }
}

/**
 * None where the tables are of an earlier release. A user with rights on single tables is denied one that is
 * missing.
 */
async function tokensIfThere(database: RecordsDatabase, session: RecordsSession): Promise<readonly Row[]> {
  try {
    return await session.select(TOKENS, []);
  } catch (error) {
    const { code } = database.explain(error);
    if (code === 'SCHEMA_VERSION') return [];
    if (code === 'DATABASE_DENIED' && (await database.tablesVersion()) < TABLES_VERSION) return [];
    throw error;
  }
}

function tokenRecord(row: Row): TokenRecord & { readonly hash: string } {
  const services = textOrNull(row, 'services');
  return {
    id: text(row, 'id'),
    hash: text(row, 'hash'),
    name: text(row, 'name'),
    scopes: scopesOf(text(row, 'scopes')),
    services: services === null ? undefined : patternsOf(services),
    namespace: text(row, 'namespace'),
    createdAt: time(row, 'created_at'),
    expiresAt: timeIfAny(row, 'expires_at'),
    lastUsedAt: timeIfAny(row, 'last_used_at'),
    revokedAt: timeIfAny(row, 'revoked_at'),
  };
}

/** A later release may have others, which mean nothing here. */
function scopesOf(list: string): readonly Scope[] {
  const written = list.split(',');
  return SCOPES.filter((scope) => written.includes(scope));
}

/** What is no list of texts lets its bearer see nothing. */
function patternsOf(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function savedSearch(row: Row): SavedSearch {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    q: text(row, 'q'),
    since: textOrNull(row, 'since_text') ?? undefined,
    until: textOrNull(row, 'until_text') ?? undefined,
    tz: text(row, 'tz'),
    createdAt: time(row, 'created_at'),
  };
}

function timeIfAny(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : time(row, column);
}
