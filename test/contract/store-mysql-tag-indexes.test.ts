import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { openEntryReader } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { entry } from './store-entries.ts';
import { expectInStep } from './store-looks.ts';
import { hostOf, mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';
import { tagIndexesContract } from './store-tag-indexes.contract.ts';

tagIndexesContract('MySQL', mysqlSubject);

describe('MySQL: adding an index of a tag', () => {
  let subject: StoreSubject<MySqlTarget>;
  let store: Store;

  beforeEach(async () => {
    subject = await mysqlSubject();
    store = await subject.open();
    await store.migrate();
  });
  afterEach(() => subject.dispose());

  it('that was interrupted is incomplete, is used by nobody, and can be finished or dropped', async () => {
    await store.write([entry({ tags: '{"user":"bob"}' })]);
    await store.addTagIndex('user');
    await subject.sql('ALTER TABLE service_logs DROP KEY tag_user');
    expect(await store.tagIndexes()).toMatchObject([{ tag: 'user', state: 'incomplete' }]);
    const reader = await openEntryReader(subject.target, { log: SILENT });
    expect(await reader.indexedTags(AbortSignal.timeout(10_000))).toEqual([]);
    await reader.close();
    await store.addTagIndex('user');
    expect(await store.tagIndexes()).toMatchObject([{ tag: 'user', state: 'ready' }]);
    await subject.sql('ALTER TABLE service_logs DROP KEY tag_user');
    expect(await store.dropTagIndex('user')).toBe(true);
    expect(await columns()).not.toContain('tag_user');
  });

  it('waits for no transaction for long, says so, and leaves nothing behind', async () => {
    await store.write([entry()]);
    await using other = await createConnection(urlOf(subject.target));
    await other.query('START TRANSACTION');
    await other.query('SELECT * FROM service_logs');
    await expect(store.addTagIndex('user')).rejects.toMatchObject({
      code: 'INDEX',
      message: expect.stringContaining('transaction') as string,
    });
    expect(await columns()).not.toContain('tag_user');
    await other.query('COMMIT');
    await store.addTagIndex('user');
    expect(await store.tagIndexes()).toMatchObject([{ tag: 'user', state: 'ready' }]);
  });

  it('takes no column that somebody else has made, and says when the table has no room for one more', async () => {
    await subject.sql('ALTER TABLE service_logs ADD COLUMN tag_user INT NULL INVISIBLE');
    await expect(store.addTagIndex('user')).rejects.toMatchObject({ code: 'INDEX' });
    const keys = Array.from({ length: 62 }, (_, n) => `ADD KEY full_${n} (severity)`);
    await subject.sql(`ALTER TABLE service_logs ${keys.join(', ')}`);
    await expect(store.addTagIndex('other')).rejects.toMatchObject({
      code: 'INDEX',
      message: expect.stringContaining('64 indexes') as string,
    });
    expect(await columns()).not.toContain('tag_other');
  });

  it('beside writers at full speed loses nothing, refuses nothing and misses nothing', async () => {
    const writers = [await subject.open(), await subject.open()];
    let isOver = false;
    const write = async (writer: Store, lane: number): Promise<number> => {
      let written = 0;
      for (; !isOver || written < 1_000; written += 250) {
        const at = written;
        await writer.write(
          Array.from({ length: 250 }, (_, n) =>
            entry({
              eventId: `lane-${lane}-${at + n}`,
              timestamp: `2026-03-29 01:30:00.${String((at + n) % 1_000_000).padStart(6, '0')}`,
              tags: JSON.stringify({ user: `user-${(at + n) % 50}`, long: 'x'.repeat(600) }),
            }),
          ),
        );
      }
      return written;
    };
    const writing = Promise.all(writers.map(write));
    for (const tag of ['user', 'long']) await store.addTagIndex(tag);
    await store.dropTagIndex('long');
    isOver = true;
    const written = (await writing).reduce((sum, one) => sum + one, 0);
    await expectInStep(store, written);
    const [found] = await subject.sql(
      "SELECT COUNT(*) AS found FROM service_logs FORCE INDEX (tag_user) WHERE tag_user = 'user-7'",
    );
    expect(Number(found?.['found'])).toBe(written / 50);
  });

  async function columns(): Promise<string[]> {
    const rows = await subject.sql('SHOW FULL COLUMNS FROM service_logs');
    return rows.map((row) => String(row['Field']));
  }
});

function urlOf(target: MySqlTarget): string {
  const { host, port } = hostOf(target);
  return `mysql://${encodeURIComponent(target.user)}:${encodeURIComponent(target.password)}@${host}:${port}/${target.database}`;
}
