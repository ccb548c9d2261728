import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerRecords, TokenRecord } from '../../src/access/records.ts';
import { millisecondsOf } from '../../src/query/answers/processes.ts';
import { openServerRecords } from '../../src/store/open.ts';
import { SILENT, type StoreSubject } from './store-subject.ts';

const TOKEN: Parameters<ServerRecords['addToken']>[0] = {
  id: 'first',
  name: 'Zoë’s laptop 🚀',
  scopes: ['read', 'write'],
  services: ['shop-*', 'a "quoted" one'],
  namespace: 'team',
  expiresAt: '2099-01-02 03:04:05.678901',
};
const SEARCH = {
  id: 'errors',
  name: 'Errors',
  q: 'severity>=error',
  since: '1h',
  until: undefined,
  tz: 'UTC',
};
const HASH = 'a'.repeat(64);
const OTHER_HASH = 'b'.repeat(64);

/** What the records of a server are in every database. */
export function recordsContract(name: string, makeSubject: () => Promise<StoreSubject>): void {
  describe(`${name}: records of a server`, () => {
    let subject: StoreSubject;
    let records: ServerRecords;
    /** Of another replica. */
    let others: ServerRecords;

    beforeEach(async () => {
      subject = await makeSubject();
      await (await subject.open()).migrate();
      records = openServerRecords(subject.target, { log: SILENT });
      others = openServerRecords(subject.target, { log: SILENT });
    });
    afterEach(async () => {
      await records.close();
      await others.close();
      await subject.dispose();
    });

    it('the indexes of the entries are those of the migrations, with their columns in order', async () => {
      const columns = (await records.indexes()).map((index) => index.columns.join());
      expect(columns.toSorted()).toEqual(['service_name,severity,timestamp', 'timestamp,event_id']);
    });

    it('a token is there for all as it was made, by its hash, at the database’s time', async () => {
      await records.addToken(TOKEN, HASH);
      const { now, tokens } = await others.tokens();
      const expected: TokenRecord = {
        ...TOKEN,
        createdAt: expect.any(String) as string,
        lastUsedAt: undefined,
        revokedAt: undefined,
      };
      expect(tokens).toEqual([{ ...expected, hash: HASH }]);
      const ageMs = millisecondsOf(now) - millisecondsOf(tokens[0]?.createdAt ?? '');
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(ageMs).toBeLessThan(10_000);
    });

    it('the newest come first; what is absent stays absent', async () => {
      await records.addToken(TOKEN, HASH);
      await subject.sql("UPDATE lms_tokens SET created_at = '2026-01-01 00:00:00.000000'");
      const plain = { id: 'second', name: 'plain', scopes: ['admin'], namespace: '' } as const;
      await records.addToken({ ...plain, expiresAt: undefined }, OTHER_HASH);
      const { tokens } = await records.tokens();
      expect(tokens.map(({ id }) => id)).toEqual(['second', 'first']);
      expect(tokens[0]).toMatchObject({ ...plain, services: undefined, expiresAt: undefined });
    });

    it('a token is revoked once, and that is seen by all', async () => {
      await records.addToken(TOKEN, HASH);
      expect(await records.revokeToken('first')).toBe(true);
      expect(await others.revokeToken('first')).toBe(false);
      expect(await others.revokeToken('another')).toBe(false);
      expect((await others.tokens()).tokens[0]?.revokedAt).toMatch(/^\d{4}-/);
    });

    it('notes when tokens were last used, however many', async () => {
      await records.addToken(TOKEN, HASH);
      const many = Array.from({ length: 250 }, () => randomUUID());
      await records.useTokens([...many, 'first']);
      await records.useTokens([]);
      const { now, tokens } = await others.tokens();
      expect(tokens[0]?.lastUsedAt).toMatch(/^\d{4}-/);
      expect((tokens[0]?.lastUsedAt ?? '~') <= now).toBe(true);
    });

    it('of replicas that begin a request at once all know the same time and the same body', async () => {
      const begun = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? records : others).begin(HASH, String(index).padStart(64, '0')),
        ),
      );
      expect(new Set(begun.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(begun[0]).toMatchObject({ answer: undefined });
    });

    it('a request that was answered is known with its answer, whatever text that is', async () => {
      const first = await records.begin(HASH, OTHER_HASH);
      const answer = `{"text":"\u0000 \u{1f680} ${'é'.repeat(100_000)}"}`;
      await others.finish(HASH, answer);
      expect(await records.begin(HASH, HASH)).toEqual({ ...first, answer });
    });

    it('after a day a request is as new, and forgotten if it does not come again', async () => {
      await records.begin(HASH, OTHER_HASH);
      await records.finish(HASH, 'an answer');
      await records.begin(OTHER_HASH, OTHER_HASH);
      const { now } = await records.tokens();
      const longAgo = new Date(millisecondsOf(now) - 86_401_000).toISOString().replace('T', ' ').slice(0, 23);
      await subject.sql(
        `UPDATE lms_keyed_requests SET first_at = '${longAgo}000' WHERE request_key = '${HASH}'`,
      );
      expect(await records.begin(HASH, HASH)).toMatchObject({ bodyHash: HASH, answer: undefined });
      await subject.sql(
        `UPDATE lms_keyed_requests SET first_at = '${longAgo}000' WHERE request_key = '${HASH}'`,
      );
      await others.forgetKeyedRequests();
      expect(await subject.sql('SELECT request_key FROM lms_keyed_requests')).toEqual([
        { request_key: OTHER_HASH },
      ]);
    });

    it('a search is kept, replaced and removed in its namespace alone', async () => {
      await records.putSearch('', SEARCH);
      await records.putSearch('team', { ...SEARCH, name: 'Théirs', since: undefined });
      await records.putSearch('', { ...SEARCH, id: 'all', name: 'All', q: '', until: '2026-01-01' });
      await records.putSearch('', { ...SEARCH, name: 'Faults' });
      const listed = await others.searches('');
      expect(listed.map(({ id }) => id)).toEqual(['all', 'errors']);
      expect(listed[1]).toMatchObject({ ...SEARCH, name: 'Faults' });
      expect(await others.removeSearch('', 'errors')).toBe(true);
      expect(await others.removeSearch('', 'errors')).toBe(false);
      expect(await others.searches('team')).toMatchObject([{ ...SEARCH, name: 'Théirs', since: undefined }]);
    });

    it('tables of an earlier release hold no tokens, and ask for a migration where one is made', async () => {
      await subject.sql('DROP TABLE lms_tokens');
      expect(await records.tokens()).toMatchObject({ tokens: [] });
      await expect(records.addToken(TOKEN, HASH)).rejects.toMatchObject({ code: 'SCHEMA_VERSION' });
    });
  });
}
