import type { KeyedRequest, SavedSearch, ServerRecords, TableIndex } from '../../src/access/records.ts';

/** What a server keeps for itself, in memory. There are no tokens. */
export class MemoryRecords implements ServerRecords {
  /** By their keys. */
  readonly requests = new Map<string, KeyedRequest>();
  readonly #searches = new Map<string, SavedSearch>();
  /** The database's clock, as a column holds it. */
  now = '2026-11-25 14:00:05.000000';
  /** Answers are not kept: the process ends before it notes them. */
  forgetsAnswers = false;

  begin(key: string, bodyHash: string): Promise<KeyedRequest> {
    const known = this.requests.get(key) ?? { firstAt: this.now, bodyHash, answer: undefined };
    this.requests.set(key, known);
    return Promise.resolve(known);
  }

  finish(key: string, answer: string): Promise<void> {
    const known = this.requests.get(key);
    if (known !== undefined && !this.forgetsAnswers) this.requests.set(key, { ...known, answer });
    return Promise.resolve();
  }

  forgetKeyedRequests(): Promise<void> {
    return Promise.resolve();
  }

  tokens(): Promise<{ now: string; tokens: [] }> {
    return Promise.resolve({ now: this.now, tokens: [] });
  }

  addToken(): Promise<void> {
    return Promise.resolve();
  }

  revokeToken(): Promise<boolean> {
    return Promise.resolve(false);
  }

  useTokens(): Promise<void> {
    return Promise.resolve();
  }

  searches(): Promise<readonly SavedSearch[]> {
    return Promise.resolve([...this.#searches.values()]);
  }

  putSearch(_namespace: string, search: Omit<SavedSearch, 'createdAt'>): Promise<void> {
    this.#searches.set(search.id, { ...search, createdAt: this.now });
    return Promise.resolve();
  }

  removeSearch(_namespace: string, id: string): Promise<boolean> {
    return Promise.resolve(this.#searches.delete(id));
  }

  indexes(): Promise<readonly TableIndex[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
