import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { Order } from '../../../src/query/answers/ports.ts';
import { explainError } from '../../../src/store/sqlite/errors.ts';
import { migrateTables, MIGRATIONS } from '../../../src/store/sqlite/migrations.ts';
import { SqliteEntryReader } from '../../../src/store/sqlite/reader.ts';

/** A file in memory that tells how it goes about the statements that are asked of it. */
class WatchedFile extends DatabaseSync {
  readonly ways: string[] = [];

  override prepare(sql: string) {
    if (sql.includes('FROM service_logs'))
      for (const { detail } of super.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
        this.ways.push(String(detail));
    return super.prepare(sql);
  }
}

it.each<Order>(['newest', 'oldest'])(
  'a piece in the order of the key, %s first, is read by it, also where the filter names a service',
  async (order) => {
    const file = new WatchedFile(':memory:');
    migrateTables(file, MIGRATIONS);
    file.ways.length = 0;
    const reader = new SqliteEntryReader(file, (error) => explainError('a file', error));
    const piece = await reader.piece(
      {
        stretch: { order, from: '2026-11-25 00:00:00.000000', to: '2026-11-26 00:00:00.000000' },
        path: { kind: 'key' },
        filter: { kind: 'column', column: 'service', test: { kind: 'equals', text: 'cart' } },
        maxRows: 1_000,
        maxEntries: 100,
      },
      new AbortController().signal,
    );
    expect(piece.entries).toEqual([]);
    expect(file.ways.length).toBeGreaterThan(0);
    for (const way of file.ways) expect(way).toMatch(/USING PRIMARY KEY/);
    await reader.close();
  },
);
