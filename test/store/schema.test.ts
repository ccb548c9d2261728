import { describe, expect, it } from 'vitest';
import { MIGRATIONS as MYSQL } from '../../src/store/mysql/migrations.ts';
import { concernsVersion1, pendingMigrations, requireSchema, statusOf } from '../../src/store/schema.ts';
import { MIGRATIONS as SQLITE } from '../../src/store/sqlite/migrations.ts';

const STEPS = [
  { version: 1, name: 'one', oldestVersion: 1, statements: ['a'] },
  { version: 2, name: 'two', oldestVersion: 1, statements: ['b'] },
];

function tables(version: number, oldestVersion = Math.min(version, 1)) {
  return { version, oldestVersion };
}

describe('the versions of the tables', () => {
  it('what is pending are the steps above the current version, oldest first', () => {
    expect(pendingMigrations(STEPS, tables(0)).map(({ name }) => name)).toEqual(['one', 'two']);
    expect(statusOf(STEPS, tables(1))).toEqual({
      current: 1,
      known: 2,
      pending: [{ version: 2, name: 'two' }],
    });
    expect(statusOf(STEPS, tables(2))).toEqual({ current: 2, known: 2, pending: [] });
  });

  it.each([1, 2])(
    'tables that are newer, and let programs of version %i run, are accepted',
    async (oldest) => {
      const status = statusOf(STEPS, tables(5, oldest));
      expect(status).toEqual({ current: 5, known: 2, pending: [] });
      await requireSchema({ schemaStatus: () => Promise.resolve(status) });
    },
  );

  it('tables that are newer, and need programs of a newer version, are refused', () => {
    expect(() => pendingMigrations(STEPS, tables(5, 3))).toThrow(
      'the tables have version 5 and need a release that knows version 3; this release knows versions up to 2',
    );
  });

  it('tables that are older than this release are refused for writing', async () => {
    const store = { schemaStatus: () => Promise.resolve(statusOf(STEPS, tables(1))) };
    await expect(requireSchema(store)).rejects.toMatchObject({
      code: 'SCHEMA_VERSION',
      message: 'the tables have version 1, this release needs version 2',
    });
  });

  it('programs of version 1 find version 1, and what they cannot run on', () => {
    const steps = [
      ...STEPS,
      { version: 3, name: 'three', oldestVersion: 2, statements: [] },
      { version: 4, name: 'four', oldestVersion: 1, statements: [] },
    ];
    expect(steps.filter(concernsVersion1).map(({ version }) => version)).toEqual([1, 3]);
  });

  it('both databases have the same steps, numbered from 1', () => {
    const names = ({ version, name }: { version: number; name: string }) => `${version} ${name}`;
    expect(MYSQL.map(names)).toEqual(SQLITE.map(names));
    expect(MYSQL.map(({ version }) => version)).toEqual(MYSQL.map((_, index) => index + 1));
    expect(MYSQL.map(({ oldestVersion }) => oldestVersion)).toEqual(
      SQLITE.map(({ oldestVersion }) => oldestVersion),
    );
  });
});
