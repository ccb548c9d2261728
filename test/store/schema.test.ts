import { describe, expect, test } from 'vitest';
import { MIGRATIONS as MYSQL } from '../../src/store/mysql/migrations.ts';
import { pendingMigrations, requireSchema, statusOf } from '../../src/store/schema.ts';
import { MIGRATIONS as SQLITE } from '../../src/store/sqlite/migrations.ts';

const STEPS = [
  { version: 1, name: 'one', statements: ['a'] },
  { version: 2, name: 'two', statements: ['b'] },
];

describe('the versions of the tables', () => {
  test('what is pending are the steps above the current version, oldest first', () => {
    expect(pendingMigrations(STEPS, 0).map(({ name }) => name)).toEqual(['one', 'two']);
    expect(statusOf(STEPS, 1)).toEqual({ current: 1, known: 2, pending: [{ version: 2, name: 'two' }] });
    expect(statusOf(STEPS, 2)).toEqual({ current: 2, known: 2, pending: [] });
  });

  test('tables that are newer than this release are refused', () => {
    expect(() => pendingMigrations(STEPS, 3)).toThrow('the tables have version 3');
  });

  test('tables that are older than this release are refused for writing', async () => {
    const store = { schemaStatus: () => Promise.resolve(statusOf(STEPS, 1)) };
    await expect(requireSchema(store)).rejects.toMatchObject({
      code: 'SCHEMA_VERSION',
      message: 'the tables have version 1, this release needs version 2',
    });
  });

  test('both databases have the same steps, numbered from 1', () => {
    const names = ({ version, name }: { version: number; name: string }) => `${version} ${name}`;
    expect(MYSQL.map(names)).toEqual(SQLITE.map(names));
    expect(MYSQL.map(({ version }) => version)).toEqual(MYSQL.map((_, index) => index + 1));
  });
});
