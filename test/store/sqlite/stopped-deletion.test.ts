import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import type { DeletionFor } from '../../../src/retention/ports.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { scratchDatabase } from '../../cli/scratch-database.ts';

it.each<[string, (store: Store, on: DeletionFor) => Promise<unknown>]>([
  ['by key', (store, on) => store.deleteEntries([{ timestamp: '2026-01-01', eventId: '1' }], on)],
  ['of a range', (store, on) => store.deleteRange({ to: '2026-01-01', maxRows: 1 }, on)],
])('a deletion %s is not tried again by whoever was told to stop', async (_what, remove) => {
  const scratch = scratchDatabase();
  onTestFinished(() => scratch[Symbol.dispose]());
  await scratch.write([]);
  const path = scratch.url.slice('sqlite:'.length);
  // Somebody writes, and does not end.
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const store = openSqliteStore({ kind: 'sqlite', path });
  onTestFinished(async () => {
    await store.close();
    other.close();
  });
  // Tried again, it would take a minute, which is more than a test has.
  await expect(remove(store, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    message: expect.stringContaining('SQLITE_BUSY') as string,
  });
});
