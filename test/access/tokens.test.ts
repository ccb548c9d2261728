import { describe, expect, it } from 'vitest';
import { type Grant, SCOPES, shownService, storedService } from '../../src/access/grant.ts';
import { storedFilter } from '../../src/access/granted-filter.ts';
import { hashOf, makeToken, NAMESPACE, parseLength, stateOf } from '../../src/access/new-token.ts';
import type { TokenRecord } from '../../src/access/records.ts';
import { OUTAGE_MS, TokenBook } from '../../src/access/token-book.ts';
import { LmsError } from '../../src/errors/catalogue.ts';
import type { Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';

const NOW = '2026-11-25 14:00:00.000000';

function grant(of: Partial<Grant>): Grant {
  return { name: 'x', scopes: SCOPES, prefix: '', hidden: [], ...of };
}

/** Tokens in memory, which may not answer. */
class Records {
  tokens_: (TokenRecord & { hash: string })[] = [];
  asked = 0;
  failure: Error | undefined;

  tokens() {
    this.asked += 1;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve({ now: NOW, tokens: [...this.tokens_] });
  }

  addToken(token: Omit<TokenRecord, 'createdAt' | 'lastUsedAt' | 'revokedAt'>, hash: string) {
    this.tokens_.push({ ...token, hash, createdAt: NOW, lastUsedAt: undefined, revokedAt: undefined });
    return Promise.resolve();
  }

  revokeAll() {
    this.tokens_ = this.tokens_.map((token) => ({ ...token, revokedAt: NOW }));
  }
}

const WISH = { name: 'x', scopes: ['read'], namespace: '' } as const;

describe('a grant', () => {
  it('names services for its bearer and for the tables, and hides the places of others', () => {
    const own = grant({ prefix: 'a/', hidden: ['a/', 'a/b/', 'c/'], services: ['shop*'] });
    expect(storedService(own, 'shop-1')).toBe('a/shop-1');
    expect(storedService(own, 'cart')).toBeUndefined();
    expect(shownService(own, 'a/shop')).toBe('shop');
    expect(shownService(own, 'shop')).toBeUndefined();
    expect(shownService(grant({ hidden: ['a/'] }), 'a/shop')).toBeUndefined();
    expect(storedService(grant({ hidden: ['a/'] }), 'a/shop')).toBeUndefined();
    expect(shownService(grant({ prefix: 'a/b/', hidden: ['a/', 'a/b/'] }), 'a/b/shop')).toBe('shop');
    expect(shownService(grant({ prefix: 'a/', hidden: ['a/', 'a/b/'] }), 'a/b/shop')).toBeUndefined();
  });

  it('names that are compared as numbers are looked for among all, negated or not', () => {
    const compare: Filter = {
      kind: 'column',
      column: 'service',
      test: { kind: 'compare', op: '>=', text: '7' },
    };
    const entry = {
      timestamp: NOW,
      eventId: '',
      serviceName: 'a/10',
      severity: 'info',
      payload: '',
      tags: null,
    } as const;
    for (const filter of [compare, { kind: 'not', of: compare } as const])
      expect(matches(storedFilter(filter, 'a/'))(entry)).toBe(true);
  });
});

describe('a new token', () => {
  it('has 256 bits, of which the hash is kept; it ends by the clock of the database', async () => {
    const records = new Records();
    const { secret, token } = await makeToken(records, { ...WISH, validForMs: 90 * 86_400_000 });
    expect(secret).toMatch(/^lms_[\w-]{43}$/);
    expect(records.tokens_).toMatchObject([
      { hash: hashOf(secret), expiresAt: '2027-02-23 14:00:00.000000' },
    ]);
    expect(JSON.stringify(records.tokens_)).not.toContain(secret);
    expect([stateOf(token, NOW), stateOf(token, '2027-02-23 14:00:00.000000')]).toEqual(['valid', 'expired']);
  });

  it('what is no length of time and no namespace is told apart from what is', () => {
    expect(['90d', '12h', '1s', '0d', '', '9', '-1d', '1e9d', '999999999w'].map(parseLength)).toEqual([
      7_776_000_000,
      43_200_000,
      1_000,
      ...Array<undefined>(6).fill(undefined),
    ]);
    expect(['team', 'tëam-1', '', 'a/b', '.a', 'x'.repeat(51)].map((text) => NAMESPACE.test(text))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('TokenBook', () => {
  it('asks once for many, knows a new token at once, and a revoked one no longer than 5 s', async () => {
    const records = new Records();
    let nowMs = 0;
    const book = new TokenBook(records, () => nowMs);
    expect(await book.isEmpty()).toBe(true);
    const { secret } = await makeToken(records, WISH);
    expect(await book.find(secret)).toMatchObject({ name: 'x', prefix: '' });
    const { asked } = records;
    for (let n = 0; n < 50; n += 1) expect(await book.known(secret)).toBeDefined();
    expect(records.asked).toBe(asked);
    records.revokeAll();
    nowMs += 5_000;
    expect(await book.known(secret)).toBeUndefined();
    expect(await book.isEmpty()).toBe(false);
  });

  it('while the database does not answer, tokens that are known go on for ten minutes, and no others', async () => {
    const records = new Records();
    let nowMs = 0;
    const book = new TokenBook(records, () => nowMs);
    const { secret } = await makeToken(records, WISH);
    await book.find(secret);
    records.failure = new LmsError('DATABASE_UNREACHABLE', 'gone');
    nowMs = OUTAGE_MS - 1_000;
    expect(await book.find(secret)).toBeDefined();
    await expect(book.find('another')).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    nowMs = OUTAGE_MS + 1_000;
    await expect(book.find(secret)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    records.failure = undefined;
    nowMs += 1_000;
    expect(await book.find(secret).catch(() => book.find(secret))).toBeDefined();
  });

  it('a token ends in time though the database is not asked again', async () => {
    const records = new Records();
    let nowMs = 0;
    const book = new TokenBook(records, () => nowMs);
    const { secret } = await makeToken(records, { ...WISH, validForMs: 1_000 });
    expect(await book.find(secret)).toBeDefined();
    nowMs = 1_000;
    expect(await book.known(secret)).toBeUndefined();
  });
});
