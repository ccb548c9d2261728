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

  it.each<[string, (book: RetentionBook) => Promise<unknown>]>([
    ['other rules', (book) => book.apply('*=forever', { by: 'somebody' })],
    [
      'a hold',
      (book) => book.hold({ id: 'held', from: '2026-01-01', to: '2026-12-31', reason: 'a test' }, 60),
    ],
  ])('%s: whoever is told that it is in force, nothing is deleted any more against it', async (_, change) => {
    const store = await subject.open();
    await store.migrate();
    await store.write(entries(0, 100));
    const [book, leases] = [
      noted(openRetentionBook(subject.target, { log: SILENT })),
      noted(openWorkLeases(subject.target, { log: SILENT })),
    ];
    const { version } = await book.apply('*=3d', { by: 'somebody' });
    const lease = await leases.take('retention');
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
      await expect.poll(async () => order.length > 0 || (await isWaiting()), { timeout: 30_000 }).toBe(true);
      order.push('about to commit');
    });
    const on = { lease, rule: { version, place: 0 }, basis: { version, holds: [] } };
    expect(await deleteEntries(session, entries(0, 10), { on })).toBe(10);
    await changing;
    expect(order).toEqual(['about to commit', 'in force']);
    await expect(store.deleteEntries(entries(10, 20), on)).rejects.toMatchObject({ code: 'RULES_CHANGED' });
    await expectInStep(store, 90);
  });

  /** Whether somebody waits for the lease of retention, which the transaction has changed. */
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
