import type { Scope } from './grant.ts';

/** A token as it is kept: never the secret itself. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** See `Grant`. Absent: all services. */
  readonly services?: readonly string[] | undefined;
  /** Empty: none. */
  readonly namespace: string;
  /** Times as a column holds them: UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly createdAt: string;
  readonly expiresAt: string | undefined;
  readonly lastUsedAt: string | undefined;
  readonly revokedAt: string | undefined;
}

/** The tokens. All reject with `LmsError`. */
export interface TokenRecords {
  /** All that ever were, the newest first, and the database's clock. */
  tokens(): Promise<{
    readonly now: string;
    readonly tokens: readonly (TokenRecord & { readonly hash: string })[];
  }>;
  /** `hash`: SHA-256 of the secret in hex. */
  addToken(token: Omit<TokenRecord, 'createdAt' | 'lastUsedAt' | 'revokedAt'>, hash: string): Promise<void>;
  /** Resolves to whether there was such a token that was not revoked. */
  revokeToken(id: string): Promise<boolean>;
  /** Notes that these were used, at the database's time. */
  useTokens(ids: readonly string[]): Promise<void>;
}

/** What is known of a request that says by which key it is told from others. */
export interface KeyedRequest {
  /** When it first came, as a column holds it. */
  readonly firstAt: string;
  /** Of the body that it had then. */
  readonly bodyHash: string;
  /** What it was answered with; absent: it is not answered yet. */
  readonly answer: string | undefined;
}

/** Requests that may be sent again: kept for a day. All reject with `LmsError`. */
export interface KeyedRequests {
  /** Notes a request, unless one of this key is known; resolves to what is known then. `key`: 64 hex digits. */
  begin(key: string, bodyHash: string): Promise<KeyedRequest>;
  /** Notes its answer. */
  finish(key: string, answer: string): Promise<void>;
  /** Removes those that are older than a day. */
  forgetKeyedRequests(): Promise<void>;
}

/** A question that somebody keeps for later. */
export interface SavedSearch {
  readonly id: string;
  readonly name: string;
  /** As the parameters of `/api/v1/entries` have them. */
  readonly q: string;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly tz: string;
  readonly createdAt: string;
}

/** The saved searches of each namespace: '' is that of those who have none. All reject with `LmsError`. */
export interface SearchRecords {
  /** In the order of their names. */
  searches(namespace: string): Promise<readonly SavedSearch[]>;
  /** Adds one, or takes the place of the one with its id. */
  putSearch(namespace: string, search: Omit<SavedSearch, 'createdAt'>): Promise<void>;
  /** Resolves to whether there was one. */
  removeSearch(namespace: string, id: string): Promise<boolean>;
}

/** An index of the table of entries. */
export interface TableIndex {
  readonly name: string;
  /** In the order of the index. */
  readonly columns: readonly string[];
  /** The tag whose values it holds, if it is one of a tag. */
  readonly tag: string | undefined;
}

/** What a server keeps for itself, in small tables of its own beside those of the entries. */
export interface ServerRecords extends TokenRecords, KeyedRequests, SearchRecords {
  /** Those of `service_logs`, by name: what is asked for by their columns is found at once. */
  indexes(): Promise<readonly TableIndex[]>;
  close(): Promise<void>;
}
