import { expect } from 'vitest';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';
import { StoreError, type WriteResult } from '../../src/pipeline/ports.ts';
import type { Store } from '../../src/store/store.ts';

/** All three tables say that there are so many rows, for every service, severity and minute. */
export async function expectInStep(store: Store, rows: number): Promise<void> {
  const { agree, total, differences, minuteDifferences, rollups } = await store.verify();
  expect({ differences, minuteDifferences }).toEqual({ differences: [], minuteDifferences: [] });
  // Sums that nobody uses may be wrong.
  if (rollups.inUse) expect(rollups.wrong).toBe(0);
  expect(agree).toBe(true);
  expect(total).toEqual({ rows, counted: rows, countedByMinute: rows });
  expect(await store.totals()).toEqual({ rows });
}

export async function stored(store: Store): Promise<StoredEntry[]> {
  const rows: StoredEntry[] = [];
  for await (const row of store.entries()) rows.push(row);
  return rows;
}

export function withoutCreatedAt({ createdAt: _, ...written }: StoredEntry): LogEntry {
  return written;
}

/** Writes as the worker does: a transient failure is tried again. */
export async function persistently(store: Store, batch: readonly LogEntry[]): Promise<WriteResult> {
  for (;;) {
    try {
      return await store.write(batch);
    } catch (error) {
      if (!(error instanceof StoreError) || error.verdict !== 'transient') throw error;
    }
  }
}
