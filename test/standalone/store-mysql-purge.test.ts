import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { LmsError } from '../../src/errors/catalogue.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { entry } from '../contract/store-entries.ts';
import { expectInStep } from '../contract/store-looks.ts';
import { mysqlTarget, SILENT } from '../contract/store-subject.ts';
import { startLocalMysql } from '../support/local-mysql.ts';

const ROWS = 4_000;
const DATABASES = ['one', 'other'];

it('a server that crashes with deleted rows of indexed tables left to purge comes back with all the others', async () => {
  const server = await startLocalMysql();
  onTestFinished(() => server.stop());
  const urlOf = (database: string) => `${server.address}/${database}`;
  await run(
    server.address,
    DATABASES.map((database) => `CREATE DATABASE ${database}`),
  );
  for (const database of DATABASES) {
    await using filled = await opened(urlOf(database));
    const { store } = filled;
    await store.migrate();
    if (!(await isTaken(store, 'user')) || !(await isTaken(store, 'method'))) return;
    await store.write(Array.from({ length: ROWS }, (_, n) => numbered(n)));
  }
  // Nothing is purged while somebody may still see it.
  await using watcher = await createConnection(urlOf('one'));
  watcher.on('error', () => undefined);
  await watcher.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  for (const database of DATABASES) {
    await using emptied = await opened(urlOf(database));
    const gone = Array.from({ length: ROWS / 2 }, (_, n) => numbered(n));
    expect(await emptied.store.deleteEntries(gone)).toBe(ROWS / 2);
  }
  await server.crash();
  await expect.poll(() => historyLength(server.address), { timeout: 30_000 }).toBeLessThan(100);
  for (const database of DATABASES) {
    await using left = await opened(urlOf(database));
    await expectInStep(left.store, ROWS / 2);
    expect(await left.store.tagIndexes()).toMatchObject([{ state: 'ready' }, { state: 'ready' }]);
    await left.store.write([numbered(0)]);
    expect(await checked(urlOf(database))).toEqual(['OK']);
    await expectInStep(left.store, ROWS / 2 + 1);
  }
}, 120_000);

/** A server that is known to crash is refused, with the fault's own number. */
async function isTaken(store: Store, tag: string): Promise<boolean> {
  try {
    await store.addTagIndex(tag);
    return true;
  } catch (error) {
    if (!(error instanceof LmsError) || error.code !== 'INDEX') throw error;
    expect(error.message).toContain('MDEV-39261');
    return false;
  }
}

function numbered(n: number) {
  return entry({
    eventId: `purged-${n}`,
    timestamp: `2026-03-29 01:30:00.${String(n).padStart(6, '0')}`,
    tags: JSON.stringify({ user: `user-${n % 50}`, method: 'GET' }),
  });
}

async function opened(url: string): Promise<AsyncDisposable & { readonly store: Store }> {
  const store = await openStore(mysqlTarget(url), { log: SILENT });
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  await using connection = await createConnection(url);
  for (const statement of statements) await connection.query(statement);
}

/** What the server says of the table and all of its indexes. */
async function checked(url: string): Promise<unknown[]> {
  await using connection = await createConnection(url);
  const [rows] = await connection.query<RowDataPacket[]>('CHECK TABLE service_logs EXTENDED');
  return rows.map((row): unknown => row['Msg_text']);
}

/** Transactions that are left to purge. */
async function historyLength(url: string): Promise<number> {
  await using connection = await createConnection(url);
  const [rows] = await connection.query('SHOW ENGINE INNODB STATUS');
  return Number(/History list length (\d+)/.exec(JSON.stringify(rows))?.[1]);
}
