import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RetentionBook } from '../../src/retention/ports.ts';
import type { MySqlTarget } from '../../src/store/connection-target.ts';
import { Pool } from '../../src/store/mysql/driver/pool.ts';
import { deleteEntries } from '../../src/store/mysql/write/delete-entries.ts';
import { openRetentionBook, openWorkLeases } from '../../src/store/open.ts';
import { beforeCommit } from './interrupted-session.ts';
import { entries } from './store-entries.ts';
import { expectInStep } from './store-looks.ts';
import { mysqlSubject, SILENT, type StoreSubject } from './store-subject.ts';

describe('MySQL: what comes into force while a deletion by rules is about to be committed', () => {
  let subject: StoreSubject<MySqlTarget>;
  const opened = new Set<{ close(): Promise<void> }>();

  beforeEach(async () => {
    subject = await mysqlSubject();
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    opened.clear();
    await subject.dispose();
  });

  const hold = (book: RetentionBook) =>
    book.hold({ id: 'held', from: '2026-01-01', to: '2026-12-31', reason: 'a test' }, 60);

  it.each<[string, (book: RetentionBook) => Promise<unknown>, 'retention' | 'archive']>([
    ['other rules', (book) => book.apply('*=forever', { by: 'somebody' }), 'retention'],
    ['a hold', hold, 'retention'],
    ['a hold of what is archived and being deleted', hold, 'archive'],
  ])(
    '%s: once somebody is told that it is in force, nothing is deleted against it',
    async (_, change, name) => {
      const store = await subject.open();
      await store.migrate();
      await store.write(entries(0, 100));
      const [book, leases] = [
        noted(openRetentionBook(subject.target, { log: SILENT })),
        noted(openWorkLeases(subject.target, { log: SILENT })),
      ];
      const { version } = await book.apply('*=3d', { by: 'somebody' });
      const lease = await leases.take(name);
      const pool = noted(
        new Pool(subject.target, undefined, {
          log: SILENT,
          connections: 1,
          statementTimeoutMs: 60_000,
          purpose: 'writes',
        }),
      );
      const order: string[] = [];
      let changing: Promise<unknown> | undefined;
      const session = beforeCommit(await pool.acquire(), async () => {
        changing = change(book).then(() => order.push('in force'));
        await expect
          .poll(async () => order.length > 0 || (await isWaiting()), { timeout: 30_000 })
          .toBe(true);
        order.push('about to commit');
      });
      const rule = name === 'retention' ? { version, place: 0 } : undefined;
      const on = { lease, rule, basis: { version: rule?.version, holds: [] } };
      expect(await deleteEntries(session, entries(0, 10), { on })).toBe(10);
      await changing;
      expect(order).toEqual(['about to commit', 'in force']);
      await expect(store.deleteEntries(entries(10, 20), on)).rejects.toMatchObject({ code: 'RULES_CHANGED' });
      await expectInStep(store, 90);
    },
  );

  /** Whether somebody waits for the lease, which the transaction has changed. */
  async function isWaiting(): Promise<boolean> {
    const [row] = await subject.sql(
      "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE lms_leases%'",
    );
    return Number(row?.['n']) > 0;
  }

  function noted<T extends { close(): Promise<void> }>(part: T): T {
    opened.add(part);
    return part;
  }
});
